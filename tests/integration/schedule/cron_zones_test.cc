// Schedules where the clocks change, with the time zones of the system.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include "btcw/schedule/cron.h"
#include "btcw/schedule/timetable.h"

using btcw::CivilTime;
using btcw::parse_time;
using btcw::TimeZone;
using btcw::UtcTime;
using btcw::schedule::Cron;
using namespace std::chrono_literals;

namespace {

std::string runs(const Cron& cron, const TimeZone& zone, std::string_view from, int count) {
  std::string text;
  UtcTime at = parse_time(from).value();
  for (int i = 0; i < count; ++i) {
    const auto next = cron.next(at, zone);
    if (!next) return text + " never";
    at = *next;
    const std::string when = zone.to_rfc3339(at);
    // The date without its year, the time without its seconds, the offset.
    text += (i > 0 ? ", " : "") + when.substr(5, 11) + when.substr(19);
  }
  return text;
}

std::vector<std::string> zone_names() {
  std::vector<std::string> names;
  std::ifstream in{"/usr/share/zoneinfo/tzdata.zi"};
  for (std::string line; std::getline(in, line);) {
    std::istringstream words{line};
    std::string kind;
    std::string name;
    words >> kind >> name;
    if (kind == "L") words >> name;
    if (kind == "Z" || kind == "L") names.push_back(name);
  }
  return names;
}

/// The runs from `begin` on, before `end`, by looking at the clocks of every minute.
std::vector<UtcTime> brute_force(const Cron& cron, const TimeZone& zone, UtcTime begin,
                                 UtcTime end) {
  std::vector<UtcTime> found;
  UtcTime at = begin - 48h;
  CivilTime furthest = zone.civil(at - 1min);
  for (; at < end; at += 1min) {
    const CivilTime shown = zone.civil(at);
    bool run = cron.matches(shown);
    if (!cron.follows_clock()) {
      run = run && shown > furthest;
      for (CivilTime skipped = furthest + 1min; skipped < shown; skipped += 1min) {
        run = run || cron.matches(skipped);
      }
    }
    furthest = std::max(furthest, shown);
    if (run && at >= begin) found.push_back(at);
  }
  return found;
}

}  // namespace

TEST_CASE("a job runs once in a gap and in the first of two hours, or follows the clocks") {
  struct Case {
    std::string_view zone;
    std::string_view expression;
    std::string_view from;
    std::string_view runs;
  };
  const auto row = GENERATE(values<Case>({
      {"America/New_York", "30 2 * * *", "2026-03-07T12:00:00-05:00",
       "03-08T03:00-04:00, 03-09T02:30-04:00"},
      {"America/New_York", "15,45 2 * * *", "2026-03-07T12:00:00-05:00",
       "03-08T03:00-04:00, 03-09T02:15-04:00"},
      {"America/New_York", "0 2-4 * * *", "2026-03-07T12:00:00-05:00",
       "03-08T03:00-04:00, 03-08T04:00-04:00, 03-09T02:00-04:00"},
      {"America/New_York", "0 */2 * * *", "2026-03-08T00:30:00-05:00",
       "03-08T04:00-04:00, 03-08T06:00-04:00"},
      {"America/New_York", "*/30 * * * *", "2026-03-08T01:15:00-05:00",
       "03-08T01:30-05:00, 03-08T03:00-04:00, 03-08T03:30-04:00"},
      {"America/New_York", "*/30 2 * * *", "2026-03-08T01:15:00-05:00", "03-09T02:00-04:00"},
      {"America/New_York", "30 1 * * *", "2026-10-31T12:00:00Z",
       "11-01T01:30-04:00, 11-02T01:30-05:00"},
      {"America/New_York", "30 1 * * *", "2026-11-01T01:10:00-05:00", "11-02T01:30-05:00"},
      {"America/New_York", "30 1 1 11 *", "2026-11-01T01:10:00-05:00", "11-01T01:30-04:00"},
      {"America/New_York", "*/30 * * * *", "2026-11-01T00:45:00-04:00",
       "11-01T01:00-04:00, 11-01T01:30-04:00, 11-01T01:00-05:00, 11-01T01:30-05:00, "
       "11-01T02:00-05:00"},
      {"America/New_York", "*/30 1 1 11 *", "2026-11-01T01:45:00-04:00",
       "11-01T01:00-05:00, 11-01T01:30-05:00, 11-01T01:00-04:00"},
      {"America/New_York", "@hourly", "2026-11-01T01:00:00-04:00",
       "11-01T01:00-05:00, 11-01T02:00-05:00"},
      {"Australia/Lord_Howe", "15 2 * * *", "2026-10-03T12:00:00+10:30",
       "10-04T02:30+11:00, 10-05T02:15+11:00"},
      {"Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00:00+11:00",
       "04-05T01:45+11:00, 04-06T01:45+10:30"},
      {"Australia/Lord_Howe", "*/15 * * * *", "2026-04-05T01:40:00+11:00",
       "04-05T01:45+11:00, 04-05T01:30+10:30, 04-05T01:45+10:30, 04-05T02:00+10:30"},
      {"America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00:00-03:00",
       "11-04T01:00-02:00, 11-05T00:00-02:00"},
      {"America/Sao_Paulo", "30 23 * * *", "2018-02-17T12:00:00-02:00",
       "02-17T23:30-02:00, 02-18T23:30-03:00"},
      {"America/Sao_Paulo", "0 0 * * sun", "2018-11-03T12:00:00-03:00",
       "11-04T01:00-02:00, 11-11T00:00-02:00"},
      {"Asia/Beirut", "0 0 * * *", "2026-03-28T12:00:00+02:00",
       "03-29T01:00+03:00, 03-30T00:00+03:00"},
      {"Asia/Beirut", "30 23 * * *", "2026-10-24T12:00:00+03:00",
       "10-24T23:30+03:00, 10-25T23:30+02:00"},
      {"Asia/Beirut", "*/20 23 * * *", "2026-10-24T23:30:00+03:00",
       "10-24T23:40+03:00, 10-24T23:00+02:00, 10-24T23:20+02:00"},
      {"Pacific/Apia", "0 8 * * *", "2011-12-29T12:00:00-10:00",
       "12-31T00:00+14:00, 12-31T08:00+14:00"},
      {"Pacific/Apia", "0 */8 * * *", "2011-12-29T12:00:00-10:00",
       "12-29T16:00-10:00, 12-31T00:00+14:00, 12-31T08:00+14:00"},
      {"Pacific/Apia", "0 0 30 12 *", "2011-01-01T00:00:00Z",
       "12-31T00:00+14:00, 12-30T00:00+14:00"},
      {"Asia/Kolkata", "30 5 * * *", "2026-03-08T00:00:00Z",
       "03-09T05:30+05:30, 03-10T05:30+05:30"},
      {"Asia/Shanghai", "0 8 * * mon-fri", "2026-11-27T00:00:00Z", "11-30T08:00+08:00"},
  }));
  CAPTURE(row.zone, row.expression, row.from);
  const auto zone = TimeZone::find(row.zone);
  REQUIRE(zone.has_value());
  const auto cron = Cron::parse(row.expression);
  REQUIRE(cron.has_value());
  const auto count = static_cast<int>(std::count(row.runs.begin(), row.runs.end(), ',') + 1);
  CHECK(runs(*cron, *zone, row.from, count) == row.runs);
}

