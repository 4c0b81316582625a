// What a tick costs where 10 or 100,000 threshold rules wait for one symbol, and what it costs to
// judge a single rule.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "btcw/rules/parser.h"
#include "btcw/rules/rule.h"
#include "btcw/rules/rule_index.h"

namespace {

using namespace btcw;

Ticker ticker_at(std::int64_t cents) {
  return {.symbol = Symbol::of("BTC", "USDT").value(),
          .exchange = ExchangeName::parse("demo").value(),
          .last = Decimal::from_parts(cents, 2),
          .received = from_unix_ms(1'732'290'000'000)};
}

std::vector<rules::Rule> threshold_rules(std::int64_t count) {
  std::vector<rules::Rule> made;
  made.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    // From 50,000 to 150,000, none where the price goes to and fro.
    const std::int64_t at = 5'000'000 + i * 10'000'000 / count;
    const std::int64_t free = at < 10'000'000 ? at - 500 : at + 500;
    const std::string when =
        (i % 2 == 0 ? "last crosses above " : "last < ") + Decimal::from_parts(free, 2).to_string();
    made.push_back({.condition = rules::parse_expression(when).value()});
  }
  return made;
}

// A price that goes to and fro in steps of a cent around 100,000, and passes no threshold.
void tick_among_thresholds(benchmark::State& state) {
  const auto judged = threshold_rules(state.range(0));
  rules::RuleIndex index;
  for (std::uint32_t i = 0; i < judged.size(); ++i) index.add(0, i, judged[i]);
  std::vector<Ticker> tickers;
  for (int i = 0; i < 512; ++i) tickers.push_back(ticker_at(10'000'000 + (i * 37) % 499));
  std::vector<rules::RuleState> states(judged.size());
  std::int64_t looks = 0;
  std::size_t at = 0;
  const auto tick = [&] {
    const Ticker& ticker = tickers[at++ % tickers.size()];
    index.on_ticker(0, ticker, [&](std::uint32_t rule) {
      states[rule] =
          evaluate(judged[rule], states[rule], {.ticker = &ticker, .now = ticker.received}).state;
      ++looks;
    });
  };
  tick();  // the first is judged by all
  looks = 0;
  for (auto _ : state) tick();
  state.counters["looks"] =
      benchmark::Counter(static_cast<double>(looks), benchmark::Counter::kAvgIterations);
}
BENCHMARK(tick_among_thresholds)->Arg(10)->Arg(1'000)->Arg(100'000);

void judge_one(benchmark::State& state, const char* when) {
  const rules::Rule rule{.condition = rules::parse_expression(when).value()};
  std::vector<Ticker> tickers;
  for (int i = 0; i < 64; ++i) tickers.push_back(ticker_at(10'000'000 + (i * 37) % 499));
  rules::RuleState kept;
  std::size_t at = 0;
  for (auto _ : state) {
    const Ticker& ticker = tickers[at++ % tickers.size()];
    kept = evaluate(rule, kept, {.ticker = &ticker, .now = ticker.received}).state;
    benchmark::DoNotOptimize(kept);
  }
}
BENCHMARK_CAPTURE(judge_one, threshold, "last > 100001");
BENCHMARK_CAPTURE(judge_one, crossing, "last crosses above 100001");
BENCHMARK_CAPTURE(judge_one, share, "last / open - 1 > 5% and not stale 2m");

}  // namespace
