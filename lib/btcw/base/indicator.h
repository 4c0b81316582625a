#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "btcw/base/decimal.h"
#include "btcw/base/time.h"

namespace btcw {

/// A figure that takes more than one ticker to know.
enum class IndicatorKind : std::uint8_t {
  change,       ///< in percent, against the price one window ago
  highest,      ///< of the window before this ticker
  lowest,       ///< of the window before this ticker
  sma,          ///< simple moving average
  ema,          ///< exponential moving average
  rsi,          ///< relative strength index after Wilder, 0 to 100
  macd,         ///< fast EMA minus slow EMA
  macd_signal,  ///< EMA of macd
  macd_hist,    ///< macd minus its signal
  bb_upper,     ///< upper Bollinger band
  bb_middle,    ///< middle Bollinger band
  bb_lower,     ///< lower Bollinger band
  atr,          ///< average true range after Wilder
  stddev,       ///< standard deviation of a whole population
};

/// The name of a kind as it stands in an expression: "bb_upper".
std::string_view to_string(IndicatorKind kind);

/// One indicator with its parameters: what two rules that ask for the same share.
struct IndicatorRequest {
  IndicatorKind kind = IndicatorKind::change;
  std::array<int, 3> periods{};  ///< in candles: {n}, or {fast, slow, signal} of macd; unused: 0
  Decimal width{};               ///< of the Bollinger bands, in standard deviations
  milliseconds span{0};          ///< the window, or what one candle covers

  friend bool operator==(const IndicatorRequest&, const IndicatorRequest&) = default;
};

/// As in an expression: "macd(12, 26, 9, 1h)", "change(1h)".
std::string to_string(const IndicatorRequest& request);

/// Not known yet; a price, exact; or a figure computed from prices in doubles.
using IndicatorValue = std::variant<std::monostate, Decimal, double>;

}  // namespace btcw