TEST_CASE("the runs around the changes of the clocks are those that every minute shows") {
  static constexpr std::array kExpressions{
      "*/7 * * * *", "30 * * * *",        "*/20 1-3 * * *", "30 0,1,2,3,23 * * *",
      "0 0 * * *",   "15,45 0-4 * * sun", "5 2 * * *",      "0 */3 * * *",
      "59 23 L * *", "30 1-3 * * sat,sun"};
  const auto names = zone_names();
  if (names.empty()) {
    WARN("skipped: no /usr/share/zoneinfo/tzdata.zi");
    return;
  }
  std::mt19937_64 random{20'261'123};
  int compared = 0;
  for (std::size_t at = random() % 5; at < names.size(); at += 5) {
    const auto zone = TimeZone::find(names[at]);
    REQUIRE(zone.has_value());
    const auto year = btcw::from_unix_ms(946'684'800'000) + (random() % 36'500) * 24h;
    const UtcTime change = zone->next_change(year).value_or(year);
    const auto cron = Cron::parse(kExpressions[random() % kExpressions.size()]).value();
    const UtcTime begin = change - 10h - (random() % 100) * 1min;
    const UtcTime end = change + 14h;
    std::vector<UtcTime> found;
    UtcTime from = begin - 1ms;
    for (auto next = cron.next(from, *zone); next && *next < end; next = cron.next(from, *zone)) {
      REQUIRE(*next > from);
      found.push_back(*next);
      from = *next;
    }
    CAPTURE(names[at], btcw::to_rfc3339(change));
    CHECK(found == brute_force(cron, *zone, begin, end));
    for (int i = 0; i < 8; ++i) {
      const UtcTime probe = begin + (random() % 24) * 1h + (random() % 3'600'000) * 1ms;
      const auto after = std::upper_bound(found.begin(), found.end(), probe);
      if (after == found.end()) continue;
      CAPTURE(btcw::to_rfc3339(probe));
      CHECK(cron.next(probe, *zone) == *after);
    }
    compared += static_cast<int>(found.size());
  }
  CHECK(compared > 500);
}

TEST_CASE("next() is strictly increasing from any moment in any zone, or ends") {
  const auto names = zone_names();
  std::mt19937_64 random{7};
  static constexpr std::array kExpressions{"0 0 29 2 *", "0 0 31W * *", "0 2 * 3,10,11 sun",
                                           "*/5 2 8 3 *", "0 0 29 2 */7"};
  for (std::size_t at = 0; at < names.size(); at += 3) {
    const auto zone = TimeZone::find(names[at]);
    REQUIRE(zone.has_value());
    const auto cron = Cron::parse(kExpressions[at % kExpressions.size()]).value();
    UtcTime from = btcw::from_unix_ms(946'684'800'000 +
                                      static_cast<std::int64_t>(random() % 3'155'760'000'000));
    for (int i = 0; i < 6; ++i) {
      const auto next = cron.next(from, *zone);
      if (!next) break;
      CAPTURE(names[at], btcw::to_rfc3339(from), btcw::to_rfc3339(*next));
      REQUIRE(*next > from);
      REQUIRE(*next < from + 24h * 366 * 9);
      from = *next;
    }
  }
}

TEST_CASE("a time zone that a schedule names is looked up") {
  const auto found = btcw::schedule::parse_timetable("0 8 * * *", "Asia/Shanghai");
  REQUIRE(found.has_value());
  CHECK(std::get<btcw::schedule::ByClock>(*found).zone.name() == "Asia/Shanghai");
  CHECK(btcw::schedule::parse_timetable("CRON_TZ=Asia/Kolkata 0 8 * * *").has_value());
  CHECK(btcw::schedule::parse_timetable("0 8 * * *", "Mars/Olympus").error().message ==
        "not a time zone: \"Mars/Olympus\", expected a name such as Europe/Berlin, UTC, or local");
}
