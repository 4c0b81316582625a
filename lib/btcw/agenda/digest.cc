#include "btcw/agenda/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace btcw {
namespace {

constexpr std::array<std::string_view, 8> kBlocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr milliseconds kOld = std::chrono::minutes{10};
constexpr std::string_view kUnknown = "-";

enum class Side { left, right };
struct Column {
  std::string_view head;
  Side side;
};
constexpr std::array kColumns{Column{"", Side::left}, Column{"last", Side::right},
                              Column{"24h", Side::right}, Column{"high", Side::right},
                              Column{"low", Side::right}};
constexpr std::size_t kCells = kColumns.size();

struct Line {
  std::array<std::string, kCells> cells{};
  std::string rest{};  // what stands behind the columns
};

std::string text_of(const std::optional<Decimal>& value) {
  return value ? value->to_string() : std::string{kUnknown};
}

std::string change_text(const std::optional<Decimal>& percentage) {
  if (!percentage) return std::string{kUnknown};
  const Decimal shown = percentage->rounded(2);
  const bool is_gain = !shown.is_negative() && !shown.is_zero();
  return (is_gain ? "+" : "") + shown.to_fixed(2) + " %";
}

Line line_of(const DigestRow& row, UtcTime now) {
  Line line;
  line.cells.fill(std::string{kUnknown});
  line.cells[0] = row.request.to_string();
  if (!row.prices) return line;
  const Ticker& last = row.prices->last;
  line.cells[1] = last.last.to_string();
  line.cells[2] = change_text(last.percentage);
  line.cells[3] = text_of(last.high);
  line.cells[4] = text_of(last.low);
  line.rest = sparkline(row.prices->closes);
  const milliseconds age = now - last.received;
  if (age < kOld) return line;
  if (!line.rest.empty()) line.rest += ' ';
  line.rest += to_string(std::chrono::floor<std::chrono::minutes>(age)) + " old";
  return line;
}

}  // namespace

std::string sparkline(std::span<const Decimal> values) {
  if (values.size() < 2) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double bottom = low->to_double();
  const double range = high->to_double() - bottom;
  std::string line;
  for (const Decimal& value : values) {
    const double share = range > 0 ? (value.to_double() - bottom) / range : 0;
    const auto step =
        // Rounded by hand: the executable does without libm.
        // NOLINTNEXTLINE(bugprone-incorrect-roundings)
        static_cast<std::size_t>(share * static_cast<double>(kBlocks.size() - 1) + 0.5);
    line += kBlocks[std::min(step, kBlocks.size() - 1)];
  }
  return line;
}

std::string make_digest_text(std::span<const DigestRow> rows, UtcTime now) {
  std::vector<Line> lines(1);
  for (std::size_t i = 0; i < kCells; ++i) lines[0].cells[i] = kColumns[i].head;
  for (const DigestRow& row : rows) lines.push_back(line_of(row, now));
  std::array<std::size_t, kCells> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < kCells; ++i) widths[i] = std::max(widths[i], line.cells[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    std::string written;
    for (std::size_t i = 0; i < kCells; ++i) {
      if (i > 0) written += "  ";
      const bool left = kColumns[i].side == Side::left;
      written += left ? fmt::format("{:<{}}", line.cells[i], widths[i])
                      : fmt::format("{:>{}}", line.cells[i], widths[i]);
    }
    if (!line.rest.empty()) written += "  " + line.rest;
    text += written + '\n';
  }
  text.pop_back();
  return text;
}

}  // namespace btcw
