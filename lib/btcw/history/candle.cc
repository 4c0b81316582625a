#include "btcw/history/candle.h"

#include <algorithm>

namespace btcw::history {

UtcTime candle_start(UtcTime time, milliseconds interval) {
  // 1970 began on a Thursday.
  constexpr milliseconds kMonday = std::chrono::days{4};
  const milliseconds shift = interval == std::chrono::days{7} ? kMonday : milliseconds{0};
  const milliseconds since = time.time_since_epoch() - shift;
  const milliseconds into = since % interval;
  return time - (into < milliseconds{0} ? into + interval : into);
}

std::optional<Candle> CandleBuilder::add(UtcTime time, Decimal price) {
  if (running_) {
    if (time < running_->start) return std::nullopt;
    if (time < running_->start + interval_) {
      running_->high = std::max(running_->high, price);
      running_->low = std::min(running_->low, price);
      running_->close = price;
      return std::nullopt;
    }
  }
  const auto closed = running_;
  running_ = Candle{candle_start(time, interval_), price, price, price, price};
  return closed;
}

std::optional<Candle> CandleBuilder::seed(const Candle& candle) {
  if (running_ && candle.start < running_->start) return std::nullopt;
  const bool same = running_ && candle.start == running_->start;
  const auto closed = same ? std::nullopt : running_;
  running_ = candle;
  return closed;
}

}  // namespace btcw::history
