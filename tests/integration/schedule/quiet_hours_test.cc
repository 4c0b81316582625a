#include "btcw/schedule/quiet_hours.h"

#include <catch2/catch.hpp>

using namespace btcw;

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

}  // namespace

TEST_CASE("quiet hours end when the clocks show their end") {
  struct Case {
    std::string_view text;
    std::string_view zone;
    std::string_view now;
    std::optional<std::string_view> ends;
  };
  // 2026-11-22 is a Sunday.
  const auto row = GENERATE(values<Case>({
      {"22:00-07:00", "UTC", "2026-11-22T21:59:59.999Z", std::nullopt},
      {"22:00-07:00", "UTC", "2026-11-22T22:00:00Z", "2026-11-23T07:00:00Z"},
      {"22:00-07:00", "UTC", "2026-11-23T06:59:59.999Z", "2026-11-23T07:00:00Z"},
      {"22:00-07:00", "UTC", "2026-11-23T07:00:00Z", std::nullopt},
      {"09:00-17:30", "UTC", "2026-11-23T12:00:00Z", "2026-11-23T17:30:00Z"},
      {"  9:00 - 17:30 ", "UTC", "2026-11-23T12:00:00Z", "2026-11-23T17:30:00Z"},
      {"mon-fri 22:00-07:00", "UTC", "2026-11-22T23:00:00Z", std::nullopt},
      {"mon-fri 22:00-07:00", "UTC", "2026-11-27T23:00:00Z", "2026-11-28T07:00:00Z"},
      {"mon-fri 22:00-07:00", "UTC", "2026-11-28T23:00:00Z", std::nullopt},
      {"SUN 22:00-07:00", "UTC", "2026-11-22T23:00:00Z", "2026-11-23T07:00:00Z"},
      {"sun 22:00-07:00", "UTC", "2026-11-23T06:00:00Z", "2026-11-23T07:00:00Z"},
      {"sun 22:00-07:00", "UTC", "2026-11-22T06:00:00Z", std::nullopt},
      {"sat-mon 10:00-11:00", "UTC", "2026-11-23T10:30:00Z", "2026-11-23T11:00:00Z"},
      {"sat-mon 10:00-11:00", "UTC", "2026-11-24T10:30:00Z", std::nullopt},
      {"sat,sun 00:00-24:00", "UTC", "2026-11-21T05:00:00Z", "2026-11-23T00:00:00Z"},
      {"sat,sun 00:00-24:00", "UTC", "2026-11-23T05:00:00Z", std::nullopt},
      {"sat,sun 00:00-24:00, 22:00-07:00", "UTC", "2026-11-21T05:00:00Z", "2026-11-23T07:00:00Z"},
      {"12:00-13:00, mon 22:00-07:00", "UTC", "2026-11-24T12:10:00Z", "2026-11-24T13:00:00Z"},
      {"12:00-13:00,13:00-14:00", "UTC", "2026-11-24T12:10:00Z", "2026-11-24T14:00:00Z"},
      {"12:00-15:00,13:00-14:00", "UTC", "2026-11-24T12:10:00Z", "2026-11-24T15:00:00Z"},
      {"22:00-07:00", "Europe/Berlin", "2026-11-22T21:30:00Z", "2026-11-23T06:00:00Z"},
      {"22:00-07:00", "Europe/Berlin", "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"},
      {"22:00-07:00", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"},
      // Its end is skipped: with the jump.
      {"22:00-02:30", "Europe/Berlin", "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"},
      // All of it is skipped.
      {"02:00-03:00", "Europe/Berlin", "2026-03-29T00:59:00Z", std::nullopt},
      {"02:00-03:00", "Europe/Berlin", "2026-03-29T01:00:00Z", std::nullopt},
      // Its begin is skipped.
      {"02:30-04:00", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"},
      // Its end comes twice.
      {"22:00-02:30", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z"},
      {"22:00-02:30", "Europe/Berlin", "2026-10-25T00:45:00Z", std::nullopt},
      {"22:00-02:30", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-25T01:30:00Z"},
      // It ends as the clocks are set back into it: on with it.
      {"22:00-03:00", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T02:00:00Z"},
      {"22:00-07:00", "America/New_York", "2026-03-08T03:00:00Z", "2026-03-08T11:00:00Z"},
      {"22:00-07:00", "America/New_York", "2026-11-01T03:00:00Z", "2026-11-01T12:00:00Z"},
      {"22:00-07:00", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", "2026-04-04T20:30:00Z"},
      {"22:00-07:00", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T20:00:00Z"},
      {"22:00-01:45", "Australia/Lord_Howe", "2026-04-04T14:40:00Z", "2026-04-04T14:45:00Z"},
      {"22:00-01:45", "Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-04T15:15:00Z"},
      // Friday, 30 December 2011 did not take place; Thursday's night led into Saturday.
      {"22:00-07:00", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T17:00:00Z"},
      {"fri 00:00-24:00", "Pacific/Apia", "2011-12-30T09:00:00Z", std::nullopt},
      {"fri 00:00-24:00", "Pacific/Apia", "2011-12-30T10:00:00Z", std::nullopt},
      {"thu 12:00-24:00", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z"},
      {"thu-sat 12:00-09:00", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T19:00:00Z"},
  }));
  CAPTURE(row.text, row.zone, row.now);
  const auto hours = QuietHours::parse(row.text, zone(row.zone));
  REQUIRE(hours);

  const auto ends = hours->ends(utc(row.now));

  REQUIRE(ends.has_value() == row.ends.has_value());
  if (ends) {
    CHECK(to_rfc3339(*ends) == *row.ends);
    CHECK_FALSE(hours->ends(*ends).has_value());
  }
}

TEST_CASE("text that is no quiet hours is refused, with the part that is wrong") {
  struct Case {
    std::string_view text;
    std::string_view part;
  };
  const auto row = GENERATE(values<Case>({
      {"", "\"\""},
      {" ", "\"\""},
      {"22:00", "22:00"},
      {"22-07", "22-07"},
      {"22:00-7", "22:00-7"},
      {"22:0-07:00", "22:0-07:00"},
      {"24:00-07:00", "24:00-07:00"},
      {"22:00-24:01", "24:01"},
      {"22:60-07:00", "22:60"},
      {"22:00-007:00", "007:00"},
      {"-1:00-07:00", "-1:00"},
      {"22:00-07:00-08:00", "22:00-07:00-08:00"},
      {"22:00-22:00", "begins when it ends"},
      {"00:00-00:00", "begins when it ends"},
      {"00:00-24:00", "no time of the week"},
      {"mon-sun 00:00-24:00", "no time of the week"},
      {"06:00-18:00,18:00-06:00", "no time of the week"},
      {"tue-mon 07:00-06:00, 06:00-07:00", "no time of the week"},
      {"22:00-07:00,", "\"\""},
      {",22:00-07:00", "\"\""},
      {"mon", "without hours"},
      {"22:00-07:00, sat", "without hours"},
      {"sat,sun", "without hours"},
      {"mon-fri", "without hours"},
      {"moon 22:00-07:00", "moon"},
      {"mon- 22:00-07:00", "mon-"},
      {"mon-fry 22:00-07:00", "mon-fry"},
      {"monday 22:00-07:00", "monday"},
      {"mon-fri x", "\"x\""},
      {"mon-fri22:00-07:00", "mon-fri22:00-07:00"},
  }));
  CAPTURE(row.text);

  const auto hours = QuietHours::parse(row.text, TimeZone::utc());

  REQUIRE_FALSE(hours);
  CHECK(hours.error().code == Errc::invalid_input);
  CAPTURE(hours.error().message);
  CHECK(hours.error().message.starts_with("not quiet hours: "));
  CHECK(hours.error().message.find(row.part) != std::string::npos);
}

TEST_CASE("the end of the quiet is never quiet and never far, whatever the year") {
  const std::string_view name = GENERATE(as<std::string_view>{}, "Europe/Berlin", "Pacific/Apia",
                                         "Australia/Lord_Howe", "America/Sao_Paulo");
  const auto hours = QuietHours::parse("fri-sun 21:15-06:45, 02:00-03:00, 23:30-00:30", zone(name));
  REQUIRE(hours);
  const UtcTime begin = utc("2011-01-01");
  for (UtcTime now = begin; now < begin + std::chrono::days{400}; now += std::chrono::minutes{37}) {
    const auto ends = hours->ends(now);
    if (!ends) continue;
    if (*ends > now && *ends <= now + std::chrono::hours{12} && !hours->ends(*ends)) continue;
    CAPTURE(to_rfc3339(now), to_rfc3339(*ends));
    FAIL("not an end");
  }
}
