#include "render/live_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "printable.h"

namespace btcw::cli {
namespace {

constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";
constexpr std::string_view kNextLine = "\x1b[K\r\n";

enum class Align { left, right };

struct Column {
  std::string_view title;
  Align align;
  /// A narrow terminal does without the columns of the highest number.
  int dispensable;
};

enum Place : std::size_t { symbol, last, change, bid, ask, high, low, exchange, age, count };

constexpr std::array<Column, Place::count> kColumns{{
    {"SYMBOL", Align::left, 0},
    {"LAST", Align::right, 0},
    {"24H", Align::right, 1},
    {"BID", Align::right, 4},
    {"ASK", Align::right, 4},
    {"HIGH", Align::right, 5},
    {"LOW", Align::right, 5},
    {"EXCHANGE", Align::left, 3},
    {"AGE", Align::right, 2},
}};
constexpr int kMostDispensable = 5;

struct Cell {
  std::string text = "-";
  std::string_view color = {};
};
using Cells = std::array<Cell, Place::count>;

std::string age_text(milliseconds age) {
  const auto whole = std::chrono::floor<seconds>(std::max(age, milliseconds{0}));
  if (whole < std::chrono::minutes{1}) return fmt::format("{}s", whole.count());
  if (whole < std::chrono::hours{1}) return fmt::format("{}m", whole.count() / 60);
  if (whole < std::chrono::hours{48}) return fmt::format("{}h", whole.count() / 3600);
  return fmt::format("{}d", whole.count() / 86'400);
}

std::string number_text(const std::optional<Decimal>& number) {
  return number ? number->to_string() : "-";
}

Cells cells_of(const Ticker& ticker, const TableFrame& frame) {
  Cells cells;
  cells[Place::last].text = ticker.last.to_string();
  cells[Place::bid].text = number_text(ticker.bid);
  cells[Place::ask].text = number_text(ticker.ask);
  cells[Place::high].text = number_text(ticker.high);
  cells[Place::low].text = number_text(ticker.low);
  cells[Place::exchange].text = ticker.exchange.text();
  if (ticker.percentage) {
    const bool fell = ticker.percentage->is_negative();
    cells[Place::change] = {fmt::format("{}{}%", fell ? "" : "+", ticker.percentage->to_fixed(2)),
                            fell ? kRed : kGreen};
  }
  const milliseconds age = frame.now - ticker.received;
  const bool stale = age > frame.stale_after;
  cells[Place::age].text = age_text(age) + (stale ? " stale" : "");
  if (stale) {
    for (Cell& cell : cells) cell.color = kDim;
  }
  return cells;
}

using Widths = std::array<std::size_t, Place::count>;

/// How wide each column is; 0: there is no room for it.
Widths fit(const std::vector<Cells>& rows, int room) {
  Widths widths{};
  for (std::size_t i = 0; i < Place::count; ++i) {
    widths[i] = kColumns[i].title.size();
    for (const Cells& row : rows) widths[i] = std::max(widths[i], row[i].text.size());
  }
  for (int most = kMostDispensable; most > 0; --most) {
    std::size_t total = 0;
    for (const std::size_t width : widths) total += width > 0 ? width + 2 : 0;
    if (total <= static_cast<std::size_t>(room) + 1) break;
    for (std::size_t i = 0; i < Place::count; ++i) {
      if (kColumns[i].dispensable == most) widths[i] = 0;
    }
  }
  return widths;
}

/// One line of the table, cut at the terminal's edge.
class LineBuilder {
 public:
  // The last column stays empty: clearing to the line's end would take a character from there.
  LineBuilder(int columns, std::string& out)
      : left_{static_cast<std::size_t>(std::max(columns - 1, 1))}, out_{out} {}

  void add(std::string_view text, std::string_view color) {
    const std::string_view shown = text.substr(0, whole_characters(text));
    left_ -= shown.size();
    if (color.empty()) {
      out_.append(shown);
    } else {
      out_.append(color).append(shown).append(kPlain);
    }
  }
  void add_cell(std::size_t place, std::string_view text, std::size_t width,
                std::string_view color) {
    if (width == 0) return;
    if (place > 0) add("  ", {});
    const std::string spaces(width - std::min(width, text.size()), ' ');
    if (kColumns[place].align == Align::right) add(spaces, {});
    add(text, color);
    if (kColumns[place].align == Align::left) add(spaces, {});
  }
  void end() { out_.append(kNextLine); }

 private:
  /// How many bytes there is room for, none of them half a character.
  [[nodiscard]] std::size_t whole_characters(std::string_view text) const {
    if (text.size() <= left_) return text.size();
    std::size_t size = left_;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
    return size;
  }

  std::size_t left_;
  std::string& out_;
};

void append_line(std::string_view text, std::string_view color, int columns, std::string& out) {
  LineBuilder line{columns, out};
  line.add(text, color);
  line.end();
}

}  // namespace

void LiveTable::expect(std::span<const SymbolRequest> requests) {
  std::vector<Row> rows;
  for (const SymbolRequest& request : requests) {
    const auto known = std::find_if(rows_.begin(), rows_.end(),
                                    [&](const Row& row) { return row.request == request; });
    rows.push_back(known != rows_.end() ? std::move(*known) : Row{request});
  }
  rows_ = std::move(rows);
  first_ = 0;
}

LiveTable::Row& LiveTable::row_of(const CacheEntry& tick) {
  const SymbolRequest anywhere{tick.ticker.symbol, std::nullopt};
  const SymbolRequest pinned{tick.ticker.symbol, tick.ticker.exchange};
  const bool first_anywhere = tick.scope == CacheScope::any;
  for (const SymbolRequest& wanted :
       {first_anywhere ? anywhere : pinned, first_anywhere ? pinned : anywhere}) {
    const auto row = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const Row& known) { return known.request == wanted; });
    if (row != rows_.end()) return *row;
  }
  return rows_.emplace_back(Row{pinned});
}

