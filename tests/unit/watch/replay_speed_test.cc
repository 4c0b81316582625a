#include "btcw/watch/replay_speed.h"

#include <catch2/catch.hpp>

using btcw::milliseconds;
using btcw::ReplaySpeed;
using btcw::seconds;

TEST_CASE("a replay speed is max or a factor") {
  struct Case {
    std::string_view text;
    bool read;
    milliseconds of_a_minute;  // what is left of it; 0: unlimited
  };
  const auto row = GENERATE(values<Case>({
      {"max", true, milliseconds{0}},
      {"1x", true, milliseconds{60'000}},
      {"1", true, milliseconds{60'000}},
      {"10x", true, milliseconds{6'000}},
      {"0.5x", true, milliseconds{120'000}},
      {"1000000x", true, milliseconds{0}},
      {"0.001x", true, milliseconds{60'000'000}},
      {"", false, {}},
      {"x", false, {}},
      {"0x", false, {}},
      {"-1x", false, {}},
      {"fast", false, {}},
      {"1000001x", false, {}},
      {"0.0005x", false, {}},
      {"1.2345x", false, {}},
      {"10xx", false, {}},
      {"MAX", false, {}},
  }));
  CAPTURE(row.text);

  const auto speed = ReplaySpeed::parse(row.text);

  REQUIRE(speed.has_value() == row.read);
  if (!speed) {
    CHECK(speed.error().code == btcw::Errc::invalid_input);
    return;
  }
  CHECK(speed->unlimited() == (row.text == "max"));
  if (speed->unlimited()) return;
  CHECK(std::chrono::duration_cast<milliseconds>(speed->scaled(std::chrono::minutes{1})) ==
        row.of_a_minute);
}

TEST_CASE("no recorded pause, however long or backwards, overflows") {
  const auto slow = ReplaySpeed::parse("0.001x").value();
  for (const auto pause : {milliseconds::max(), milliseconds::min(), milliseconds{1}}) {
    const auto scaled = slow.scaled(pause);
    CHECK(scaled <= std::chrono::hours{24 * 36'500});
    CHECK(scaled >= -std::chrono::hours{24 * 36'500});
  }
}
