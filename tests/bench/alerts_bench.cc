// What alerts and the history cost `watch`.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/ticker_reader.h"
#include "btcw/cache/local_cache.h"
#include "btcw/history/past.h"
#include "btcw/store/files.h"
#include "btcw/watch/alert_dispatch.h"
#include "btcw/watch/cache_feeder.h"
#include "btcw/watch/history_feeder.h"
#include "btcw/watch/replay_source.h"
#include "btcw/watch/rule_judge.h"
#include "btcw/watch/runner.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/seeded_random.h"
#include "support/temp_folder.h"
#include "support/watch_fakes.h"

namespace {

using namespace btcw;
using btcw::test::RecordingLog;
using btcw::test::SeededRandom;
using btcw::test::TempFolder;

constexpr std::int64_t kTickers = 1'000'000;
constexpr int kSymbols = 40;
const UtcTime kStart = from_unix_ms(1'732'290'000'000);

std::string symbol_text(int number) { return "SYM" + std::to_string(number) + "/USDT"; }

Ticker ticker_of(std::int64_t i, int symbols) {
  const std::int64_t price = 9'712'345 + i % 5'000;
  return {.symbol = Symbol::parse(symbol_text(static_cast<int>(i % symbols)), "USDT").value(),
          .exchange = ExchangeName::parse("binance").value(),
          .last = Decimal::from_parts(price, 2),
          .bid = Decimal::from_parts(price - 5, 2),
          .ask = Decimal::from_parts(price + 5, 2),
          .open = Decimal::from_parts(9'500'017, 2),
          .high = Decimal::from_parts(9'800'013, 2),
          .low = Decimal::from_parts(9'400'011, 2),
          .percentage = Decimal::from_parts(22'352, 4),
          .base_volume = Decimal::from_parts(12'345'678'901, 7),
          .quote_volume = Decimal::from_parts(119'000'000'123, 3),
          .timestamp = kStart + milliseconds{i} - milliseconds{37},
          .received = kStart + milliseconds{i}};
}

Alert alert(std::string name, std::string symbol, std::string when) {
  AlertOptions options;
  options.name = std::move(name);
  options.symbol = std::move(symbol);
  options.when = std::move(when);
  return compile_alert(options, "USDT").value();
}

/// 25 thresholds for each of 40 symbols, within where the price goes to and fro; each fires once.
std::vector<Alert> thousand_alerts() {
  std::vector<Alert> alerts;
  for (int i = 0; i < 1'000; ++i) {
    const int step = i / kSymbols;
    const std::string when = (step % 2 == 0 ? "last crosses above " : "last < ") +
                             Decimal::from_parts(9'712'500 + step * 190, 2).to_string();
    alerts.push_back(alert("a" + std::to_string(i), symbol_text(i % kSymbols), when));
    alerts.back().rule.repeat = rules::Repeat::once;
  }
  return alerts;
}

/// A million tickers of 40 symbols, made once.
const std::filesystem::path& recording() {
  static const TempFolder kFolder;
  static const std::filesystem::path kFile = [] {
    std::filesystem::path file = kFolder / "rec.ndjson";
    std::ofstream out{file, std::ios::binary};
    std::string text;
    for (std::int64_t i = 0; i < kTickers; ++i) {
      append_json(ticker_of(i, kSymbols), text);
      text += '\n';
      if (text.size() < (1U << 20U)) continue;
      out << text;
      text.clear();
    }
    out << text;
    return file;
  }();
  return kFile;
}

/// A journal, a queue and what sends to it.
struct Stage {
  explicit Stage(AlertDispatch::Options options = {})
      : journal{open_journal(folder / "watch.db").value()},
        outbox{folder / "queue", {*journal, {files, clock, random, log}, log}},
        dispatch{std::move(options), {outbox, clock, log}} {
    if (!outbox.recover()) std::abort();
  }

  TempFolder folder;
  SystemClock clock;
  PosixFiles files;
  SeededRandom random{1};
  RecordingLog log;
  std::unique_ptr<Journal> journal;
  Outbox outbox;
  AlertDispatch dispatch;
};

// Beside bare_simdjson_pass: with the cache, 1,000 alerts, and (second) the history.
void replay_with_alerts(benchmark::State& state) {
  const bool remembers = state.range(0) == 1;
  btcw::test::FakeSignals signals;
  const ServiceManager service;
  const int fd = open(recording().c_str(), O_RDONLY | O_CLOEXEC);
  std::uint64_t events = 0;
  for (auto _ : state) {
    lseek(fd, 0, SEEK_SET);
    Stage stage{{.scope = "replay", .patience = milliseconds{50}}};
    const auto reader = make_ticker_reader();
    auto cache = open_local_cache(stage.folder / "prices", {}, stage.clock, stage.log);
    CacheFeeder feeder{**cache, stage.clock, stage.log};
    auto store = history::open_history_store(stage.folder / "history.db").value();
    HistoryFeeder past{{}, {*store, stage.clock, stage.log}};
    RuleDesk desk{thousand_alerts()};
    RuleJudge judge{desk, stage.dispatch, {.time = RuleDesk::Time::recorded}, stage.clock};
    ReplaySource source{fd, {}, {*reader, stage.clock, stage.log}};
    TickerSource* const sources[] = {&source};
    std::vector<TickObserver*> observers{&judge, &feeder};
    if (remembers) observers.push_back(&past);
    Runner runner{sources, observers, {}, {stage.clock, signals, service}};
    if (!runner.run() || source.status().tickers != kTickers) state.SkipWithError("not played");
    events = judge.events();
  }
  state.SetItemsProcessed(state.iterations() * kTickers);
  state.counters["events"] = static_cast<double>(events);
  close(fd);
}
BENCHMARK(replay_with_alerts)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

// A price that goes to and fro in steps of a cent around 100,000, and passes no threshold.
void tick_of_a_desk(benchmark::State& state) {
  std::vector<Alert> alerts;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const std::int64_t at = 5'000'000 + i * 10'000'000 / state.range(0);
    const std::int64_t free = at < 10'000'000 ? at - 500 : at + 500;
    alerts.push_back(alert("a" + std::to_string(i), "BTC/USDT",
                           (i % 2 == 0 ? "last crosses above " : "last < ") +
                               Decimal::from_parts(free, 2).to_string()));
  }
  RuleDesk desk{std::move(alerts)};
  std::vector<Ticker> tickers;
  for (int i = 0; i < 512; ++i) {
    Ticker ticker = ticker_of(i, 1);
    ticker.symbol = Symbol::of("BTC", "USDT").value();
    ticker.last = Decimal::from_parts(10'000'000 + (i * 37) % 499, 2);
    tickers.push_back(ticker);
  }
  std::size_t at = 0;
  const auto ignore = [](const AlertEvent&) {};
  desk.on_ticker(tickers[0], RuleDesk::Answers::any, ignore);
  for (auto _ : state) {
    desk.on_ticker(tickers[at++ % tickers.size()], RuleDesk::Answers::any, ignore);
  }
}
BENCHMARK(tick_of_a_desk)->Arg(10)->Arg(100'000);

// From a ticker to its message in the queue, synced.
void frame_to_durable(benchmark::State& state) {
  Stage stage;
  RuleDesk desk{{alert("up", "BTC/USDT", "last crosses above 100")}};
  RuleJudge judge{desk, stage.dispatch, {}, stage.clock};
  std::vector<double> times;
  Ticker ticker = ticker_of(0, 1);
  ticker.symbol = Symbol::of("BTC", "USDT").value();
  for (auto _ : state) {
    ticker.received += seconds{1};
    ticker.last = Decimal::from_parts(99, 0);
    const CacheEntry below{ticker};
    if (!judge.on_ticks(std::span{&below, 1})) state.SkipWithError("not judged");
    ticker.received += seconds{1};
    ticker.last = Decimal::from_parts(101, 0);
    const CacheEntry above{ticker};
    const auto begin = std::chrono::steady_clock::now();
    if (!judge.on_ticks(std::span{&above, 1})) state.SkipWithError("not judged");
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  if (stage.outbox.waiting() > 0) state.SkipWithError("not sent");
  std::sort(times.begin(), times.end());
  state.counters["p50_ms"] = times[times.size() / 2];
  state.counters["p99_ms"] = times[times.size() * 99 / 100];
}
BENCHMARK(frame_to_durable)->Iterations(2'000)->Unit(benchmark::kMillisecond);

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

// 100 symbols, a ticker each a second, for ten minutes: processor time a second of the market.
void history_of_100_symbols(benchmark::State& state) {
  constexpr int kHundred = 100;
  constexpr int kSeconds = 600;
  double used = 0;
  for (auto _ : state) {
    const TempFolder folder;
    test::FakeClock clock{kStart};
    RecordingLog log;
    auto store = history::open_history_store(folder / "history.db").value();
    HistoryFeeder feeder{{}, {*store, clock, log}};
    const double before = cpu_seconds();
    for (int second = 0; second < kSeconds; ++second) {
      for (int symbol = 0; symbol < kHundred; ++symbol) {
        Ticker ticker = ticker_of(symbol, kHundred);
        ticker.received = clock.now();
        ticker.last = Decimal::from_parts(9'712'345 + second * 7 % 100, 2);
        const CacheEntry entry{ticker};
        if (!feeder.on_ticks(std::span{&entry, 1})) state.SkipWithError("not taken");
      }
      clock.advance(seconds{1});
      if (!feeder.on_time()) state.SkipWithError("not written");
    }
    used = cpu_seconds() - before;
  }
  state.counters["percent_of_a_core"] = used / kSeconds * 100;
}
BENCHMARK(history_of_100_symbols)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
