#include "btcw/price/price_summary.h"

#include <algorithm>
#include <vector>

namespace btcw {
namespace {

constexpr int kSpreadPlaces = 4;

std::optional<Decimal> median_of(std::span<const Decimal> sorted) {
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  const auto sum = add(sorted[middle - 1], sorted[middle]);
  if (!sum) return std::nullopt;
  return multiply(*sum, Decimal::from_parts(5, 1));
}

}  // namespace

std::optional<PriceSummary> summarize(std::span<const Decimal> prices) {
  if (prices.empty()) return std::nullopt;
  std::vector<Decimal> sorted{prices.begin(), prices.end()};
  std::sort(sorted.begin(), sorted.end());
  const auto median = median_of(sorted);
  const auto range = subtract(sorted.back(), sorted.front());
  if (!median || !range) return std::nullopt;
  const auto ratio = divide(*range, *median, kSpreadPlaces + 2);
  if (!ratio) return std::nullopt;
  const auto spread = ratio->times_power_of_ten(2);
  if (!spread) return std::nullopt;
  return PriceSummary{.count = sorted.size(),
                      .lowest = sorted.front(),
                      .highest = sorted.back(),
                      .median = *median,
                      .spread = *spread};
}

}  // namespace btcw
