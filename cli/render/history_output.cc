#include "render/history_output.h"

#include <fmt/format.h>

#include <iterator>

#include "render/delimited.h"

namespace btcw::cli {
namespace {

using history::Candle;

std::string as_json(const PastPrices& past, const Candle& candle) {
  return fmt::format(R"({{"symbol":"{}","time":{},"open":{},"high":{},"low":{},"close":{}}})",
                     past.request.to_string(), to_unix_ms(candle.start), candle.open.to_string(),
                     candle.high.to_string(), candle.low.to_string(), candle.close.to_string());
}

template <typename Append>
void for_each(std::span<const PastPrices> pasts, Append append) {
  for (const PastPrices& past : pasts) {
    for (const Candle& candle : past.candles) append(past, candle);
  }
}

std::string json_array(std::span<const PastPrices> pasts) {
  std::string out = "[";
  for_each(pasts, [&](const PastPrices& past, const Candle& candle) {
    if (out.size() > 1) out += ",\n ";
    out += as_json(past, candle);
  });
  return out + "]\n";
}

std::string lines(std::span<const PastPrices> pasts) {
  std::string out;
  for_each(pasts, [&](const PastPrices& past, const Candle& candle) {
    out.append(as_json(past, candle)).append("\n");
  });
  return out;
}

std::string delimited(std::span<const PastPrices> pasts, Delimited kind) {
  DelimitedLine line{kind};
  for (const std::string_view title : {"symbol", "time", "open", "high", "low", "close"}) {
    line.add(title);
  }
  std::string out = line.take();
  for_each(pasts, [&](const PastPrices& past, const Candle& candle) {
    line.add(past.request.to_string());
    line.add(to_rfc3339(candle.start));
    for (const Decimal price : {candle.open, candle.high, candle.low, candle.close}) {
      line.add(price.to_string());
    }
    out += line.take();
  });
  return out;
}

std::string table_of(std::span<const PastPrices> pasts) {
  using Align = TableColumn::Align;
  Table table{{{"SYMBOL", Align::left},
               {"TIME", Align::left},
               {"OPEN", Align::point},
               {"HIGH", Align::point},
               {"LOW", Align::point},
               {"CLOSE", Align::point}}};
  for_each(pasts, [&](const PastPrices& past, const Candle& candle) {
    table.add({{past.request.to_string()},
               {to_rfc3339(candle.start)},
               {candle.open.to_string()},
               {candle.high.to_string()},
               {candle.low.to_string()},
               {candle.close.to_string()}});
  });
  return table.render(Paint::off);
}

std::string plain_lines(std::span<const PastPrices> pasts) {
  std::string out;
  for_each(pasts, [&](const PastPrices& past, const Candle& candle) {
    fmt::format_to(std::back_inserter(out), "{} {} {} {} {} {}\n", past.request.to_string(),
                   to_rfc3339(candle.start), candle.open.to_string(), candle.high.to_string(),
                   candle.low.to_string(), candle.close.to_string());
  });
  return out;
}

}  // namespace

std::string render_past(std::span<const PastPrices> pasts, Format format) {
  switch (format) {
    case Format::table:
      return table_of(pasts);
    case Format::json:
      return json_array(pasts);
    case Format::ndjson:
      return lines(pasts);
    case Format::csv:
      return delimited(pasts, Delimited::csv);
    case Format::tsv:
      return delimited(pasts, Delimited::tsv);
    case Format::automatic:
    case Format::plain:
      break;
  }
  return plain_lines(pasts);
}

}  // namespace btcw::cli
