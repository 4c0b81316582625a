#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/rules/explain.h"
#include "btcw/rules/parser.h"
#include "btcw/rules/rule.h"
#include "btcw/rules/tokens.h"
#include "support/fuzz_base.h"

// What the fuzz target of the alert language does with one input.
namespace btcw::test {

/// Prices that go up and down around zero and beyond what arithmetic can take.
inline std::vector<Ticker> fuzz_tickers() {
  std::vector<Ticker> tickers;
  std::int64_t at = 1'732'290'000'000;
  for (const char* const last : {"100", "101", "99", "0.00000001", "1e35", "100"}) {
    Ticker ticker{.symbol = Symbol::of("BTC", "USDT").value(),
                  .exchange = ExchangeName::parse("demo").value(),
                  .last = Decimal::parse(last).value(),
                  .received = from_unix_ms(at)};
    if (tickers.size() % 2 == 0) ticker.bid = ticker.last;
    tickers.push_back(ticker);
    at += 90'000;
  }
  return tickers;
}

inline void judge(const rules::Rule& rule) {
  const std::vector<IndicatorValue> indicators(rule.condition.indicators.size(), 0.5);
  const std::vector<std::optional<Decimal>> prices(rule.condition.exchanges.size());
  rules::RuleState state;
  for (const Ticker& ticker : fuzz_tickers()) {
    const rules::Reading reading{
        .ticker = &ticker, .now = ticker.received, .indicators = indicators, .prices = prices};
    expect(!to_string(explain(rule, state, reading)).empty());
    const auto judgement = evaluate(rule, state, reading);
    expect(judgement.event.has_value() || judgement.state.fired == state.fired);
    state = judgement.state;
    const auto next = next_look(rule, state, reading);
    expect(!next || *next > reading.now);
  }
}

inline void fuzz_rule(std::string_view input) {
  const auto read = rules::parse_expression(input);
  if (!read) return expect_sober(read.error());
  const std::string text = to_string(*read);
  // Spaces between the words, and numbers without an exponent, can make it too long.
  if (text.size() > rules::kLongestExpression) return;
  const auto again = rules::parse_expression(text);
  expect(again.has_value() && *again == *read && to_string(*again) == text);
  judge({.condition = *read});
  judge({.condition = *read,
         .hold_for = seconds{90},
         .cooldown = seconds{100},
         .hysteresis = {.amount = Decimal::from_parts(5, 3), .is_relative = true},
         .repeat = rules::Repeat::every});
}

}  // namespace btcw::test
