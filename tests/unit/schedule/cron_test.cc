#include "btcw/schedule/cron.h"

#include <catch2/catch.hpp>
#include <string>

#include "btcw/schedule/timetable.h"

using btcw::from_unix_ms;
using btcw::parse_time;
using btcw::TimeZone;
using btcw::to_rfc3339;
using btcw::UtcTime;
using btcw::schedule::Cron;
using btcw::schedule::Every;
using btcw::schedule::parse_timetable;
using namespace std::chrono_literals;

namespace {

// The next runs in UTC, without their seconds where those are zero: "11-23 10:15, 11-23 10:30".
std::string runs(std::string_view expression, std::string_view from, int count) {
  const auto cron = Cron::parse(expression);
  if (!cron) return cron.error().message;
  std::string text;
  UtcTime at = parse_time(from).value();
  for (int i = 0; i < count; ++i) {
    const auto next = cron->next(at, TimeZone::utc());
    if (!next) return text + "never";
    at = *next;
    const std::string when = to_rfc3339(at);
    text += (i > 0 ? ", " : "") + when.substr(2, 8) + " " +
            when.substr(11, when.substr(17, 2) == "00" ? 5 : 8);
  }
  return text;
}

}  // namespace

TEST_CASE("a cron expression runs when its fields say, in every form of a field") {
  struct Case {
    std::string_view expression;
    std::string_view from;
    std::string_view runs;  // three of them
  };
  // 2026-11-23 is a Monday.
  const auto row = GENERATE(values<Case>({
      {"* * * * *", "2026-11-23T10:00:00Z", "26-11-23 10:01, 26-11-23 10:02, 26-11-23 10:03"},
      {"* * * * *", "2026-11-23T10:00:59.999Z", "26-11-23 10:01, 26-11-23 10:02, 26-11-23 10:03"},
      {"*/15 * * * *", "2026-11-23T10:07:00Z", "26-11-23 10:15, 26-11-23 10:30, 26-11-23 10:45"},
      {"5 * * * *", "2026-11-23T10:05:00Z", "26-11-23 11:05, 26-11-23 12:05, 26-11-23 13:05"},
      {"5,10,59 * * * *", "2026-11-23T10:07:00Z", "26-11-23 10:10, 26-11-23 10:59, 26-11-23 11:05"},
      {"10-12 * * * *", "2026-11-23T10:10:30Z", "26-11-23 10:11, 26-11-23 10:12, 26-11-23 11:10"},
      {"10-40/10 * * * *", "2026-11-23T10:15:00Z",
       "26-11-23 10:20, 26-11-23 10:30, 26-11-23 10:40"},
      {"7/15 * * * *", "2026-11-23T10:00:00Z", "26-11-23 10:07, 26-11-23 10:22, 26-11-23 10:37"},
      {"0 0,12 * * *", "2026-11-23T00:00:00Z", "26-11-23 12:00, 26-11-24 00:00, 26-11-24 12:00"},
      {"30 8 * * *", "2026-11-23T08:30:00Z", "26-11-24 08:30, 26-11-25 08:30, 26-11-26 08:30"},
      {"0 8 * * mon-fri", "2026-11-26T08:00:00Z", "26-11-27 08:00, 26-11-30 08:00, 26-12-01 08:00"},
      {"0 8 * * MON,Wednesday,friday", "2026-11-23T08:00:00Z",
       "26-11-25 08:00, 26-11-27 08:00, 26-11-30 08:00"},
      {"0 8 * * 0", "2026-11-23T08:00:00Z", "26-11-29 08:00, 26-12-06 08:00, 26-12-13 08:00"},
      {"0 8 * * 7", "2026-11-23T08:00:00Z", "26-11-29 08:00, 26-12-06 08:00, 26-12-13 08:00"},
      {"0 8 * * 5-7", "2026-11-23T08:00:00Z", "26-11-27 08:00, 26-11-28 08:00, 26-11-29 08:00"},
      {"0 8 * * fri-sun", "2026-11-23T08:00:00Z", "26-11-27 08:00, 26-11-28 08:00, 26-11-29 08:00"},
      {"0 8 * * sun-mon", "2026-11-23T08:00:00Z", "26-11-29 08:00, 26-11-30 08:00, 26-12-06 08:00"},
      {"0 8 * * */2", "2026-11-23T08:00:00Z", "26-11-24 08:00, 26-11-26 08:00, 26-11-28 08:00"},
      {"0 8 * * 1/3", "2026-11-23T08:00:00Z", "26-11-26 08:00, 26-11-30 08:00, 26-12-03 08:00"},
      {"0 0 1 * *", "2026-11-23T00:00:00Z", "26-12-01 00:00, 27-01-01 00:00, 27-02-01 00:00"},
      {"0 0 31 * *", "2026-11-23T00:00:00Z", "26-12-31 00:00, 27-01-31 00:00, 27-03-31 00:00"},
      {"0 0 1 jan,July *", "2026-11-23T00:00:00Z",
       "27-01-01 00:00, 27-07-01 00:00, 28-01-01 00:00"},
      {"0 0 1 */6 *", "2026-11-23T00:00:00Z", "27-01-01 00:00, 27-07-01 00:00, 28-01-01 00:00"},
      {"0 0 1 nov-DEC *", "2026-11-23T00:00:00Z", "26-12-01 00:00, 27-11-01 00:00, 27-12-01 00:00"},
      {"0 0 29 2 *", "2026-11-23T00:00:00Z", "28-02-29 00:00, 32-02-29 00:00, 36-02-29 00:00"},
      {"0 0 29 2 *", "2096-02-29T00:00:00Z", "04-02-29 00:00, 08-02-29 00:00, 12-02-29 00:00"},
      {"0 0 L * *", "2026-11-23T00:00:00Z", "26-11-30 00:00, 26-12-31 00:00, 27-01-31 00:00"},
      {"0 0 l * *", "2028-02-01T00:00:00Z", "28-02-29 00:00, 28-03-31 00:00, 28-04-30 00:00"},
      {"0 0 L-3 * *", "2026-11-23T00:00:00Z", "26-11-27 00:00, 26-12-28 00:00, 27-01-28 00:00"},
      {"0 0 L-30 * *", "2026-11-23T00:00:00Z", "26-12-01 00:00, 27-01-01 00:00, 27-03-01 00:00"},
      {"0 0 1,L * *", "2026-11-23T00:00:00Z", "26-11-30 00:00, 26-12-01 00:00, 26-12-31 00:00"},
      {"0 0 LW * *", "2027-01-01T00:00:00Z", "27-01-29 00:00, 27-02-26 00:00, 27-03-31 00:00"},
      {"0 0 15W * *", "2026-11-01T00:00:00Z", "26-11-16 00:00, 26-12-15 00:00, 27-01-15 00:00"},
      {"0 0 14w * *", "2026-11-01T00:00:00Z", "26-11-13 00:00, 26-12-14 00:00, 27-01-14 00:00"},
      {"0 0 1W * *", "2026-07-31T00:00:00Z", "26-08-03 00:00, 26-09-01 00:00, 26-10-01 00:00"},
      {"0 0 31W * *", "2027-01-01T00:00:00Z", "27-01-29 00:00, 27-03-31 00:00, 27-05-31 00:00"},
      {"0 0 * * 5L", "2026-11-01T00:00:00Z", "26-11-27 00:00, 26-12-25 00:00, 27-01-29 00:00"},
      {"0 0 * * friL", "2026-11-01T00:00:00Z", "26-11-27 00:00, 26-12-25 00:00, 27-01-29 00:00"},
      {"0 0 * * fridayL", "2026-11-01T00:00:00Z", "26-11-27 00:00, 26-12-25 00:00, 27-01-29 00:00"},
      {"0 0 * * 0L,7L", "2026-11-01T00:00:00Z", "26-11-29 00:00, 26-12-27 00:00, 27-01-31 00:00"},
      {"0 0 * * fri#2", "2026-11-01T00:00:00Z", "26-11-13 00:00, 26-12-11 00:00, 27-01-08 00:00"},
      {"0 0 * * 5#1,mon#3", "2026-11-01T00:00:00Z",
       "26-11-06 00:00, 26-11-16 00:00, 26-12-04 00:00"},
      {"0 0 * * sun#5", "2026-11-01T00:00:00Z", "26-11-29 00:00, 27-01-31 00:00, 27-05-30 00:00"},
      {"0 0 ? * mon", "2026-11-23T00:00:00Z", "26-11-30 00:00, 26-12-07 00:00, 26-12-14 00:00"},
      {"0 0 1 * ?", "2026-11-23T00:00:00Z", "26-12-01 00:00, 27-01-01 00:00, 27-02-01 00:00"},
      // Either day field is enough.
      {"0 0 1 * mon", "2026-11-23T00:00:00Z", "26-11-30 00:00, 26-12-01 00:00, 26-12-07 00:00"},
      {"0 0 13 * fri", "2026-11-23T00:00:00Z", "26-11-27 00:00, 26-12-04 00:00, 26-12-11 00:00"},
      {"0 0 L * mon#1", "2026-11-23T00:00:00Z", "26-11-30 00:00, 26-12-07 00:00, 26-12-31 00:00"},
      // One that begins with * does not count as restricted: both are needed.
      {"0 0 */2 * 1", "2026-11-23T00:00:00Z", "26-12-07 00:00, 26-12-21 00:00, 27-01-11 00:00"},
      {"0 0 1 * */2", "2026-11-23T00:00:00Z", "26-12-01 00:00, 27-04-01 00:00, 27-05-01 00:00"},
      {"0 0 *,1 * mon", "2026-11-23T00:00:00Z", "26-11-30 00:00, 26-12-07 00:00, 26-12-14 00:00"},
      // With seconds.
      {"*/20 * * * * *", "2026-11-23T10:00:05Z",
       "26-11-23 10:00:20, 26-11-23 10:00:40, 26-11-23 10:01"},
      {"15 30 8 * * *", "2026-11-23T08:30:14Z",
       "26-11-23 08:30:15, 26-11-24 08:30:15, 26-11-25 08:30:15"},
      {"59 59 23 31 12 *", "2026-11-23T00:00:00Z",
       "26-12-31 23:59:59, 27-12-31 23:59:59, 28-12-31 23:59:59"},
      {"@yearly", "2026-11-23T00:00:00Z", "27-01-01 00:00, 28-01-01 00:00, 29-01-01 00:00"},
      {"@annually", "2026-11-23T00:00:00Z", "27-01-01 00:00, 28-01-01 00:00, 29-01-01 00:00"},
      {"@monthly", "2026-11-23T00:00:00Z", "26-12-01 00:00, 27-01-01 00:00, 27-02-01 00:00"},
      {"@weekly", "2026-11-23T00:00:00Z", "26-11-29 00:00, 26-12-06 00:00, 26-12-13 00:00"},
      {"@daily", "2026-11-23T00:00:00Z", "26-11-24 00:00, 26-11-25 00:00, 26-11-26 00:00"},
      {"@midnight", "2026-11-23T00:00:00Z", "26-11-24 00:00, 26-11-25 00:00, 26-11-26 00:00"},
      {"@hourly", "2026-11-23T10:30:00Z", "26-11-23 11:00, 26-11-23 12:00, 26-11-23 13:00"},
      {"  0\t8  * * * ", "2026-11-23T08:00:00Z", "26-11-24 08:00, 26-11-25 08:00, 26-11-26 08:00"},
      // Further off than eight years.
      {"0 0 29 2 */7", "2033-01-01T00:00:00Z", "never"},
  }));
  CAPTURE(row.expression, row.from);
  CHECK(runs(row.expression, row.from, 3) == row.runs);
}

