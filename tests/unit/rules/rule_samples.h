#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/rules/parser.h"
#include "btcw/rules/rule.h"

namespace btcw::test {

inline const UtcTime kStart = from_unix_ms(1'732'290'000'000);

inline Decimal number(std::string_view text) { return Decimal::parse(text).value(); }

inline Ticker ticker_at(std::string_view last, UtcTime received = kStart) {
  return {.symbol = Symbol::of("BTC", "USDT").value(),
          .exchange = ExchangeName::parse("binance").value(),
          .last = number(last),
          .received = received};
}

/// A ticker with every field that an expression reads.
inline Ticker full_ticker() {
  Ticker ticker = ticker_at("97123.45");
  ticker.bid = number("97123.40");
  ticker.ask = number("97123.50");
  ticker.open = number("95000");
  ticker.high = number("98000");
  ticker.low = number("94000.1");
  ticker.percentage = number("2.2352");
  ticker.base_volume = number("1234.5678");
  ticker.quote_volume = number("119000000.1");
  return ticker;
}

inline rules::Rule rule_of(std::string_view when) {
  return {.condition = rules::parse_expression(when).value()};
}

/// A rule that is looked at again and again, with the clock of its tickers.
class Watched {
 public:
  explicit Watched(rules::Rule rule) : rule_{std::move(rule)} {}

  /// `after` kStart, with that price.
  rules::Judgement tick(std::string_view last, milliseconds after) {
    ticker_ = ticker_at(last, kStart + after);
    return look(after);
  }
  /// Without a new ticker.
  rules::Judgement look(milliseconds after) {
    auto judgement = rules::evaluate(rule_, state_, reading(after));
    state_ = judgement.state;
    if (judgement.event) events_.push_back(*judgement.event);
    return judgement;
  }
  [[nodiscard]] std::optional<milliseconds> next_look(milliseconds after) const {
    const auto time = rules::next_look(rule_, state_, reading(after));
    if (!time) return std::nullopt;
    return *time - kStart;
  }

  void set_indicators(std::vector<IndicatorValue> values) { indicators_ = std::move(values); }
  [[nodiscard]] const std::vector<rules::Event>& events() const { return events_; }
  [[nodiscard]] std::size_t fired() const { return state_.fired; }
  [[nodiscard]] const rules::RuleState& state() const { return state_; }

 private:
  [[nodiscard]] rules::Reading reading(milliseconds after) const {
    return {
        .ticker = ticker_ ? &*ticker_ : nullptr, .now = kStart + after, .indicators = indicators_};
  }

  rules::Rule rule_;
  rules::RuleState state_;
  std::optional<Ticker> ticker_;
  std::vector<IndicatorValue> indicators_;
  std::vector<rules::Event> events_;
};

/// The course of a rule over prices that come one a second: '!' fired, 'r' resolved, '.' neither.
inline std::string course(const rules::Rule& rule, const std::vector<std::string_view>& prices) {
  Watched watched{rule};
  std::string marks;
  seconds at{0};
  for (const auto price : prices) {
    const auto event = watched.tick(price, at++).event;
    marks += !event ? '.' : event->kind == rules::EventKind::fired ? '!' : 'r';
  }
  return marks;
}

}  // namespace btcw::test
