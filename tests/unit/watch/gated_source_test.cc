#include "btcw/watch/gated_source.h"

#include <catch2/catch.hpp>
#include <optional>

#include "support/fake_clock.h"

using namespace btcw;

namespace {

/// A source that says what it is told to, and counts.
class CountedSource final : public TickerSource {
 public:
  [[nodiscard]] int fd() const override { return 7; }
  [[nodiscard]] SteadyTime due() const override { return due_at; }
  Result<SourceState> take(TickSink) override {
    ++takes;
    if (fault) return *fault;
    return SourceState::running;
  }
  [[nodiscard]] bool settled() const override { return true; }

  SteadyTime due_at = SteadyTime::max();
  std::optional<Error> fault = std::nullopt;
  int takes = 0;
};

struct Gate {
  Result<SourceState> take() {
    return gated.take([](std::span<const CacheEntry>) {});
  }

  test::FakeClock clock;
  CountedSource source;
  bool is_open = false;
  int closed = 0;
  GatedSource gated{source, [this] { return is_open; }, clock, [this] { ++closed; }};
};

}  // namespace

TEST_CASE("a source behind a closed gate is left alone, and has not settled") {
  Gate gate;
  CHECK(gate.take().value() == SourceState::running);
  CHECK(gate.source.takes == 0);
  CHECK(gate.gated.fd() == -1);
  CHECK_FALSE(gate.gated.settled());
  CHECK(gate.closed == 0);
}

TEST_CASE("a gate is looked at five times a second, and what is behind it when that is due") {
  Gate gate;
  CHECK(gate.gated.due() == SteadyTime::min());
  REQUIRE(gate.take());
  CHECK(gate.gated.due() == gate.clock.steady_now() + milliseconds{200});
  gate.source.due_at = gate.clock.steady_now() + milliseconds{50};
  CHECK(gate.gated.due() == gate.clock.steady_now() + milliseconds{200});
  gate.is_open = true;
  REQUIRE(gate.take());
  CHECK(gate.gated.due() == gate.clock.steady_now() + milliseconds{50});
  CHECK(gate.gated.fd() == 7);
  CHECK(gate.gated.settled());
  CHECK(gate.source.takes == 1);
}

TEST_CASE("when a gate closes that is told once, each time") {
  Gate gate;
  gate.is_open = true;
  REQUIRE(gate.take());
  REQUIRE(gate.take());
  CHECK(gate.closed == 0);
  gate.is_open = false;
  REQUIRE(gate.take());
  REQUIRE(gate.take());
  CHECK(gate.closed == 1);
  CHECK(gate.source.takes == 2);
  gate.is_open = true;
  REQUIRE(gate.take());
  gate.is_open = false;
  REQUIRE(gate.take());
  CHECK(gate.closed == 2);
}

TEST_CASE("what ends a source for good ends it behind its gate, too") {
  Gate gate;
  gate.is_open = true;
  gate.source.fault = Error{Errc::unavailable, "gone"};
  CHECK(gate.take().error().message == "gone");
}