TEST_CASE("a cron expression that is wrong is refused with the column and what was expected") {
  struct Case {
    std::string_view expression;
    std::string_view error;
  };
  const auto row = GENERATE(values<Case>({
      {"",
       "expected 5 fields (minute hour day month weekday), or 6 with the second first, found 0"},
      {"* * * *",
       "expected 5 fields (minute hour day month weekday), or 6 with the second first, found 4"},
      {"* * * * * * *",
       "expected 5 fields (minute hour day month weekday), or 6 with the second first, found 7"},
      {"60 * * * *", "column 1: expected a minute of 0 to 59, found \"60\""},
      {"* 24 * * *", "column 3: expected an hour of 0 to 23, found \"24\""},
      {"* * 0 * *", "column 5: expected a day of 1 to 31, L, L-3, LW or 15W, found \"0\""},
      {"* * 32 * *", "column 5: expected a day of 1 to 31, L, L-3, LW or 15W, found \"32\""},
      {"* * * 0 *", "column 7: expected a month of 1 to 12 or jan to dec, found \"0\""},
      {"* * * 13 *", "column 7: expected a month of 1 to 12 or jan to dec, found \"13\""},
      {"* * * juno *", "column 7: expected a month of 1 to 12 or jan to dec, found \"juno\""},
      {"* * * ja *", "column 7: expected a month of 1 to 12 or jan to dec, found \"ja\""},
      {"* * * * 8", "column 9: expected a day of 0 to 7 or sun to sat, 5L or 5#2, found \"8\""},
      {"* * * * mom", "column 9: expected a day of 0 to 7 or sun to sat, 5L or 5#2, found \"mom\""},
      {"* * * * L", "column 9: expected a day of 0 to 7 or sun to sat, 5L or 5#2, found \"L\""},
      {"* * * * 5#6", "column 11: expected the first to the fifth: #1 to #5, found \"6\""},
      {"* * * * 5#0", "column 11: expected the first to the fifth: #1 to #5, found \"0\""},
      {"* * * * 5#",
       "column 11: expected the first to the fifth: #1 to #5, found the end of the field"},
      {"60 * * * * *", "column 1: expected a second of 0 to 59, found \"60\""},
      {"*/0 * * * *", "column 3: expected a step of 1 to 60, found \"0\""},
      {"*/61 * * * *", "column 3: expected a step of 1 to 60, found \"61\""},
      {"*/ * * * *", "column 3: expected a step of 1 to 60, found the end of the field"},
      {"*/x * * * *", "column 3: expected a step of 1 to 60, found \"x\""},
      {"* */25 * * *", "column 5: expected a step of 1 to 24, found \"25\""},
      {"30-10 * * * *", "column 1: expected a range that does not run backwards, found \"30-10\""},
      {"* * * * sat-fri",
       "column 9: expected a range that does not run backwards, found \"sat-fri\""},
      {"10- * * * *", "column 4: expected a minute of 0 to 59, found the end of the field"},
      {"10-61 * * * *", "column 4: expected a minute of 0 to 59, found \"61\""},
      {"1,,2 * * * *", "column 3: expected a minute of 0 to 59, found \",\""},
      {",1 * * * *", "column 1: expected a minute of 0 to 59, found \",\""},
      {"1, * * * *", "column 3: expected a minute of 0 to 59, found the end of the field"},
      {"+5 * * * *", "column 1: expected a minute of 0 to 59, found \"+5\""},
      {"-5 * * * *", "column 1: expected a minute of 0 to 59, found \"-5\""},
      {"1.5 * * * *", "column 2: expected a comma, or the end of the field, found \".5\""},
      {"5x * * * *", "column 2: expected a comma, or the end of the field, found \"x\""},
      {"** * * * *", "column 2: expected a comma, or the end of the field, found \"*\""},
      {"? * * * *", "column 1: expected a minute of 0 to 59, found \"?\""},
      {"* * ?,1 * *", "column 5: expected a day of 1 to 31, L, L-3, LW or 15W, found \"?\""},
      {"* * L-0 * *", "column 7: expected 1 to 30 days before the last, found \"0\""},
      {"* * L-31 * *", "column 7: expected 1 to 30 days before the last, found \"31\""},
      {"* * 32W * *", "column 5: expected a day of 1 to 31, L, L-3, LW or 15W, found \"32W\""},
      {"* * 1-5W * *", "column 8: expected a comma, or the end of the field, found \"W\""},
      {"99999 * * * *", "column 1: expected a minute of 0 to 59, found \"99999\""},
      {"00000000000000000005 * * * *",
       "column 1: expected a minute of 0 to 59, found \"00000000000000000005\""},
      {"@reboot",
       "column 1: expected @yearly, @annually, @monthly, @weekly, @daily, @midnight or @hourly "
       "alone, found \"@reboot\""},
      {"@daily 5",
       "column 1: expected @yearly, @annually, @monthly, @weekly, @daily, @midnight or @hourly "
       "alone, found \"@daily 5\""},
      {"0 0 30 2 *", "column 5: no month has such a day, it would never run"},
      {"0 0 31 2,4,6,9,11 *", "column 5: no month has such a day, it would never run"},
      {"0 0 L-29 2 *", "column 5: no month has such a day, it would never run"},
      {"0 0 30W 2 *", "column 5: no month has such a day, it would never run"},
  }));
  CAPTURE(row.expression);
  const auto cron = Cron::parse(row.expression);
  REQUIRE_FALSE(cron.has_value());
  CHECK(cron.error().code == btcw::Errc::invalid_input);
  CHECK(cron.error().message == row.error);
}

