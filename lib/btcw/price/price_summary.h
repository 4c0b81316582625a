#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

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

/// The middle one; of an even number the mean of the two in the middle. nullopt for none, and where
/// the arithmetic leaves Decimal's range.
std::optional<Decimal> median(std::vector<Decimal> numbers);

/// How far `price` is off the median, in percent of it, to four places: negative below. nullopt
/// where the arithmetic leaves Decimal's range.
std::optional<Decimal> deviation(Decimal price, const PriceSummary& summary);

/// Whether `price` is more than `percent` of the median off it; compared exactly, not as rounded.
bool is_outlier(Decimal price, const PriceSummary& summary, Decimal percent);

/// nullopt for no prices, and where the arithmetic leaves Decimal's range.
std::optional<PriceSummary> summarize(std::span<const Decimal> prices);

}  // namespace btcw
