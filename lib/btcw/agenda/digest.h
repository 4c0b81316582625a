#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "btcw/agenda/price_trail.h"
#include "btcw/base/symbol.h"

namespace btcw {

/// One line of a digest.
struct DigestRow {
  SymbolRequest request;
  std::optional<TrailPrices> prices;  ///< nullopt: none is known
};

/// A table with a line for each symbol: last price, change over 24 hours, high, low, and a
/// sparkline of the day. What is not known is "-"; a price older than ten minutes says its age.
std::string make_digest_text(std::span<const DigestRow> rows, UtcTime now);

/// Eight heights of blocks from the lowest to the highest; "" for fewer than two.
std::string sparkline(std::span<const Decimal> values);

}  // namespace btcw
