#pragma once

#include <map>
#include <vector>

#include "btcw/base/decimal.h"
#include "btcw/base/time.h"

namespace btcw {

/// What a price did in one interval.
struct Candle {
  UtcTime start{};
  Decimal open{};
  Decimal high{};
  Decimal low{};
  Decimal close{};

  friend bool operator==(const Candle&, const Candle&) = default;
};

/// What is known of a time: candles by their interval, in the order of time.
using CandlesByInterval = std::map<milliseconds, std::vector<Candle>>;

/// When the candle that covers `time` begins: at a whole multiple of `interval` since midnight UTC,
/// that of a week on its Monday, as exchanges have it.
/// Precondition: `interval` divides a day, or is seven days.
UtcTime candle_start(UtcTime time, milliseconds interval);

/// Candles of `interval` put together from shorter ones, which are in the order of time.
/// Precondition: as candle_start().
std::vector<Candle> joined(const std::vector<Candle>& parts, milliseconds interval);

}  // namespace btcw
