#include "render/price_output.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "printable.h"
#include "render/delimited.h"
#include "render/price_fields.h"

namespace btcw::cli {
namespace {

constexpr int kPercentPlaces = 2;
constexpr int kAgePlaces = 3;

std::string signed_percent(const std::optional<Decimal>& percentage) {
  if (!percentage) return "-";
  const std::string digits = percentage->to_fixed(kPercentPlaces);
  return (digits.starts_with('-') ? "" : "+") + digits + "%";
}

Tint tint_of(const std::optional<Decimal>& percentage) {
  if (!percentage || percentage->is_zero()) return Tint::none;
  return percentage->is_negative() ? Tint::bad : Tint::good;
}

std::string text_or_dash(const std::optional<Decimal>& number) {
  return number ? number->to_string() : "-";
}

std::string plain_line(const FoundPrice& price) {
  const Ticker& ticker = price.ticker;
  return fmt::format("{} {} {} {} {} {}{}\n", ticker.symbol.text(), ticker.last.to_string(),
                     ticker.symbol.quote(), signed_percent(ticker.percentage),
                     ticker.exchange.text(), short_age(price.age), price.stale ? " stale" : "");
}

Table make_table() {
  using Align = TableColumn::Align;
  return Table{{{"SYMBOL", Align::left},
                {"LAST", Align::point},
                {"24H", Align::point},
                {"HIGH", Align::point},
                {"LOW", Align::point},
                {"VOLUME", Align::point},
                {"EXCHANGE", Align::left},
                {"AGE", Align::right},
                {"SOURCE", Align::left}}};
}

std::vector<TableCell> table_row(const FoundPrice& price) {
  const Ticker& ticker = price.ticker;
  const Tint freshness = price.stale ? Tint::warn : Tint::none;
  return {{std::string{ticker.symbol.text()}},
          {ticker.last.to_string()},
          {signed_percent(ticker.percentage), tint_of(ticker.percentage)},
          {text_or_dash(ticker.high)},
          {text_or_dash(ticker.low)},
          {text_or_dash(ticker.base_volume)},
          {std::string{ticker.exchange.text()}},
          {short_age(price.age), freshness},
          {std::string{to_string(price.source)} + (price.stale ? " (stale)" : ""), freshness}};
}

enum class Columns { price, price_and_summary };

bool is_column(const PriceField& field, Columns columns) {
  switch (field.where) {
    case PriceField::Where::everywhere:
      return true;
    case PriceField::Where::templates:
      return false;
    case PriceField::Where::all_exchanges:
      return columns == Columns::price_and_summary;
  }
  return false;
}

std::string column_text(const FieldValue& value) {
  // An empty field is how a spreadsheet knows that there is nothing.
  return std::holds_alternative<std::monostate>(value) ? "" : FormatSpec{}.apply(value);
}

std::string delimited(std::span<const PriceRow> rows, Delimited kind, Columns columns) {
  DelimitedLine line{kind};
  for (const PriceField& field : price_fields()) {
    if (is_column(field, columns)) line.add(field.name);
  }
  std::string out = line.take();
  for (const PriceRow& row : rows) {
    for (const PriceField& field : price_fields()) {
      if (is_column(field, columns)) line.add(column_text(field.value(row)));
    }
    out += line.take();
  }
  return out;
}

/// The objects that `append` writes, as `shape` says, on one line.
template <typename Items, typename Append>
std::string json_of(const Items& items, JsonShape shape, Append append) {
  std::string out;
  if (shape == JsonShape::object && items.size() == 1) {
    append(items.front(), out);
    return out + "\n";
  }
  // One that could not be had: no output is easier to notice than an object without a price.
  if (shape == JsonShape::object) return out;
  out += "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ",\n ";
    append(item, out);
  }
  return out + "]\n";
}

void append_comparison(const Comparison& comparison, std::string& out) {
  out += "{\"symbol\":";
  append_json_string(comparison.symbol.text(), out);
  out += ",\"exchanges\":[";
  std::string_view comma;
  for (const FoundPrice& price : comparison.prices) {
    out += std::exchange(comma, ",");
    append_json(price, out);
  }
  const auto& summary = comparison.summary;
  const auto number = [](const Decimal& value) { return value.to_string(); };
  fmt::format_to(
      std::back_inserter(out),
      "],\"median\":{},\"lowest\":{},\"highest\":{},\"spread\":{},\"missing\":[",
      summary ? number(summary->median) : "null", summary ? number(summary->lowest) : "null",
      summary ? number(summary->highest) : "null", summary ? number(summary->spread) : "null");
  comma = "";
  for (const Comparison::Missing& missing : comparison.missing) {
    out.append(std::exchange(comma, ",")).append("{\"exchange\":");
    append_json_string(missing.exchange.text(), out);
    out += ",\"error\":";
    append_json_string(to_string(missing.error.code), out);
    out += ",\"message\":";
    append_json_string(missing.error.message, out);
    out += "}";
  }
  out += "]}";
}

std::vector<PriceRow> rows_of(std::span<const Comparison> comparisons) {
  std::vector<PriceRow> rows;
  for (const Comparison& comparison : comparisons) {
    for (const FoundPrice& price : comparison.prices) rows.push_back({price, comparison.summary});
  }
  return rows;
}

std::string render_lines(std::span<const PriceRow> rows, const PriceTemplate& line) {
  std::string out;
  for (const PriceRow& row : rows) out.append(line.render(row)).append("\n");
  return out;
}

std::string comparison_table(std::span<const Comparison> comparisons, Paint paint) {
  Table table = make_table();
  for (const Comparison& comparison : comparisons) {
    for (const FoundPrice& price : comparison.prices) table.add(table_row(price));
    if (!comparison.summary) continue;
    const PriceSummary& summary = *comparison.summary;
    table.add({{std::string{comparison.symbol.text()}, Tint::dim},
               {summary.median.to_string()},
               {""},
               {summary.highest.to_string()},
               {summary.lowest.to_string()},
               {""},
               {"median"},
               {""},
               {fmt::format("spread {}%", summary.spread.to_string())}});
  }
  return table.render(paint);
}

std::string comparison_lines(std::span<const Comparison> comparisons) {
  std::string out;
  for (const Comparison& comparison : comparisons) {
    for (const FoundPrice& price : comparison.prices) out += plain_line(price);
    if (!comparison.summary) continue;
    fmt::format_to(std::back_inserter(out), "{} {} {} spread {}% median of {}\n",
                   comparison.symbol.text(), comparison.summary->median.to_string(),
                   comparison.symbol.quote(), comparison.summary->spread.to_string(),
                   comparison.summary->count);
  }
  return out;
}

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
      for (const FoundPrice& price : prices) out += plain_line(price);
      return out;
    case Format::table: {
      Table table = make_table();
      for (const FoundPrice& price : prices) table.add(table_row(price));
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

std::string render_comparisons(std::span<const Comparison> comparisons, const PriceLayout& layout) {
  const std::vector<PriceRow> rows = rows_of(comparisons);
  if (layout.line) return render_lines(rows, *layout.line);
  std::string out;
  switch (layout.format) {
    case Format::automatic:
    case Format::plain:
      return comparison_lines(comparisons);
    case Format::table:
      return rows.empty() ? out : comparison_table(comparisons, layout.paint);
    case Format::json:
      return json_of(comparisons, layout.shape, append_comparison);
    case Format::ndjson:
      for (const Comparison& comparison : comparisons) {
        append_comparison(comparison, out);
        out += "\n";
      }
      return out;
    case Format::csv:
      return delimited(rows, Delimited::csv, Columns::price_and_summary);
    case Format::tsv:
      return delimited(rows, Delimited::tsv, Columns::price_and_summary);
  }
  return out;
}

}  // namespace btcw::cli
