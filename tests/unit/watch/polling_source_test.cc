#include "btcw/watch/polling_source.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/watch_fakes.h"

using btcw::CacheScope;
using btcw::Errc;
using btcw::from_unix_ms;
using btcw::milliseconds;
using btcw::PollingOptions;
using btcw::PollingSource;
using btcw::seconds;
using btcw::SourceState;
using btcw::SteadyTime;
using namespace btcw::test;

namespace {

struct Bench {
  FakeClock clock;
  RecordingLog log;
  ConstantRandom random{0};
  ScriptedFetch job;
  KeptTicks ticks;

  PollingSource source(PollingOptions options) {
    return PollingSource{std::move(options), job, {clock, log, random}};
  }
  SourceState take(PollingSource& source) {
    return source
        .take([this](std::span<const btcw::CacheEntry> batch) { (void)ticks.on_ticks(batch); })
        .value();
  }
  /// Waits until the source is due and lets it work.
  SourceState cycle(PollingSource& source) {
    clock.wait_until(source.due(), {});
    return take(source);
  }
};

}  // namespace

TEST_CASE("polling asks for all symbols at once, at the start and at every interval") {
  Bench bench;
  auto source = bench.source({.requests = {request("BTC/USDT"), request("ETH/USDT")}});
  const SteadyTime start = bench.clock.steady_now();
  CHECK(source.due() == start);
  CHECK_FALSE(source.settled());
  bench.job.then({answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000")),
                  answered("ETH/USDT", ticker("ETH/USDT", "binance", "3400"))});
  bench.job.then({answered("BTC/USDT", ticker("BTC/USDT", "binance", "97001")),
                  answered("ETH/USDT", ticker("ETH/USDT", "binance", "3401"))});

  CHECK(bench.cycle(source) == SourceState::running);
  CHECK(source.settled());
  CHECK(source.due() == start + seconds{10});
  CHECK(bench.take(source) == SourceState::running);  // before it is due: nothing is asked
  bench.cycle(source);

  REQUIRE(bench.job.asked.size() == 2);
  CHECK(bench.job.asked[0].requests.size() == 2);
  REQUIRE(bench.ticks.kept.size() == 4);
  CHECK(bench.ticks.kept[3].ticker.last.to_string() == "3401");
  CHECK(told(bench.log).empty());
}

TEST_CASE("an answer that is no news is heard, and not told on") {
  struct Selection final : btcw::PollSelection {
    void select(std::vector<btcw::SymbolRequest>&) override {}
    void answered(std::span<const btcw::Fetched> answers) override { heard += answers.size(); }
    [[nodiscard]] bool is_news(const btcw::Fetched& answer) const override {
      return answer.request != request("BTC/USDT");
    }
    std::size_t heard = 0;
  };
  Bench bench;
  Selection selection;
  PollingSource source{{.requests = {request("BTC/USDT"), request("ETH/USDT")}},
                       bench.job,
                       {bench.clock, bench.log, bench.random, &selection}};
  bench.job.then({answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000")),
                  answered("ETH/USDT", ticker("ETH/USDT", "binance", "3400"))});

  bench.cycle(source);

  CHECK(selection.heard == 2);
  CHECK(source.status().answered == 2);
  REQUIRE(bench.ticks.kept.size() == 1);
  CHECK(bench.ticks.kept[0].ticker.symbol.text() == "ETH/USDT");
}

