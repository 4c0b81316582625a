#include "btcw/watch/poll_schedule.h"

#include <catch2/catch.hpp>

#include "support/watch_fakes.h"

using btcw::milliseconds;
using btcw::PollSchedule;
using btcw::seconds;
using btcw::SteadyTime;
using btcw::test::ConstantRandom;

namespace {

const SteadyTime kStart{std::chrono::hours{5}};

}  // namespace

TEST_CASE("polling keeps to multiples of the interval, however long an attempt takes") {
  struct Case {
    milliseconds ended_after;  // the attempt that began at the start
    milliseconds next_after;
  };
  const auto row = GENERATE(values<Case>({
      {milliseconds{0}, seconds{10}},
      {milliseconds{300}, seconds{10}},
      {milliseconds{9'999}, seconds{10}},
      {milliseconds{10'000}, seconds{20}},
      {milliseconds{25'000}, seconds{30}},
  }));
  CAPTURE(row.ended_after.count());
  PollSchedule schedule{seconds{10}, kStart};
  REQUIRE(schedule.due() == kStart);

  schedule.succeeded(kStart + row.ended_after);

  CHECK(schedule.due() == kStart + row.next_after);
}

TEST_CASE("polling does not drift: the thousandth attempt is due a thousand intervals on") {
  PollSchedule schedule{seconds{10}, kStart};
  for (int i = 0; i < 1000; ++i) schedule.succeeded(schedule.due() + milliseconds{137});
  CHECK(schedule.due() == kStart + seconds{10'000});
}

TEST_CASE("pauses double while nothing answers, up to five minutes, with jitter") {
  // below() of constant bytes: all zeros give the least, and the greatest is never passed.
  ConstantRandom least{0};
  PollSchedule schedule{seconds{10}, kStart};
  SteadyTime now = kStart;
  std::vector<long> pauses;
  for (int i = 0; i < 8; ++i) {
    schedule.failed(now, least);
    pauses.push_back(std::chrono::duration_cast<seconds>(schedule.due() - now).count());
    now = schedule.due();
  }
  CHECK(pauses == std::vector<long>{10, 20, 40, 80, 150, 150, 150, 150});
}

TEST_CASE("no pause of the back-off is longer than five minutes or shorter than the interval") {
  btcw::SystemRandom random;
  PollSchedule schedule{seconds{10}, kStart};
  for (int i = 0; i < 200; ++i) {
    schedule.failed(kStart, random);
    REQUIRE(schedule.due() >= kStart + seconds{10});
    REQUIRE(schedule.due() <= kStart + std::chrono::minutes{5});
  }
}

TEST_CASE("an interval of more than five minutes is kept while nothing answers") {
  ConstantRandom least{0};
  PollSchedule schedule{std::chrono::hours{1}, kStart};
  schedule.failed(kStart, least);
  CHECK(schedule.due() == kStart + std::chrono::hours{1});
}

TEST_CASE("after a success the pauses begin anew, on the old multiples") {
  ConstantRandom least{0};
  PollSchedule schedule{seconds{10}, kStart};
  for (int i = 0; i < 5; ++i) schedule.failed(kStart, least);
  schedule.succeeded(kStart + milliseconds{151'300});
  CHECK(schedule.due() == kStart + seconds{160});
  CHECK(schedule.failures() == 0);
}

TEST_CASE("a limit in force is waited for, and the interval too") {
  PollSchedule schedule{seconds{10}, kStart};
  schedule.hold_until(kStart + seconds{45}, kStart);
  CHECK(schedule.due() == kStart + seconds{45});
  schedule.hold_until(kStart + seconds{3}, kStart);
  CHECK(schedule.due() == kStart + seconds{10});
}
