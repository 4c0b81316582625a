// The real clock and the real environment.
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"

using namespace btcw;

TEST_CASE("SystemClock waits until the moment, not longer than needed") {
  const SystemClock clock;
  const auto begin = clock.steady_now();
  clock.wait_until(begin + milliseconds{20});
  CHECK(clock.steady_now() >= begin + milliseconds{20});
  clock.wait_until(begin);  // in the past: at once
  CHECK(clock.steady_now() < begin + seconds{5});
  CHECK(clock.now() > from_unix_ms(1'700'000'000'000));
}

TEST_CASE("SystemClock returns as soon as a descriptor can be read") {
  const SystemClock clock;
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const auto begin = clock.steady_now();
  const std::array<int, 2> watched{-1, ends[0]};
  clock.wait_until(begin + milliseconds{20}, watched);
  CHECK(clock.steady_now() >= begin + milliseconds{20});
  REQUIRE(::write(ends[1], "x", 1) == 1);
  clock.wait_until(SteadyTime::max(), watched);
  CHECK(clock.steady_now() < begin + seconds{5});
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("the environment of the process is read whole") {
  REQUIRE(::setenv("BTCW_SYSTEM_TEST", "a=b", 1) == 0);
  CHECK(Environment::of_process().get("BTCW_SYSTEM_TEST") == "a=b");
  REQUIRE(::unsetenv("BTCW_SYSTEM_TEST") == 0);
  CHECK_FALSE(Environment::of_process().get("BTCW_SYSTEM_TEST").has_value());
}
