#pragma once

#include <array>
#include <cstddef>

#include "btcw/base/function_ref.h"
#include "btcw/history/candle.h"

namespace btcw::history {

/// The candles that are kept: 1m, 5m, 15m, 1h, 4h, 1d.
inline constexpr std::array<milliseconds, 6> kResolutions{
    std::chrono::minutes{1}, std::chrono::minutes{5}, std::chrono::minutes{15},
    std::chrono::hours{1},   std::chrono::hours{4},   std::chrono::days{1}};

/// All candles of one symbol that prices change, until somebody writes them down.
///
/// A running candle is handed out each time with all that it has seen, so that what is written is
/// replaced and never frozen. Between two flushes the prices of a symbol cost one candle for each
/// resolution, however many they are; a flush once a second keeps the history to that second.
class CandleLadder {
 public:
  CandleLadder();

  /// A candle that was written before the program ended, to go on with; the latest of each
  /// resolution. Precondition: `interval` is one of kResolutions; before the first add().
  void resume(milliseconds interval, const Candle& candle);

  /// Calls `closed` for each candle that the price ends and that has changed since the last flush:
  /// it is final. A price older than the running candle is left out of that one.
  void add(UtcTime time, Decimal price, FunctionRef<void(milliseconds, const Candle&)> closed);

  /// Calls `write` for each running candle that has changed since the last flush.
  void flush(FunctionRef<void(milliseconds, const Candle&)> write);

 private:
  struct Rung {
    CandleBuilder builder;
    bool is_changed = false;
  };
  std::array<Rung, kResolutions.size()> rungs_;
};

}  // namespace btcw::history
