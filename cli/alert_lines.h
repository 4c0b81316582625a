#pragma once

#include <cstdio>
#include <string>

#include "btcw/watch/rule_judge.h"

namespace btcw::cli {

/// Prints what alerts say, one event a line, and does nothing else with it.
///
///   {"time":"2024-11-22T…Z","alert":"…","event":"fired","symbol":"BTC/USDT","exchange":"binance",
///    "last":97123.45,"number":1,"since":"…","title":"…","message":"…"}
class AlertLines final : public AlertReceiver {
 public:
  enum class Form {
    ndjson,
    plain,  ///< "2024-11-22T10:00:00Z fired btc-breakout BTC/USDT: …"
  };
  /// `out`: nullptr for nowhere.
  AlertLines(std::FILE* out, Form form) : out_{out}, form_{form} {}

  void on_event(const AlertEvent& event) override;
  Result<Flow> settle(RuleDesk& desk, std::uint64_t tickers) override;
  [[nodiscard]] SteadyTime due() const override { return SteadyTime::max(); }
  Result<void> tend(RuleDesk& /*desk*/) override { return {}; }
  Result<void> finish(RuleDesk& /*desk*/) override { return {}; }

 private:
  std::FILE* out_;
  Form form_;
  std::string text_;
};

}  // namespace btcw::cli
