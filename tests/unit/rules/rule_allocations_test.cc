// What a tick costs in memory: nothing, once all has been seen.
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "btcw/history/candle_ladder.h"
#include "btcw/history/indicator_set.h"
#include "btcw/rules/rule_index.h"
#include "rule_samples.h"
#include "support/counted_allocations.h"

using btcw::Decimal;
using btcw::IndicatorValue;
using namespace btcw::test;
using namespace std::chrono_literals;

TEST_CASE("judging a ticker, and following it in candles and windows, allocates nothing") {
  if (!allocations_are_counted()) {
    WARN("skipped: a sanitizer keeps its own operator new");
    return;
  }
  std::vector<btcw::rules::Rule> rules;
  for (const auto* const when :
       {"last crosses above 100", "last > 103", "rsi(14, 1m) > 70 and sma(9, 1m) > 100",
        "abs(last / bid - 1) > 5% or stale 2m", "change(1m) > 2% or last > highest(1m)",
        "last between bb_lower(20, 2, 1m) and bb_upper(20, 2, 1m)", "atr(3, 1m) > mid"}) {
    rules.push_back(rule_of(when));
  }
  btcw::rules::RuleIndex index;
  btcw::history::IndicatorSet set;
  btcw::history::CandleLadder ladder;
  std::vector<std::vector<std::size_t>> places;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    index.add(0, i, rules[i]);
    places.emplace_back();
    for (const auto& request : rules[i].condition.indicators) {
      places.back().push_back(set.add(request));
    }
  }
  std::vector<btcw::rules::RuleState> states(rules.size());
  std::vector<IndicatorValue> values(8);
  std::mt19937_64 random{1};
  auto ticker = ticker_at("100");
  std::size_t looks = 0;
  const auto tick = [&](int second) {
    ticker.received = kStart + second * 1s;
    ticker.last = Decimal::from_parts(9'500 + static_cast<std::int64_t>(random() % 1'000), 2);
    ticker.bid = ticker.last;
    ticker.ask = ticker.last;
    set.add_price(ticker.received, ticker.last);
    ladder.add(ticker.received, ticker.last, [](auto, const auto&) {});
    index.on_ticker(0, ticker, [&](std::uint32_t rule) {
      for (std::size_t at = 0; at < places[rule].size(); ++at) {
        values[at] = set.value(places[rule][at]);
      }
      const btcw::rules::Reading reading{
          .ticker = &ticker, .now = ticker.received, .indicators = values};
      states[rule] = evaluate(rules[rule], states[rule], reading).state;
      ++looks;
    });
  };
  int second = 0;
  while (second < 2'000) tick(second++);
  const std::size_t before = allocations();
  while (second < 2'500) tick(second++);
  CHECK(allocations() == before);
  CHECK(looks > 10'000);
}
