#pragma once

#include <memory>
#include <optional>

#include "btcw/base/indicator.h"
#include "btcw/history/candle.h"

namespace btcw::history {

/// Prices of one candle as the formulas take them.
struct Bar {
  double high = 0;
  double low = 0;
  double close = 0;
};

/// A figure computed from candles, with the running candle as the last of them: what a chart that
/// is drawn now would show at its right edge.
///
/// Doubles: the inputs are rounded to 53 bits, the formulas are those of TA-Lib
/// (https://ta-lib.org, ta_SMA.c … ta_STDDEV.c), with its default of no unstable period:
///
///   sma(n)      mean of the last n closes
///   ema(n)      the sma of the first n closes, then ema + (close - ema) * 2 / (n + 1)
///   rsi(n)      Wilder: mean gain and mean loss of the first n changes, then
///               (mean * (n - 1) + new) / n; 100 * gain / (gain + loss), 0 where both are 0
///   macd(f,s,g) ema(f) - ema(s), where the fast average begins with the n closes that end where
///               the slow one's do; macd_signal is the ema(g) of it, macd_hist the difference
///   stddev(n)   square root of the mean square distance from the sma: of a population, not of a
///               sample
///   bb_*(n, w)  sma(n) + w * stddev(n), sma(n), sma(n) - w * stddev(n)
///   atr(n)      Wilder: mean of the first n true ranges, then (atr * (n - 1) + range) / n; the
///               first candle has none
///
/// What grows with the candles since the first (ema, macd, rsi, atr) depends on where that was; the
/// more of them, the less.
class Indicator {
 public:
  virtual ~Indicator() = default;
  /// The running candle has closed as `bar`. Windows are summed anew: O(n), once a candle, so that
  /// rounding does not pile up.
  virtual void close(const Bar& bar) = 0;
  /// The value if the running candle closed now as `bar`; nullopt: too few candles. O(1).
  [[nodiscard]] virtual std::optional<double> value(const Bar& bar) const = 0;
};

/// Precondition: of a kind that is computed from candles (not change, highest, lowest), with the
/// periods that parse_expression() lets through.
std::unique_ptr<Indicator> make_indicator(const IndicatorRequest& request);

}  // namespace btcw::history
