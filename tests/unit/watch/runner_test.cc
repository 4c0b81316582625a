#include "btcw/watch/runner.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/watch_fakes.h"

using btcw::CacheEntry;
using btcw::Errc;
using btcw::Error;
using btcw::Flow;
using btcw::Load;
using btcw::milliseconds;
using btcw::Result;
using btcw::RunEnd;
using btcw::Runner;
using btcw::RunnerOptions;
using btcw::seconds;
using btcw::ServiceManager;
using btcw::Signal;
using btcw::SourceState;
using btcw::SteadyTime;
using btcw::TickSink;
using namespace btcw::test;

namespace {

/// One tick every second, `left` of them.
class EverySecond final : public btcw::TickerSource {
 public:
  EverySecond(const btcw::Clock& clock, int left)
      : clock_{clock}, next_{clock.steady_now()}, left_{left} {}
  [[nodiscard]] int fd() const override { return -1; }
  [[nodiscard]] SteadyTime due() const override { return next_; }
  Result<SourceState> take(TickSink sink) override {
    if (failure) return *failure;
    if (clock_.steady_now() < next_) return SourceState::running;
    if (left_ == 0) return SourceState::ended;
    next_ += seconds{1};
    left_ -= 1;
    const CacheEntry tick{ticker("BTC/USDT", "binance", "97000")};
    sink({&tick, 1});
    return SourceState::running;
  }
  [[nodiscard]] bool settled() const override { return true; }

  std::optional<Error> failure;

 private:
  const btcw::Clock& clock_;
  SteadyTime next_;
  int left_;
};

struct Bench {
  FakeClock clock;
  FakeSignals signals;
  ServiceManager service;
  KeptTicks ticks;
  KeptTicks more_ticks;
  EverySecond source{clock, 5};

  Result<RunEnd> run(RunnerOptions options = {}) {
    btcw::TickerSource* const sources[] = {&source};
    btcw::TickObserver* const observers[] = {&ticks, &more_ticks};
    Runner runner{sources, observers, std::move(options), {clock, signals, service}};
    return runner.run();
  }
};

}  // namespace

TEST_CASE("every observer sees every tick, until the sources have ended") {
  Bench bench;
  const auto end = bench.run();
  REQUIRE(end);
  CHECK(*end == RunEnd::source_ended);
  CHECK(bench.ticks.kept.size() == 5);
  CHECK(bench.more_ticks.kept.size() == 5);
  CHECK(bench.ticks.finishes == 1);
  CHECK(bench.more_ticks.finishes == 1);
}

TEST_CASE("a run ends after its time") {
  Bench bench;
  const SteadyTime start = bench.clock.steady_now();
  const auto end = bench.run({.run_for = milliseconds{2500}});
  REQUIRE(end);
  CHECK(*end == RunEnd::time_over);
  CHECK(bench.clock.steady_now() == start + milliseconds{2500});
  CHECK(bench.ticks.kept.size() == 3);
  CHECK(bench.ticks.finishes == 1);
}

TEST_CASE("a signal to end ends a run and lets the observers finish") {
  Bench bench;
  const auto signal = GENERATE(Signal::stop, Signal::interrupt);
  bench.ticks.on_tick = [&] { bench.signals.raise(signal); };
  const auto end = bench.run();
  REQUIRE(end);
  CHECK(*end == RunEnd::stopped);
  CHECK(bench.ticks.kept.size() == 1);
  CHECK(bench.ticks.finishes == 1);
}

TEST_CASE("reload, status and resize reach whoever minds them, and the run goes on") {
  Bench bench;
  int reloads = 0;
  int reports = 0;
  bench.ticks.on_tick = [&, first = true]() mutable {
    if (!std::exchange(first, false)) return;
    for (const Signal signal : {Signal::reload, Signal::status, Signal::resize}) {
      bench.signals.raise(signal);
    }
  };
  const auto end = bench.run({.on_reload =
                                  [&] {
                                    ++reloads;
                                    return Flow::go_on;
                                  },
                              .on_status = [&] { ++reports; }});
  REQUIRE(end);
  CHECK(*end == RunEnd::source_ended);
  CHECK(reloads == 1);
  CHECK(reports == 1);
  CHECK(bench.ticks.resizes == 1);
  CHECK(bench.more_ticks.resizes == 1);
}

TEST_CASE("a reload can end the run") {
  Bench bench;
  bench.signals.raise(Signal::reload);
  const auto end = bench.run({.on_reload = [] { return Flow::stop; }});
  REQUIRE(end);
  CHECK(*end == RunEnd::stopped);
}

TEST_CASE("an observer that has had enough ends the run; the others see the tick all the same") {
  Bench bench;
  bench.ticks.outcome = Flow::stop;
  const auto end = bench.run();
  REQUIRE(end);
  CHECK(*end == RunEnd::observer);
  CHECK(bench.more_ticks.kept.size() == 1);
}

TEST_CASE("an observer's failure and a source's failure end the run with that error") {
  Bench bench;
  SECTION("an observer's") { bench.ticks.outcome = Error{Errc::unavailable, "disk full"}; }
  SECTION("a source's") { bench.source.failure = Error{Errc::unavailable, "disk full"}; }
  const auto end = bench.run();
  REQUIRE_FALSE(end);
  CHECK(end.error().message == "disk full");
  CHECK(bench.ticks.finishes == 1);
  CHECK(bench.more_ticks.finishes == 1);
}

TEST_CASE("an observer is called when it is due, between two ticks") {
  Bench bench;
  bench.ticks.wants_call_at = bench.clock.steady_now() + milliseconds{1500};
  REQUIRE(bench.run());
  CHECK(bench.ticks.calls == 1);
}

TEST_CASE("nothing is taken from the sources while an observer is full") {
  Bench bench;
  bench.ticks.held = Load::full;
  const auto end = bench.run({.run_for = seconds{10}});
  REQUIRE(end);
  CHECK(*end == RunEnd::time_over);
  CHECK(bench.ticks.kept.empty());
}

TEST_CASE("a run whose sources have ended waits for what an observer still holds") {
  Bench bench;
  bench.ticks.held = Load::busy;
  const auto end = bench.run({.run_for = seconds{10}});
  REQUIRE(end);
  CHECK(*end == RunEnd::time_over);
  CHECK(bench.ticks.kept.size() == 5);
}
