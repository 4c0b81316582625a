#include "btcw/watch/past_asker.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>

#include "support/fake_clock.h"
#include "support/watch_fakes.h"

using namespace btcw;
using namespace btcw::test;
using namespace std::chrono_literals;

namespace {

const UtcTime kStart = from_unix_ms(1'732'290'000'000);

AlertOptions alert(std::string name, std::string symbol, std::string when) {
  AlertOptions options;
  options.name = std::move(name);
  options.symbol = std::move(symbol);
  options.when = std::move(when);
  return options;
}

Candle candle(milliseconds after, std::int64_t close) {
  const Decimal price = Decimal::from_parts(close, 0);
  return {kStart + after, price, price, price, price};
}

/// What a test has put there, and what was asked.
struct Script {
  std::deque<Result<std::vector<Candle>>> answers;
  std::vector<std::string> asked;  ///< "binance BTC/USDT 1m 31"
  int opened = 0;
  int closed = 0;
};

class ScriptedCandles final : public CandleJob {
 public:
  explicit ScriptedCandles(Script& script) : script_{script} { ++script_.opened; }
  ScriptedCandles(const ScriptedCandles&) = delete;
  ScriptedCandles& operator=(const ScriptedCandles&) = delete;
  ~ScriptedCandles() override { ++script_.closed; }
  void start(CandleRequest request) override {
    script_.asked.push_back(std::string{request.exchange.text()} + " " +
                            std::string{request.symbol.text()} + " " + to_string(request.interval) +
                            " " + std::to_string(request.count));
  }
  [[nodiscard]] int fd() const override { return -1; }
  std::optional<Result<std::vector<Candle>>> take() override {
    if (script_.answers.empty()) return std::nullopt;
    auto first = std::move(script_.answers.front());
    script_.answers.pop_front();
    return first;
  }

 private:
  Script& script_;
};

/// A desk whose past only exchanges know.
struct Bench {
  FakeClock clock{kStart};
  RecordingLog log;
  Script script;
  std::optional<Error> refused;
  std::optional<RuleDesk> desk;
  std::vector<std::string> said;
  PastAsker asker{{.desk = [this] { return desk ? &*desk : nullptr; },
                   .open = [this]() -> Result<std::unique_ptr<CandleJob>> {
                     if (refused) return *refused;
                     return std::unique_ptr<CandleJob>{std::make_unique<ScriptedCandles>(script)};
                   },
                   .clock = clock,
                   .log = log}};

  explicit Bench(const std::vector<AlertOptions>& options) {
    desk.emplace(compiled(options), std::span<const KeptState>{},
                 [this](const SymbolRequest&, std::span<const IndicatorRequest> requests) {
                   const auto needs = needs_of(requests);
                   return KnownPast{.candles = {}, .open = open_needs(needs, {}, clock.now())};
                 });
  }
  static std::vector<Alert> compiled(const std::vector<AlertOptions>& options) {
    auto alerts = compile_alerts(options, "USDT");
    REQUIRE(alerts);
    return *std::move(alerts);
  }
  void tick(std::string_view symbol, std::string_view last, std::string_view name = "binance") {
    desk->on_ticker(ticker(symbol, name, last, clock.now()), RuleDesk::Answers::any, sink());
    REQUIRE(asker.on_ticks({}));
  }
  /// Lets the asker work until it waits for nothing that is there.
  void work() {
    for (int i = 0; i < 20 && asker.due() <= clock.steady_now(); ++i) {
      REQUIRE(asker.on_time());
    }
    desk->on_time(clock.now(), RuleDesk::Time::real, sink());
  }
  std::function<void(const AlertEvent&)> sink() {
    return [this](const AlertEvent& event) { said.push_back(event.alert.name); };
  }
};

std::vector<Candle> minutes(int count, std::int64_t close) {
  std::vector<Candle> candles;
  for (int i = count; i >= 0; --i) candles.push_back(candle(-i * 1min, close));
  return candles;
}

}  // namespace

