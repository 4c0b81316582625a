#include "btcw/history/candle.h"

#include <algorithm>

namespace btcw::history {

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
