#include "btcw/agenda/heartbeat.h"

#include <catch2/catch.hpp>

#include "support/temp_folder.h"
#include "support/written_file.h"

using btcw::from_unix_ms;
using btcw::Heartbeat;
using btcw::HeartbeatChange;
using btcw::HeartbeatOptions;
using btcw::HeartbeatSight;
using btcw::look_at;
using btcw::seconds;
using btcw::UtcTime;
using std::chrono::minutes;

namespace {

const UtcTime kStart = from_unix_ms(1'732'287'600'000);
const HeartbeatOptions kByTime{.name = "bot", .max_age = minutes{5}};
const HeartbeatOptions kByLine{.name = "bot", .contains = "heartbeat", .max_age = minutes{5}};

}  // namespace

TEST_CASE("a file that is not written to for too long is a lost heartbeat, told once") {
  Heartbeat heartbeat{false, kStart};
  const HeartbeatSight sight{.written = kStart};
  CHECK(heartbeat.look(sight, kByTime, kStart + minutes{5}) == HeartbeatChange::none);
  CHECK(heartbeat.look(sight, kByTime, kStart + minutes{5} + seconds{1}) == HeartbeatChange::lost);
  CHECK(heartbeat.look(sight, kByTime, kStart + minutes{6}) == HeartbeatChange::none);
  CHECK(heartbeat.look({.written = kStart + minutes{7}}, kByTime, kStart + minutes{8}) ==
        HeartbeatChange::back);
}

TEST_CASE("a file that is not there has until its time after the start") {
  Heartbeat heartbeat{false, kStart};
  CHECK(heartbeat.look({}, kByTime, kStart + minutes{4}) == HeartbeatChange::none);
  CHECK(heartbeat.look({}, kByTime, kStart + minutes{6}) == HeartbeatChange::lost);
}

TEST_CASE("a heartbeat that was lost before a restart is not told again, and not back unseen") {
  Heartbeat heartbeat{true, kStart};
  CHECK(heartbeat.look({}, kByTime, kStart + seconds{1}) == HeartbeatChange::none);
  CHECK(heartbeat.look({.written = kStart - minutes{50}}, kByTime, kStart + seconds{2}) ==
        HeartbeatChange::none);
  CHECK(heartbeat.look({.written = kStart}, kByTime, kStart + seconds{3}) == HeartbeatChange::back);
}

TEST_CASE("a log that goes on without its line is a lost heartbeat") {
  Heartbeat heartbeat{false, kStart};
  const auto sight = [](UtcTime written, std::string line) {
    return HeartbeatSight{.written = written, .line = std::move(line)};
  };
  CHECK(heartbeat.look(sight(kStart, "heartbeat 1"), kByLine, kStart) == HeartbeatChange::none);
  const UtcTime later = kStart + minutes{4};
  CHECK(heartbeat.look(sight(later, "heartbeat 2"), kByLine, later) == HeartbeatChange::none);
  CHECK(heartbeat.look(sight(later + minutes{5}, "heartbeat 2"), kByLine, later + minutes{5}) ==
        HeartbeatChange::none);
  CHECK(heartbeat.look(sight(later + minutes{6}, "heartbeat 2"), kByLine, later + minutes{6}) ==
        HeartbeatChange::lost);
  CHECK(heartbeat.look(sight(later + minutes{7}, "heartbeat 3"), kByLine, later + minutes{7}) ==
        HeartbeatChange::back);
}

TEST_CASE("a file written in the future is a sign of no more than now") {
  Heartbeat heartbeat{false, kStart};
  const HeartbeatSight sight{.written = kStart + minutes{60}};
  CHECK(heartbeat.look(sight, kByTime, kStart) == HeartbeatChange::none);
  CHECK(heartbeat.sign() == kStart);
}

TEST_CASE("the last line with the text is found at the end of a log") {
  struct Case {
    std::string_view text;
    std::string_view line;
  };
  const auto row = GENERATE(values<Case>({
      {"", ""},
      {"nothing\n", ""},
      {"a heartbeat 1\nb\nc heartbeat 2\nd\n", "c heartbeat 2"},
      {"heartbeat without end", "heartbeat without end"},
      {"heartbeat heartbeat\n", "heartbeat heartbeat"},
  }));
  const btcw::test::TempFolder folder;
  HeartbeatOptions options = kByLine;
  options.path = btcw::test::written(folder, "bot.log", row.text);
  const auto sight = look_at(options);
  REQUIRE(sight);
  CHECK(sight->line == row.line);
  CHECK(sight->written.has_value());
}

TEST_CASE("a file that is not there is seen as that, and one that cannot be opened is an error") {
  const btcw::test::TempFolder folder;
  HeartbeatOptions options = kByTime;
  options.path = folder / "none";
  CHECK_FALSE(look_at(options)->written);
  options.path = btcw::test::written(folder, "file", "x") / "below";
  CHECK_FALSE(look_at(options)->written);
  options.path = std::string(5000, 'x');
  CHECK_FALSE(look_at(options));
}