TEST_CASE("an alert is judged as soon as the exchange has told the past, without another ticker") {
  Bench bench{{alert("up", "BTC/USDT", "last > sma(3, 1m)")}};
  bench.script.answers.push_back(minutes(30, 50));
  bench.tick("BTC/USDT", "100");
  CHECK(bench.said.empty());
  CHECK(bench.script.asked.empty());

  bench.work();

  CHECK(bench.script.asked == std::vector<std::string>{"binance BTC/USDT 1m 31"});
  CHECK(bench.said == std::vector<std::string>{"up"});
  bench.tick("BTC/USDT", "101");
  bench.work();
  CHECK(bench.script.asked.size() == 1);
  CHECK(bench.said.size() == 1);
}

TEST_CASE("the exchange that gives the price is asked, one question a symbol and interval") {
  Bench bench{{alert("a", "BTC/USDT", "sma(3, 1m) > ema(2, 1m)"),
               alert("b", "BTC/USDT", "last > sma(4, 1h) and rsi(5, 1m) > 50"),
               alert("c", "*/USDT", "last > highest(24h)"), alert("d", "BTC/USDT", "last > 5")}};
  for (int i = 0; i < 5; ++i) bench.script.answers.emplace_back(Error{Errc::unavailable, "down"});
  bench.tick("BTC/USDT", "100", "kraken");
  bench.tick("ETH/USDT", "10", "okx");
  bench.work();
  CHECK(bench.script.asked ==
        std::vector<std::string>{"kraken BTC/USDT 1m 43", "kraken BTC/USDT 15m 193",
                                 "kraken BTC/USDT 1h 37", "okx ETH/USDT 15m 193"});
  CHECK(bench.script.opened == 1);
  CHECK(bench.script.closed == 1);
}

TEST_CASE("what a reload brings is asked for, what was there is not asked for again") {
  Bench bench{{alert("a", "BTC/USDT", "last > sma(3, 1m)")}};
  bench.script.answers.push_back(minutes(30, 500));
  bench.tick("BTC/USDT", "100");
  bench.work();
  CHECK(bench.said.empty());

  bench.desk->replace(Bench::compiled(
      {alert("a", "BTC/USDT", "last > sma(3, 1m)"), alert("b", "BTC/USDT", "last > sma(4, 1m)")}));
  bench.script.answers.push_back(minutes(30, 50));
  bench.tick("BTC/USDT", "100");
  bench.work();

  CHECK(bench.script.asked ==
        std::vector<std::string>{"binance BTC/USDT 1m 31", "binance BTC/USDT 1m 37"});
  CHECK(bench.said == std::vector<std::string>{"b"});
  CHECK(bench.script.opened == 2);
}

TEST_CASE("an exchange that tells nothing is told of once, and what has none never") {
  struct Case {
    Errc code;
    std::size_t warnings;
  };
  const auto row = GENERATE(values<Case>({
      {Errc::unavailable, 1},
      {Errc::rate_limited, 1},
      {Errc::not_found, 1},
      {Errc::bad_data, 1},
      {Errc::invalid_input, 0},
  }));
  Bench bench{{alert("a", "*/USDT", "last > sma(3, 1m)")}};
  for (int i = 0; i < 3; ++i) bench.script.answers.emplace_back(Error{row.code, "why"});
  for (const std::string_view symbol : {"BTC/USDT", "ETH/USDT", "XRP/USDT"}) {
    bench.tick(symbol, "100");
  }
  bench.work();

  CHECK(bench.script.asked.size() == 3);
  CHECK(bench.said.empty());
  const auto lines = told(bench.log);
  const auto warnings = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("warning");
  });
  CHECK(static_cast<std::size_t>(warnings) == row.warnings);
}

TEST_CASE("without a network nobody is asked, and the alerts wait for their past as ever") {
  Bench bench{{alert("a", "*/USDT", "last > sma(3, 1m)")}};
  bench.refused = Error{Errc::unavailable, "no module"};
  bench.tick("BTC/USDT", "100");
  bench.tick("ETH/USDT", "100");
  bench.work();
  CHECK(bench.script.asked.empty());
  CHECK(told(bench.log).size() == 1);
  CHECK(bench.asker.due() == SteadyTime::max());
}

TEST_CASE("at the end of a run what is under way is let go of") {
  Bench bench{{alert("a", "BTC/USDT", "last > sma(3, 1m)")}};
  bench.tick("BTC/USDT", "100");
  REQUIRE(bench.asker.on_time());
  CHECK(bench.script.asked.size() == 1);
  CHECK(bench.asker.finish());
  CHECK(bench.script.closed == 1);
  CHECK(bench.asker.due() == SteadyTime::max());
}