TEST_CASE("a slow fetch piles nothing up: the next one begins at the next multiple") {
  Bench bench;
  auto source = bench.source({.requests = {request("BTC/USDT")}});
  const SteadyTime start = bench.clock.steady_now();
  bench.job.slow = true;
  bench.take(source);
  bench.clock.advance(seconds{23});
  CHECK(bench.take(source) == SourceState::running);
  REQUIRE(bench.job.asked.size() == 1);

  bench.job.slow = false;
  bench.job.then({answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000"))});
  bench.take(source);

  CHECK(source.due() == start + seconds{30});
  CHECK(source.status().last_took == seconds{23});
}

TEST_CASE("what was asked from anywhere is cached for everybody, what names an exchange is not") {
  struct Case {
    std::string_view why;
    std::string_view request;
    bool order_given;
    CacheScope scope;
  };
  const auto row = GENERATE(values<Case>({
      {"from anywhere", "BTC/USDT", false, CacheScope::any},
      {"pinned", "kraken:BTC/USDT", false, CacheScope::exchange},
      {"--exchange", "BTC/USDT", true, CacheScope::exchange},
  }));
  CAPTURE(row.why);
  Bench bench;
  PollingOptions options{.requests = {request(row.request)}};
  if (row.order_given) options.order = {exchange("kraken")};
  auto source = bench.source(options);
  bench.job.then({answered(row.request, ticker("BTC/USDT", "kraken", "97000"))});

  bench.cycle(source);

  REQUIRE(bench.ticks.kept.size() == 1);
  CHECK(bench.ticks.kept[0].scope == row.scope);
  CHECK(bench.job.asked[0].order.size() == (row.order_given ? 1 : 0));
}

TEST_CASE("a symbol's fault is told once, again when it changes, and once when it is over") {
  Bench bench;
  auto source = bench.source({.requests = {request("BTC/USDT"), request("NOPE/USDT")}});
  const auto good = answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000"));
  const auto cycle_with = [&](btcw::Fetched other) {
    bench.log.clear();
    bench.job.then({good, std::move(other)});
    bench.cycle(source);
    return told(bench.log);
  };
  const auto unknown = [] { return failed("NOPE/USDT", Errc::not_found, "binance: unknown"); };

  CHECK(cycle_with(unknown()) ==
        std::vector<std::string>{"error: no price of NOPE/USDT: binance: unknown code=not_found"});
  CHECK(cycle_with(unknown()).empty());
  // Only the count of seconds differs: the same fault.
  CHECK(cycle_with(failed("NOPE/USDT", Errc::rate_limited, "for 30 s")).size() == 1);
  CHECK(cycle_with(failed("NOPE/USDT", Errc::rate_limited, "for 20 s")).empty());
  CHECK(cycle_with(answered("NOPE/USDT", ticker("NOPE/USDT", "kraken", "1"))) ==
        std::vector<std::string>{"warning: prices of NOPE/USDT are back"});
  CHECK(cycle_with(answered("NOPE/USDT", ticker("NOPE/USDT", "kraken", "1"))).empty());
  CHECK(cycle_with(unknown()).size() == 1);
}

TEST_CASE("symbols with one and the same fault share a line") {
  Bench bench;
  PollingOptions options;
  std::vector<btcw::Fetched> answers;
  options.requests.push_back(request("BTC/USDT"));
  answers.push_back(answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000")));
  for (const auto* text : {"A1/USDT", "A2/USDT", "A3/USDT", "A4/USDT", "A5/USDT"}) {
    options.requests.push_back(request(text));
    answers.push_back(failed(text, Errc::unavailable, "binance: timed out after 10 s"));
  }
  auto source = bench.source(options);
  bench.job.then(std::move(answers));

  bench.cycle(source);

  CHECK(told(bench.log) ==
        std::vector<std::string>{"error: no price of A1/USDT, A2/USDT, A3/USDT and 2 more: "
                                 "binance: timed out after 10 s code=unavailable"});
}

TEST_CASE("with nothing reachable polling says why once, backs off, and names the demo") {
  Bench bench;
  auto source = bench.source({.requests = {request("BTC/USDT"), request("ETH/USDT")}});
  const auto outage = [&] {
    bench.job.then({failed("BTC/USDT", Errc::unavailable, "binance: no route to host"),
                    failed("ETH/USDT", Errc::rejected, "kraken: HTTP 403")});
    bench.cycle(source);
  };

  outage();
  REQUIRE(told(bench.log).size() == 1);
  CHECK(told(bench.log)[0] ==
        "error: no exchange can be reached (binance: no route to host; kraken: HTTP 403); trying "
        "again in 10s, then less and less often; 'btcw watch --demo' works without a network");
  outage();
  const SteadyTime now = bench.clock.steady_now();
  CHECK(source.due() == now + seconds{20});
  outage();
  CHECK(told(bench.log).size() == 1);

  bench.log.clear();
  bench.job.then({answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000")),
                  answered("ETH/USDT", ticker("ETH/USDT", "binance", "3400"))});
  bench.cycle(source);
  CHECK(told(bench.log) ==
        std::vector<std::string>{"warning: prices of BTC/USDT, ETH/USDT are back"});
  CHECK(source.due() <= bench.clock.steady_now() + seconds{10});

  bench.log.clear();
  outage();
  CHECK(told(bench.log).size() == 1);
}

TEST_CASE("with nothing but limits in force polling waits for the earliest of them") {
  Bench bench;
  auto source = bench.source({.requests = {request("BTC/USDT"), request("ETH/USDT")}});
  const auto now = bench.clock.now();
  bench.job.then({failed("BTC/USDT", Errc::rate_limited, "binance: banned", now + seconds{90}),
                  failed("ETH/USDT", Errc::rate_limited, "kraken: slow down", now + seconds{45})});

  bench.cycle(source);

  CHECK(source.due() == bench.clock.steady_now() + seconds{45});
  CHECK(source.status().rate_limited == 2);
  CHECK(source.status().retry_at == now + seconds{45});
}

TEST_CASE("one cycle is enough with --once, whatever it brings") {
  Bench bench;
  auto source = bench.source({.requests = {request("BTC/USDT")}, .once = true});
  bench.job.then({failed("BTC/USDT", Errc::unavailable, "binance: no route to host")});

  CHECK(bench.cycle(source) == SourceState::ended);
  CHECK(source.status().answered == 0);
  CHECK(source.status().failed == 1);
  CHECK(told(bench.log) ==
        std::vector<std::string>{
            "error: no price of BTC/USDT: binance: no route to host code=unavailable"});
}

TEST_CASE("other symbols are asked for at once, and the same options change nothing") {
  Bench bench;
  const PollingOptions options{.requests = {request("BTC/USDT")}};
  auto source = bench.source(options);
  bench.job.then({answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000"))});
  bench.cycle(source);
  bench.clock.advance(seconds{3});
  const SteadyTime due = source.due();

  source.reconfigure(options);
  CHECK(source.due() == due);

  source.reconfigure({.requests = {request("ETH/USDT")}, .interval = seconds{5}});
  CHECK(source.due() == bench.clock.steady_now());
  bench.job.then({answered("ETH/USDT", ticker("ETH/USDT", "binance", "3400"))});
  bench.cycle(source);
  CHECK(bench.job.asked.back().requests == std::vector{request("ETH/USDT")});
  CHECK(source.due() == bench.clock.steady_now() + seconds{5});
}

TEST_CASE("a fetch under way while the symbols change brings only what is still wanted") {
  Bench bench;
  auto source = bench.source({.requests = {request("BTC/USDT"), request("ETH/USDT")}});
  bench.job.slow = true;
  bench.take(source);
  source.reconfigure({.requests = {request("ETH/USDT"), request("SOL/USDT")}});
  bench.job.slow = false;
  bench.job.then({answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000")),
                  answered("ETH/USDT", ticker("ETH/USDT", "binance", "3400"))});

  bench.take(source);

  REQUIRE(bench.ticks.kept.size() == 1);
  CHECK(bench.ticks.kept[0].ticker.symbol.text() == "ETH/USDT");
  CHECK(source.due() == bench.clock.steady_now());
}

TEST_CASE("polling counts what each exchange has answered") {
  Bench bench;
  auto source = bench.source({.requests = {request("BTC/USDT"), request("ETH/USDT")}});
  for (int i = 0; i < 2; ++i) {
    bench.job.then({answered("BTC/USDT", ticker("BTC/USDT", "binance", "97000")),
                    answered("ETH/USDT", ticker("ETH/USDT", "kraken", "3400"))});
    bench.cycle(source);
  }
  CHECK(source.status().cycles == 2);
  CHECK(source.status().exchanges.at(exchange("binance")).tickers == 2);
  CHECK(source.status().exchanges.at(exchange("kraken")).tickers == 2);
}
