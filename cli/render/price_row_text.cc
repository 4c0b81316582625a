#include "render/price_row_text.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <variant>

namespace btcw::cli {
namespace {

constexpr int kPercentPlaces = 2;

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

bool is_marked(const PriceRow& row) { return row.standing && row.standing->outlier; }

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

std::string column_text(const PriceField& field, const PriceRow& row) {
  if (row.failure && !field.without_price) return "";
  const FieldValue value = field.value(row);
  // An empty field is how a spreadsheet knows that there is nothing.
  return std::holds_alternative<std::monostate>(value) ? "" : FormatSpec{}.apply(value);
}

}  // namespace

std::string plain_line(const PriceRow& row) {
  const FoundPrice& price = row.found;
  const Ticker& ticker = price.ticker;
  if (row.failure) {
    return fmt::format("{} - {} - {} - {}\n", ticker.symbol.text(), ticker.symbol.quote(),
                       ticker.exchange.text(), to_string(*row.failure));
  }
  return fmt::format("{} {} {} {} {} {}{}{}\n", ticker.symbol.text(), ticker.last.to_string(),
                     ticker.symbol.quote(), signed_percent(ticker.percentage),
                     ticker.exchange.text(), short_age(price.age), price.stale ? " stale" : "",
                     is_marked(row) ? " outlier" : "");
}

Table make_price_table() {
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

std::vector<TableCell> table_row(const PriceRow& row) {
  const FoundPrice& price = row.found;
  const Ticker& ticker = price.ticker;
  if (row.failure) {
    return {{std::string{ticker.symbol.text()}},
            {"-"},
            {"-"},
            {"-"},
            {"-"},
            {"-"},
            {std::string{ticker.exchange.text()}},
            {"-"},
            {std::string{to_string(*row.failure)}, Tint::dim}};
  }
  const Tint freshness = price.stale ? Tint::warn : Tint::none;
  return {{std::string{ticker.symbol.text()}},
          {ticker.last.to_string(), is_marked(row) ? Tint::warn : Tint::none},
          {signed_percent(ticker.percentage), tint_of(ticker.percentage)},
          {text_or_dash(ticker.high)},
          {text_or_dash(ticker.low)},
          {text_or_dash(ticker.base_volume)},
          {std::string{ticker.exchange.text()}},
          {short_age(price.age), freshness},
          {fmt::format("{}{}{}", to_string(price.source), price.stale ? " (stale)" : "",
                       is_marked(row) ? " (outlier)" : ""),
           is_marked(row) ? Tint::warn : freshness}};
}

std::string delimited(std::span<const PriceRow> rows, Delimited kind, Columns columns) {
  DelimitedLine line{kind};
  for (const PriceField& field : price_fields()) {
    if (is_column(field, columns)) line.add(field.name);
  }
  std::string out = line.take();
  for (const PriceRow& row : rows) {
    for (const PriceField& field : price_fields()) {
      if (is_column(field, columns)) line.add(column_text(field, row));
    }
    out += line.take();
  }
  return out;
}

std::string render_lines(std::span<const PriceRow> rows, const PriceTemplate& line) {
  std::string out;
  for (const PriceRow& row : rows) {
    // A template is for prices; what it says of none cannot be told from one.
    if (!row.failure) out.append(line.render(row)).append("\n");
  }
  return out;
}

}  // namespace btcw::cli
