#pragma once

#include <optional>

#include "btcw/base/candle.h"
#include "btcw/base/decimal.h"
#include "btcw/base/time.h"

namespace btcw::history {

using btcw::Candle;
using btcw::candle_start;
using btcw::CandlesByInterval;

/// Makes candles of prices as they come.
///
/// An interval without a price has no candle: nothing is made up. A price older than the candle
/// that runs is left out; one that comes late within it counts, and is its close.
class CandleBuilder {
 public:
  /// Precondition: as candle_start().
  explicit CandleBuilder(milliseconds interval) : interval_{interval} {}

  /// Takes one price; returns the candle that it has closed by being of a later one.
  std::optional<Candle> add(UtcTime time, Decimal price);
  /// Takes a whole candle, that goes on to grow; returns the one before it. Candles that are not
  /// later than the running one replace it, or are left out.
  std::optional<Candle> seed(const Candle& candle);
  /// The candle that still grows.
  [[nodiscard]] const std::optional<Candle>& running() const { return running_; }
  [[nodiscard]] milliseconds interval() const { return interval_; }

 private:
  milliseconds interval_;
  std::optional<Candle> running_;
};

}  // namespace btcw::history
