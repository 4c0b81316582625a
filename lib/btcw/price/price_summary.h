#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "btcw/base/decimal.h"

namespace btcw {

/// How far exchanges agree on one pair.
struct PriceSummary {
  std::size_t count = 0;
  Decimal lowest;
  Decimal highest;
  Decimal median;  ///< of an even number of prices: the mean of the two in the middle
  Decimal spread;  ///< (highest - lowest) / median, in percent, to four places
};

/// nullopt for no prices, and where the arithmetic leaves Decimal's range.
std::optional<PriceSummary> summarize(std::span<const Decimal> prices);

}  // namespace btcw
