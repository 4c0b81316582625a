#include "btcw/price/price_summary.h"

#include <algorithm>
#include <vector>

namespace btcw {
namespace {

constexpr int kSpreadPlaces = 4;

std::optional<Decimal> middle_of(std::span<const Decimal> sorted) {
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  const auto sum = add(sorted[middle - 1], sorted[middle]);
  if (!sum) return std::nullopt;
  return multiply(*sum, Decimal::from_parts(5, 1));
}

}  // namespace

std::optional<Decimal> median(std::vector<Decimal> numbers) {
  if (numbers.empty()) return std::nullopt;
  std::sort(numbers.begin(), numbers.end());
  return middle_of(numbers);
}

std::optional<PriceSummary> summarize(std::span<const Decimal> prices) {
  if (prices.empty()) return std::nullopt;
  std::vector<Decimal> sorted{prices.begin(), prices.end()};
  std::sort(sorted.begin(), sorted.end());
  const auto median = middle_of(sorted);
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

std::optional<Decimal> deviation(Decimal price, const PriceSummary& summary) {
  return percent_change(summary.median, price);
}

bool is_outlier(Decimal price, const PriceSummary& summary, Decimal percent) {
  const auto distance = subtract(price, summary.median);
  const auto allowed = multiply(summary.median, percent);
  if (!distance || !allowed) return true;
  const auto hundredfold = (distance->is_negative() ? -*distance : *distance).times_power_of_ten(2);
  return !hundredfold || *hundredfold > *allowed;
}

}  // namespace btcw
