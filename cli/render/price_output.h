#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/price/price_lookup.h"
#include "btcw/price/price_summary.h"
#include "render/price_template.h"
#include "render/table.h"

namespace btcw::cli {

enum class Format {
  automatic,  ///< table on a terminal, plain in a pipe
  table,
  plain,  ///< "BTC/USDT 97123.4 USDT +2.24% binance 3s", one line a price
  json,
  ndjson,
  csv,
  tsv,
};

/// What one symbol's exchanges say, side by side.
struct Comparison {
  /// An exchange that gave no price, and why.
  struct Missing {
    ExchangeName exchange;
    Error error;
  };

  Symbol symbol;
  std::vector<FoundPrice> prices = {};
  std::vector<Missing> missing = {};
  std::optional<PriceSummary> summary = std::nullopt;
  Decimal outlier_percent = {};  ///< so far off the median, a fresh price is an outlier
};

/// One JSON object or an array of them.
enum class JsonShape { object, array };

struct PriceLayout {
  Format format = Format::plain;                     ///< not automatic
  std::optional<PriceTemplate> line = std::nullopt;  ///< in place of the format
  JsonShape shape = JsonShape::array;                ///< of json
  Paint paint = Paint::off;                          ///< of table
};

/// The text for the standard output, line ends included.
std::string render_prices(std::span<const FoundPrice> prices, const PriceLayout& layout);
std::string render_comparisons(std::span<const Comparison> comparisons, const PriceLayout& layout);

/// Appends the JSON object of a price: the one shape with source, age and stale.
void append_json(const FoundPrice& price, std::string& out);

/// An age for people: "0s", "42s", "5m", "3h", "2d".
std::string short_age(milliseconds age);

}  // namespace btcw::cli
