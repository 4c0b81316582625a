#include "btcw/base/indicator.h"

namespace btcw {

std::string_view to_string(IndicatorKind kind) {
  switch (kind) {
    case IndicatorKind::change:
      return "change";
    case IndicatorKind::highest:
      return "highest";
    case IndicatorKind::lowest:
      return "lowest";
    case IndicatorKind::sma:
      return "sma";
    case IndicatorKind::ema:
      return "ema";
    case IndicatorKind::rsi:
      return "rsi";
    case IndicatorKind::macd:
      return "macd";
    case IndicatorKind::macd_signal:
      return "macd_signal";
    case IndicatorKind::macd_hist:
      return "macd_hist";
    case IndicatorKind::bb_upper:
      return "bb_upper";
    case IndicatorKind::bb_middle:
      return "bb_middle";
    case IndicatorKind::bb_lower:
      return "bb_lower";
    case IndicatorKind::atr:
      return "atr";
    case IndicatorKind::stddev:
      return "stddev";
  }
  return "";
}

std::string to_string(const IndicatorRequest& request) {
  std::string text{to_string(request.kind)};
  text += '(';
  for (const int period : request.periods) {
    if (period > 0) text.append(std::to_string(period)).append(", ");
  }
  if (!request.width.is_zero()) text.append(request.width.to_string()).append(", ");
  text.append(to_string(request.span)).append(")");
  return text;
}

}  // namespace btcw
