#include "btcw/base/candle.h"

#include <algorithm>

namespace btcw {

UtcTime candle_start(UtcTime time, milliseconds interval) {
  // 1970 began on a Thursday.
  constexpr milliseconds kMonday = std::chrono::days{4};
  const milliseconds shift = interval == std::chrono::days{7} ? kMonday : milliseconds{0};
  const milliseconds since = time.time_since_epoch() - shift;
  const milliseconds into = since % interval;
  return time - (into < milliseconds{0} ? into + interval : into);
}

std::vector<Candle> joined(const std::vector<Candle>& parts, milliseconds interval) {
  std::vector<Candle> candles;
  for (const Candle& part : parts) {
    const UtcTime start = candle_start(part.start, interval);
    if (candles.empty() || candles.back().start != start) {
      candles.push_back(part);
      candles.back().start = start;
      continue;
    }
    Candle& candle = candles.back();
    candle.high = std::max(candle.high, part.high);
    candle.low = std::min(candle.low, part.low);
    candle.close = part.close;
  }
  return candles;
}

}  // namespace btcw
