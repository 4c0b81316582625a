#include "btcw/agenda/schedule_options.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "btcw/agenda/actions.h"

using btcw::find_fault;
using btcw::ScheduleAction;

using btcw::jitter_of;
using btcw::ping_url;
using btcw::PingKind;
using btcw::ScheduleOptions;
using btcw::seconds;

TEST_CASE("what contradicts itself in a schedule is found, with the key") {
  struct Case {
    std::string_view key;
    std::string_view message;
    ScheduleOptions options;
  };
  const auto row = GENERATE(values<Case>({
      {"name", "neither cron nor every is set", {.action = ScheduleAction::drain}},
      {"every",
       "cron and every at once",
       {.cron = "@daily", .every = seconds{1}, .action = ScheduleAction::drain}},
      {"timezone",
       "an interval has no time zone",
       {.every = seconds{1}, .timezone = "UTC", .action = ScheduleAction::drain}},
      {"cron",
       "",
       {.cron = "CRON_TZ=Europe/Berlin @daily",
        .timezone = "Asia/Tokyo",
        .action = ScheduleAction::drain}},
      {"jitter",
       "longer than the interval",
       {.every = seconds{1}, .action = ScheduleAction::drain, .jitter = seconds{2}}},
      {"jitter",
       "longer than the interval",
       {.cron = "@every 1s", .action = ScheduleAction::drain, .jitter = seconds{2}}},
      {"action", "exec needs command", {.cron = "@daily", .action = ScheduleAction::exec}},
      {"command",
       "goes with action",
       {.cron = "@daily", .action = ScheduleAction::drain, .command = {"true"}}},
  }));
  CAPTURE(row.key, row.message);
  const auto fault = find_fault(row.options);
  CHECK(fault.key == row.key);
  CHECK_THAT(fault.message, Catch::Contains(std::string{row.message}));
  CHECK_FALSE(fault.message.empty());
}

TEST_CASE("a schedule that is right has no fault") {
  CHECK(find_fault({.cron = "@daily", .timezone = "Asia/Tokyo", .action = ScheduleAction::drain})
            .message.empty());
  CHECK(find_fault({.every = seconds{1}, .action = ScheduleAction::exec, .command = {"true"}})
            .message.empty());
}

TEST_CASE("the jitter of a name never changes and lies within its bounds") {
  CHECK(jitter_of({.name = "a"}) == btcw::milliseconds{0});
  ScheduleOptions options{.name = "morning-digest", .jitter = seconds{5}};
  const auto first = jitter_of(options);
  CHECK(first == jitter_of(options));
  std::set<btcw::milliseconds> seen;
  for (int i = 0; i < 100; ++i) {
    options.name = "job" + std::to_string(i);
    const auto jitter = jitter_of(options);
    CHECK(jitter <= seconds{5});
    seen.insert(jitter);
  }
  CHECK(seen.size() > 50);
}

TEST_CASE("a ping goes where healthchecks.io expects it") {
  CHECK(ping_url("https://hc-ping.com/abc", PingKind::start) == "https://hc-ping.com/abc/start");
  CHECK(ping_url("https://hc-ping.com/abc/", PingKind::failure) == "https://hc-ping.com/abc/fail");
  CHECK(ping_url("https://hc-ping.com/abc", PingKind::success) == "https://hc-ping.com/abc");
  CHECK(ping_url("http://h/p?create=1", PingKind::start) == "http://h/p/start?create=1");
}
