#include "btcw/store/flight_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>

#include "support/temp_folder.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

TEST_CASE("one holder of a flight at a time, others do not wait for it") {
  const TempFolder folder;
  const auto file = folder.path() / "state" / "flights";
  {
    const auto first = FlightLock::acquire(file, 7, seconds{0});
    REQUIRE(first);
    CHECK_FALSE(first->waited());
    CHECK_FALSE(FlightLock::acquire(file, 7, milliseconds{5}));
    CHECK(FlightLock::acquire(file, 8, seconds{0}));
  }
  CHECK(FlightLock::acquire(file, 7, seconds{0}));
}

TEST_CASE("a holder that is killed lets go, and who waited knows it") {
  const TempFolder folder;
  const auto file = folder.path() / "flights";
  std::array<int, 2> ready{};
  REQUIRE(::pipe(ready.data()) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto held = FlightLock::acquire(file, 7, seconds{0});
    (void)::write(ready[1], held ? "y" : "n", 1);
    ::ualarm(300'000, 0);  // its usual effect is to kill
    for (;;) ::pause();
  }
  char answer = 0;
  REQUIRE(::read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  const auto next = FlightLock::acquire(file, 7, seconds{30});
  REQUIRE(next);
  CHECK(next->waited());
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("where there can be no lock, everybody goes alone") {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path() / "flights");
  CHECK_FALSE(FlightLock::acquire(folder.path() / "flights", 7, seconds{0}));
  std::filesystem::create_symlink("/dev/null", folder.path() / "link");
  CHECK_FALSE(FlightLock::acquire(folder.path() / "link", 7, seconds{0}));
}
