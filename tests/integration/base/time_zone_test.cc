#include "btcw/base/time_zone.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

using namespace btcw;
using std::chrono::floor;

namespace {

// The system's database, without which there are no named zones.
TimeZone zone(std::string_view name) {
  auto found = TimeZone::find(name);
  REQUIRE(found);
  return *std::move(found);
}

UtcTime utc(std::string_view text) {
  const auto time = parse_time(text);
  REQUIRE(time);
  return *time;
}

CivilTime civil(std::string_view text) {
  return CivilTime{utc(std::string{text} + "Z").time_since_epoch()};
}

}  // namespace

TEST_CASE("the clocks of a zone show its time, whatever the season") {
  struct Case {
    std::string_view zone;
    std::string_view time;
    std::string_view shown;
  };
  const auto row = GENERATE(values<Case>({
      {"UTC", "2026-11-22T10:00:00.123Z", "2026-11-22T10:00:00.123+00:00"},
      {"Europe/Berlin", "2026-03-29T00:59:59.999Z", "2026-03-29T01:59:59.999+01:00"},
      {"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"},
      {"Europe/Berlin", "2026-10-25T00:59:59Z", "2026-10-25T02:59:59+02:00"},
      {"Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"},
      {"Europe/Berlin", "2090-07-01T00:00:00Z", "2090-07-01T02:00:00+02:00"},
      {"America/New_York", "2026-03-08T07:00:00Z", "2026-03-08T03:00:00-04:00"},
      {"America/New_York", "2026-11-01T06:00:00Z", "2026-11-01T01:00:00-05:00"},
      {"Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-01T05:30:00+05:30"},
      {"America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31T20:30:00-03:30"},
      {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05T01:30:00+10:30"},
      {"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59-10:00"},
      {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00"},
      {"Pacific/Chatham", "2026-01-01T00:00:00Z", "2026-01-01T13:45:00+13:45"},
  }));
  CAPTURE(row.zone, row.time);
  const TimeZone found = zone(row.zone);
  const UtcTime time = utc(row.time);

  CHECK(found.to_rfc3339(time) == row.shown);
  CHECK(utc(found.to_rfc3339(time)) == time);
  CHECK(found.civil(time).time_since_epoch() == (time + found.offset(time)).time_since_epoch());
  CHECK(found.name() == row.zone);
}

TEST_CASE("a time on the clocks leads to the first moment that shows it, or the jump over it") {
  struct Case {
    std::string_view why;
    std::string_view zone;
    std::string_view shown;
    std::string_view time;
  };
  const auto row = GENERATE(values<Case>({
      {"plain", "Europe/Berlin", "2026-11-22T10:00:00.500", "2026-11-22T09:00:00.500Z"},
      {"before 1970", "UTC", "1970-01-01T00:00:00", "1970-01-01T00:00:00Z"},
      {"skipped hour", "Europe/Berlin", "2026-03-29T02:30:00.250", "2026-03-29T01:00:00Z"},
      {"its last moment", "Europe/Berlin", "2026-03-29T02:59:59.999", "2026-03-29T01:00:00Z"},
      {"right after it", "Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z"},
      {"repeated hour", "Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"},
      {"its first moment", "Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T00:00:00Z"},
      {"its last moment", "Europe/Berlin", "2026-10-25T02:59:59.999", "2026-10-25T00:59:59.999Z"},
      {"right after it", "Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T02:00:00Z"},
      {"skipped hour", "America/New_York", "2026-03-08T02:00:00", "2026-03-08T07:00:00Z"},
      {"repeated hour", "America/New_York", "2026-11-01T01:59:00", "2026-11-01T05:59:00Z"},
      {"skipped half-hour", "Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z"},
      {"repeated half-hour", "Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z"},
      {"skipped day", "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"},
      {"midnight skipped", "America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T03:00:00Z"},
  }));
  CAPTURE(row.why, row.zone, row.shown);

  CHECK(to_rfc3339(zone(row.zone).first_at_or_after(civil(row.shown))) == row.time);
}

TEST_CASE("the next change of the clocks is found") {
  struct Case {
    std::string_view zone;
    std::string_view time;
    std::optional<std::string_view> change;
  };
  const auto row = GENERATE(values<Case>({
      {"UTC", "2026-01-01T00:00:00Z", std::nullopt},
      {"Europe/Berlin", "2026-01-01T00:00:00Z", "2026-03-29T01:00:00Z"},
      {"Europe/Berlin", "2026-03-29T00:59:59.999Z", "2026-03-29T01:00:00Z"},
      {"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"},
      {"Europe/Berlin", "2090-07-01T00:00:00Z", "2090-10-29T01:00:00Z"},
      {"Pacific/Apia", "2011-12-01T00:00:00Z", "2011-12-30T10:00:00Z"},
      {"Asia/Kolkata", "2026-01-01T00:00:00Z", std::nullopt},
  }));
  CAPTURE(row.zone, row.time);

  const auto change = zone(row.zone).next_change(utc(row.time));

  REQUIRE(change.has_value() == row.change.has_value());
  if (change) CHECK(to_rfc3339(*change) == *row.change);
}

TEST_CASE("a name that the database does not have is refused") {
  const std::string name = GENERATE(
      as<std::string>{}, "", "Europe/Berlln", "Europe", "europe/berlin ", "/etc/passwd",
      "/usr/share/zoneinfo/Europe/Berlin", "../zoneinfo/UTC", "Europe/../Europe/Berlin",
      "file:Europe/Berlin", "libc:UTC", "Fixed/UTC+01:00:00", ":UTC", "CET-1CEST,M3.5.0,M10.5.0",
      std::string(65, 'A'), std::string("UTC\0", 4), "tzdata.zi", "\x1b[31m");
  CAPTURE(name);

  const auto found = TimeZone::find(name);

  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::invalid_input);
  CHECK(found.error().message.starts_with("not a time zone: "));
  CHECK(found.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("the local zone is always there") {
  const auto local = TimeZone::find("local");

  REQUIRE(local);
  CHECK(local->name() == "local");
  CHECK(TimeZone::utc().name() == "UTC");
}
