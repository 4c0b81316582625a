#include "render/price_output.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "render/price_row_text.h"

namespace btcw::cli {
namespace {

constexpr int kAgePlaces = 3;

}  // namespace

std::string short_age(milliseconds age) {
  struct Unit {
    std::chrono::seconds length;
    char letter;
  };
  constexpr std::array kUnits{
      Unit{std::chrono::hours{48}, 'd'},
      Unit{std::chrono::hours{1}, 'h'},
      Unit{std::chrono::minutes{1}, 'm'},
  };
  for (const Unit& unit : kUnits) {
    if (age < unit.length) continue;
    const auto length = unit.letter == 'd' ? std::chrono::hours{24} : unit.length;
    return fmt::format("{}{}", age / length, unit.letter);
  }
  return fmt::format("{}s", std::chrono::floor<seconds>(age).count());
}

void append_json(const FoundPrice& price, std::string& out) {
  btcw::append_json(price.ticker, out);
  out.pop_back();  // its closing brace
  fmt::format_to(
      std::back_inserter(out), R"(,"source":"{}","age":{},"stale":{}}})", to_string(price.source),
      Decimal::from_parts(price.age.count(), kAgePlaces).to_fixed(kAgePlaces), price.stale);
}

std::string render_prices(std::span<const FoundPrice> prices, const PriceLayout& layout) {
  std::vector<PriceRow> rows;
  for (const FoundPrice& price : prices) rows.push_back({price});
  if (layout.line) return render_lines(rows, *layout.line);
  const auto append = [](const FoundPrice& price, std::string& text) { append_json(price, text); };
  std::string out;
  switch (layout.format) {
    case Format::automatic:
    case Format::plain:
      for (const PriceRow& row : rows) out += plain_line(row);
      return out;
    case Format::table: {
      Table table = make_price_table();
      for (const PriceRow& row : rows) table.add(table_row(row));
      return prices.empty() ? out : table.render(layout.paint);
    }
    case Format::json:
      return json_of(prices, layout.shape, append);
    case Format::ndjson:
      for (const FoundPrice& price : prices) {
        append_json(price, out);
        out += "\n";
      }
      return out;
    case Format::csv:
      return delimited(rows, Delimited::csv, Columns::price);
    case Format::tsv:
      return delimited(rows, Delimited::tsv, Columns::price);
  }
  return out;
}

}  // namespace btcw::cli