TEST_CASE("a cron expression of a thousand characters is read, one of more is refused") {
  const std::string fields = "* * * * *";
  CHECK(Cron::parse(fields + std::string(991, ' ')).has_value());
  CHECK(Cron::parse(fields + std::string(992, ' ')).error().message ==
        "cron expression of more than 1000 characters");
}

TEST_CASE("every counts from its start, however late the runs are") {
  const auto every = Every::parse("30s").value();
  const UtcTime start = from_unix_ms(1'000'000);
  CHECK(every.next(start, start - 1s) == start);
  CHECK(every.next(start, start) == start + 30s);
  CHECK(every.next(start, start + 29'999ms) == start + 30s);
  CHECK(every.next(start, start + 30s) == start + 60s);
  CHECK(every.next(start, start + 301s) == start + 330s);
  const btcw::SteadyTime steady{};
  auto now = steady;
  const auto fast = Every::parse("100ms").value();
  for (int run = 1; run <= 1'000; ++run) {
    now = fast.next(steady, now);
    CHECK(now == steady + run * 100ms);
    now += 7ms;  // what the run takes
  }
}

TEST_CASE("a timetable is a cron expression with a zone, or an interval") {
  struct Case {
    std::string_view text;
    std::string_view zone;
    std::string_view error;  // empty: read
  };
  const auto row = GENERATE(values<Case>({
      {"0 8 * * *", "", ""},
      {"0 8 * * *", "UTC", ""},
      {"CRON_TZ=UTC 0 8 * * *", "", ""},
      {" TZ=UTC 0 8 * * *", "UTC", ""},
      {"@daily", "", ""},
      {"@every 90s", "", ""},
      {"@every\t1h30m ", "UTC", ""},
      {"CRON_TZ=UTC 0 8 * * *", "Europe/Berlin", "two time zones: \"UTC\" and \"Europe/Berlin\""},
      {"CRON_TZ= 0 8 * * *", "",
       "not a time zone: \"\", expected a name such as Europe/Berlin, UTC, or local"},
      {"@every 0s", "", "expected an interval of 1ms to 366d, found \"0s\""},
      {"@every 367d", "", "expected an interval of 1ms to 366d, found \"367d\""},
  }));
  CAPTURE(row.text, row.zone);
  const auto timetable = parse_timetable(row.text, row.zone);
  CHECK(timetable.has_value() == row.error.empty());
  if (!timetable) CHECK(timetable.error().message == row.error);
  if (timetable) {
    CHECK(std::holds_alternative<Every>(*timetable) == (row.text.find('v') < row.text.size()));
  }
}

TEST_CASE("a cron expression matches what the clocks show at its runs, and nothing else") {
  const auto cron = Cron::parse("*/7 8-9 * * mon").value();
  const btcw::CivilTime monday{parse_time("2026-11-23T08:14:00Z").value().time_since_epoch()};
  CHECK(cron.matches(monday));
  CHECK_FALSE(cron.matches(monday + 1s));
  CHECK_FALSE(cron.matches(monday + 1ms));
  CHECK_FALSE(cron.matches(monday + 1min));
  CHECK_FALSE(cron.matches(monday + 24h));
  CHECK(cron.follows_clock());
  CHECK_FALSE(Cron::parse("0 8 * * *")->follows_clock());
  CHECK(Cron::parse("5 */2 * * *")->follows_clock());
}