void LiveTable::update(const CacheEntry& tick) {
  Row& row = row_of(tick);
  if (row.ticker && tick.ticker.last != row.ticker->last) {
    row.move = tick.ticker.last > row.ticker->last ? Move::up : Move::down;
  }
  row.ticker = tick.ticker;
}

void LiveTable::scroll(int rows) {
  const auto wanted = static_cast<std::ptrdiff_t>(first_) + rows;
  const auto most = static_cast<std::ptrdiff_t>(rows_.size()) - 1;
  first_ = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(wanted, 0, std::max<std::ptrdiff_t>(most, 0)));
}

std::string LiveTable::render(const TableFrame& frame) {
  // Title, heading and the last line are always there.
  const auto room = static_cast<std::size_t>(std::max(frame.size.rows - 3, 1));
  first_ = std::min(first_, rows_.size() > room ? rows_.size() - room : 0);
  const std::size_t end = std::min(rows_.size(), first_ + room);

  std::vector<Cells> cells;
  for (const Row& row : rows_) {
    cells.push_back(row.ticker ? cells_of(*row.ticker, frame) : Cells{});
    cells.back()[Place::symbol].text = row.request.symbol.text();
    Cell& price = cells.back()[Place::last];
    if (!price.color.empty()) continue;
    if (row.move == Move::up) price.color = kGreen;
    if (row.move == Move::down) price.color = kRed;
  }
  const Widths widths = fit(cells, frame.size.columns);

  std::string out = "\x1b[H";
  append_line(frame.title, frame.color ? kBold : std::string_view{}, frame.size.columns, out);
  LineBuilder heading{frame.size.columns, out};
  for (std::size_t i = 0; i < Place::count; ++i) {
    heading.add_cell(i, kColumns[i].title, widths[i], frame.color ? kDim : std::string_view{});
  }
  heading.end();
  for (std::size_t at = first_; at < end; ++at) {
    LineBuilder line{frame.size.columns, out};
    for (std::size_t i = 0; i < Place::count; ++i) {
      const Cell& cell = cells[at][i];
      line.add_cell(i, cell.text, widths[i], frame.color ? cell.color : std::string_view{});
    }
    line.end();
  }
  out += "\x1b[J";
  std::string foot = end - first_ < rows_.size()
                         ? fmt::format("rows {}-{} of {} (j/k)  ", first_ + 1, end, rows_.size())
                         : std::string{};
  foot += frame.message.empty() ? std::string{"q: quit"} : printable(frame.message);
  out += fmt::format("\x1b[{};1H", frame.size.rows);
  LineBuilder last_line{frame.size.columns, out};
  last_line.add(foot, frame.color ? kDim : std::string_view{});
  out += "\x1b[K";
  return out;
}

}  // namespace btcw::cli
