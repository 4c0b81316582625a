#include "btcw/base/time.h"

#include <catch2/catch.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "btcw/base/result.h"

using btcw::Errc;
using btcw::from_unix_ms;
using btcw::milliseconds;
using btcw::parse_duration;
using btcw::parse_time;
using btcw::to_rfc3339;
using btcw::to_unix_ms;

TEST_CASE("parse_time reads RFC 3339, dates and seconds since 1970") {
  struct Case {
    std::string_view why;
    std::string_view text;
    std::optional<std::int64_t> ms;  // nullopt: refused
  };
  const auto row = GENERATE(values<Case>({
      {"UTC", "2026-11-22T10:00:00Z", 1'795'341'600'000},
      {"milliseconds", "2026-11-22T10:00:00.123Z", 1'795'341'600'123},
      {"one decimal", "2026-11-22T10:00:00.5Z", 1'795'341'600'500},
      {"nanoseconds are cut", "2026-11-22T10:00:00.123999999Z", 1'795'341'600'123},
      {"offset to the east", "2026-11-22T18:00:00+08:00", 1'795'341'600'000},
      {"offset to the west", "2026-11-22T06:30:00-03:30", 1'795'341'600'000},
      {"space for the T", "2026-11-22 10:00:00Z", 1'795'341'600'000},
      {"lower case", "2026-11-22t10:00:00z", 1'795'341'600'000},
      {"date alone", "2026-11-22", 1'795'305'600'000},
      {"leap day", "2028-02-29", 1'835'395'200'000},
      {"leap second", "2016-12-31T23:59:60Z", 1'483'228'800'000},
      {"leap second elsewhere", "2017-01-01T07:59:60+08:00", 1'483'228'800'000},
      {"epoch", "1970-01-01T00:00:00Z", 0},
      {"last second", "9999-12-31T23:59:59.999Z", 253'402'300'799'999},
      {"marked seconds", "@1732290000", 1'732'290'000'000},
      {"seconds", "1732290000", 1'732'290'000'000},
      {"seconds with leading zeros", "@00000000000000000001", 1'000},
      {"last second as seconds", "253402300799", 253'402'300'799'000},
      {"beyond year 9999", "253402300800", std::nullopt},
      {"milliseconds are no seconds", "1732290000123", std::nullopt},
      {"more digits than a number has", "@99999999999999999999999999", std::nullopt},
      {"29 February of a common year", "2026-02-29", std::nullopt},
      {"month 13", "2026-13-01", std::nullopt},
      {"day 0", "2026-01-00", std::nullopt},
      {"hour 24", "2026-11-22T24:00:00Z", std::nullopt},
      {"minute 60", "2026-11-22T10:60:00Z", std::nullopt},
      {"second 60 at noon", "2026-11-22T12:00:60Z", std::nullopt},
      {"second 61", "2016-12-31T23:59:61Z", std::nullopt},
      {"offset of 24 hours", "2026-11-22T10:00:00+24:00", std::nullopt},
      {"offset of 60 minutes", "2026-11-22T10:00:00+01:60", std::nullopt},
      {"offset without a colon", "2026-11-22T10:00:00+0100", std::nullopt},
      {"no offset", "2026-11-22T10:00:00", std::nullopt},
      {"no seconds", "2026-11-22T10:00Z", std::nullopt},
      {"point without decimals", "2026-11-22T10:00:00.Z", std::nullopt},
      {"trailing text", "2026-11-22T10:00:00Z ", std::nullopt},
      {"T without a time", "2026-11-22T", std::nullopt},
      {"one-digit month", "2026-1-22", std::nullopt},
      {"five-digit year", "12026-11-22", std::nullopt},
      {"before 1970", "1969-12-31T23:59:59Z", std::nullopt},
      {"before 1970 by its offset", "1970-01-01T00:00:00+01:00", std::nullopt},
      {"after 9999 by its offset", "9999-12-31T23:59:59-01:00", std::nullopt},
      {"negative seconds", "-5", std::nullopt},
      {"mark alone", "@", std::nullopt},
      {"mark and a date", "@2026-11-22", std::nullopt},
      {"empty", "", std::nullopt},
      {"words", "tomorrow", std::nullopt},
  }));
  CAPTURE(row.why, row.text);

  const auto time = parse_time(row.text);

  REQUIRE(time.has_value() == row.ms.has_value());
  if (row.ms) {
    CHECK(to_unix_ms(*time) == *row.ms);
    CHECK(parse_time(to_rfc3339(*time)).value() == *time);
  } else {
    CHECK(time.error().code == Errc::invalid_input);
    CHECK(time.error().message.size() < 200);
  }
}

TEST_CASE("to_rfc3339 shows milliseconds only where there are some") {
  CHECK(to_rfc3339(from_unix_ms(1'795'341'600'000)) == "2026-11-22T10:00:00Z");
  CHECK(to_rfc3339(from_unix_ms(1'795'341'600'007)) == "2026-11-22T10:00:00.007Z");
  CHECK(to_rfc3339(from_unix_ms(0)) == "1970-01-01T00:00:00Z");
  CHECK(to_rfc3339(from_unix_ms(-1)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("every moment survives its RFC 3339 text") {
  std::mt19937_64 engine{7};
  std::uniform_int_distribution<std::int64_t> any_ms{0, 253'402'300'799'999};
  for (int round = 0; round < 3'000; ++round) {
    const auto time = from_unix_ms(any_ms(engine));
    REQUIRE(parse_time(to_rfc3339(time)).value() == time);
  }
}

TEST_CASE("parse_duration reads numbers with units") {
  struct Case {
    std::string_view why;
    std::string_view text;
    std::optional<std::int64_t> ms;  // nullopt: refused
  };
  const auto row = GENERATE(values<Case>({
      {"milliseconds", "500ms", 500},
      {"seconds", "30s", 30'000},
      {"minutes", "10m", 600'000},
      {"hours with a fraction", "1.5h", 5'400'000},
      {"days", "2d", 172'800'000},
      {"weeks", "1w", 604'800'000},
      {"several", "1h30m", 5'400'000},
      {"all of them", "1w2d3h4m5s6ms", 788'645'006},
      {"bare zero", "0", 0},
      {"zero with a unit", "0s", 0},
      {"exact fraction", "0.001s", 1},
      {"spare zeros", "01.500000000000000s", 1'500},
      {"100 years", "36525d", 3'155'760'000'000},
      {"more than 100 years", "36525d1ms", std::nullopt},
      {"more than 100 years at once", "36526d", std::nullopt},
      {"overflow", "99999999999999999999h", std::nullopt},
      {"15 digits", "999999999999999w", std::nullopt},
      {"finer than a millisecond", "0.0001s", std::nullopt},
      {"a third of a millisecond", "0.3333333333m", std::nullopt},
      {"number without a unit", "30", std::nullopt},
      {"unit without a number", "s", std::nullopt},
      {"unknown unit", "3y", std::nullopt},
      {"capital unit", "3M", std::nullopt},
      {"short before long", "30m1h", std::nullopt},
      {"a unit twice", "1m1m", std::nullopt},
      {"negative", "-1s", std::nullopt},
      {"plus", "+1s", std::nullopt},
      {"space", "1 s", std::nullopt},
      {"point without digits", "1.s", std::nullopt},
      {"point first", ".5s", std::nullopt},
      {"exponent", "1e3s", std::nullopt},
      {"number behind", "1h30", std::nullopt},
      {"empty", "", std::nullopt},
      {"control character", "1s\n", std::nullopt},
  }));
  CAPTURE(row.why, row.text);

  const auto duration = parse_duration(row.text);

  REQUIRE(duration.has_value() == row.ms.has_value());
  if (row.ms) {
    CHECK(duration->count() == *row.ms);
    CHECK(parse_duration(btcw::to_string(*duration)).value() == *duration);
  } else {
    CHECK(duration.error().code == Errc::invalid_input);
  }
}

TEST_CASE("a duration is shown in its largest units") {
  CHECK(btcw::to_string(milliseconds{5'400'000}) == "1h30m");
  CHECK(btcw::to_string(milliseconds{500}) == "500ms");
  CHECK(btcw::to_string(milliseconds{0}) == "0s");
  CHECK(btcw::to_string(milliseconds{604'800'000}) == "7d");
  CHECK(btcw::to_string(milliseconds{86'400'001}) == "1d1ms");
  CHECK(btcw::to_string(milliseconds{-90'000}) == "-1m30s");
  CHECK(btcw::to_string(milliseconds::min()).front() == '-');
}
