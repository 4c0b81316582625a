#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "printable.h"
#include "render/price_output.h"
#include "render/price_row_text.h"

namespace btcw::cli {
namespace {

/// Where a fresh price stands; a stale one has no place among the others.
std::optional<Standing> standing_of(const FoundPrice& price, const Comparison& comparison) {
  if (price.stale || !comparison.summary) return std::nullopt;
  const auto off = deviation(price.ticker.last, *comparison.summary);
  if (!off) return std::nullopt;
  return Standing{*off,
                  is_outlier(price.ticker.last, *comparison.summary, comparison.outlier_percent)};
}

void append_comparison(const Comparison& comparison, std::string& out) {
  out += "{\"symbol\":";
  append_json_string(comparison.symbol.text(), out);
  out += ",\"exchanges\":[";
  std::string_view comma;
  for (const FoundPrice& price : comparison.prices) {
    out += std::exchange(comma, ",");
    append_json(price, out);
    out.pop_back();  // its closing brace
    const auto standing = standing_of(price, comparison);
    fmt::format_to(std::back_inserter(out), R"(,"deviation":{},"outlier":{}}})",
                   standing ? standing->deviation.to_string() : "null",
                   standing ? standing->outlier : false);
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

/// The prices, then the exchanges that gave none.
std::vector<PriceRow> rows_of(const Comparison& comparison) {
  std::vector<PriceRow> rows;
  for (const FoundPrice& price : comparison.prices) {
    rows.push_back({price, comparison.summary, standing_of(price, comparison)});
  }
  for (const Comparison::Missing& missing : comparison.missing) {
    const auto is_its = [&missing](const FoundPrice& price) {
      return price.ticker.exchange == missing.exchange;
    };
    if (std::any_of(comparison.prices.begin(), comparison.prices.end(), is_its)) continue;
    PriceRow row{.found = {.ticker = {.symbol = comparison.symbol,
                                      .exchange = missing.exchange,
                                      .last = {},
                                      .received = {}}},
                 .summary = comparison.summary,
                 .failure = missing.error.code};
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<PriceRow> rows_of(std::span<const Comparison> comparisons) {
  std::vector<PriceRow> all;
  for (const Comparison& comparison : comparisons) {
    for (PriceRow& row : rows_of(comparison)) all.push_back(std::move(row));
  }
  return all;
}

std::string comparison_table(std::span<const Comparison> comparisons, Paint paint) {
  Table table = make_price_table();
  for (const Comparison& comparison : comparisons) {
    for (const PriceRow& row : rows_of(comparison)) table.add(table_row(row));
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
    for (const PriceRow& row : rows_of(comparison)) out += plain_line(row);
    if (!comparison.summary) continue;
    fmt::format_to(std::back_inserter(out), "{} {} {} spread {}% median of {}\n",
                   comparison.symbol.text(), comparison.summary->median.to_string(),
                   comparison.symbol.quote(), comparison.summary->spread.to_string(),
                   comparison.summary->count);
  }
  return out;
}

}  // namespace

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
