#pragma once

#include <span>
#include <string>
#include <vector>

#include "btcw/base/symbol.h"
#include "btcw/history/candle.h"
#include "render/price_output.h"

namespace btcw::cli {

/// What is known of one symbol's past.
struct PastPrices {
  SymbolRequest request;
  milliseconds interval{0};  ///< what a candle covers
  std::vector<history::Candle> candles = {};
};

/// The text for the standard output, line ends included: one row a candle, with the columns symbol,
/// time (RFC 3339), open, high, low, close; in JSON the time is in milliseconds since 1970.
/// Precondition: the format is not automatic.
std::string render_past(std::span<const PastPrices> pasts, Format format);

}  // namespace btcw::cli
