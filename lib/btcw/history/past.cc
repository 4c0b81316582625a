#include "btcw/history/past.h"

#include <algorithm>

#include "btcw/history/candle_ladder.h"

namespace btcw::history {
namespace {

constexpr milliseconds kDay = std::chrono::days{1};

Result<std::vector<Candle>> from_prices(HistoryStore& store, std::string_view series, UtcTime from,
                                        UtcTime to) {
  const auto prices = store.prices(series, from, to);
  if (!prices) return prices.error();
  std::vector<Candle> candles;
  candles.reserve(prices->size());
  for (const PricePoint& point : *prices) {
    candles.push_back({point.second, point.price, point.price, point.price, point.price});
  }
  return candles;
}

}  // namespace

bool is_interval(milliseconds interval) {
  if (interval == 7 * kDay) return true;
  return interval >= seconds{1} && interval % seconds{1} == milliseconds{0} && interval <= kDay &&
         kDay % interval == milliseconds{0};
}

milliseconds fitting_interval(milliseconds span, std::size_t most) {
  const auto fits = [&](milliseconds interval) {
    return span <= interval * static_cast<std::int64_t>(most);
  };
  if (fits(seconds{1})) return seconds{1};
  const auto found = std::find_if(kResolutions.begin(), kResolutions.end(), fits);
  return found == kResolutions.end() ? kResolutions.back() : *found;
}

milliseconds window_interval(milliseconds window) {
  const auto found = std::find_if(kResolutions.rbegin(), kResolutions.rend(),
                                  [window](milliseconds kept) { return kept <= window / 30; });
  return found == kResolutions.rend() ? kResolutions.front() : *found;
}

Result<std::vector<Candle>> past_candles(HistoryStore& store, std::string_view series,
                                         milliseconds interval, UtcTime from, UtcTime to) {
  const auto kept = std::find_if(
      kResolutions.rbegin(), kResolutions.rend(),
      [&](milliseconds each) { return each <= interval && interval % each == milliseconds{0}; });
  const UtcTime first = candle_start(from, interval);
  const bool is_kept = kept != kResolutions.rend();
  auto parts =
      is_kept ? store.candles(series, *kept, first, to) : from_prices(store, series, first, to);
  if (!parts || (is_kept && *kept == interval)) return parts;
  return joined(*parts, interval);
}

}  // namespace btcw::history
