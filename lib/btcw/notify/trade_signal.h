#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/decimal.h"
#include "btcw/base/notification.h"
#include "btcw/base/result.h"
#include "btcw/notify/webhook_json.h"

namespace btcw {

/// What a trading bot says it would do, as it lies in Freqtrade's folder `signals/` or comes from
/// its webhook. Numbers are the digits that stood there; what was not said is empty. All text is on
/// one line.
struct TradeSignal {
  static constexpr std::string_view kAssumedStrength = "0.5";

  std::string pair;    ///< "BTC/USDT"
  std::string action;  ///< "buy", "sell", "entry", …
  std::string current_rate = {};
  std::string strategy = {};
  std::string timeframe = {};
  std::string timestamp = {};
  std::string exchange = {};
  std::string reason = {};
  std::string tag = {};
  /// 0 to 1; Freqtrade's own field is indicators.signal_strength, one beside `pair` is taken too.
  Decimal strength = Decimal::from_parts(5, 1);
  std::string strength_text{kAssumedStrength};
  std::vector<std::pair<std::string, std::string>> indicators = {};
};

/// Whether the object can be a signal at all: it has a pair and an action.
bool is_trade_signal(const WebhookValue& object);

/// Errors: bad_data (no object, no pair, no action, a strength that is no number from 0 to 1).
Result<TradeSignal> read_trade_signal(const WebhookValue& object);

/// Urgent from 0.8 on, normal from 0.6 on, else low: where no thresholds are configured.
Priority default_priority_of(Decimal strength);

}  // namespace btcw
