#include "btcw/agenda/run_record.h"

#include <catch2/catch.hpp>
#include <string_view>

using btcw::from_unix_ms;
using btcw::milliseconds;
using btcw::read_run_records;
using btcw::RunRecords;

TEST_CASE("records of runs are read back as they were written") {
  const RunRecords records{
      {"digest",
       {.timetable = "Asia/Shanghai 0 8 * * mon-fri",
        .settled_until = from_unix_ms(1'790'000'000'000),
        .last_start = from_unix_ms(1'790'000'000'001),
        .last_success = from_unix_ms(1'790'000'000'002),
        .last_took = milliseconds{345},
        .last_exit_code = 143,
        .runs = 6,
        .failures = 1,
        .missed = 2,
        .skipped = 3}},
      {"never-ran", {.timetable = "every 100ms", .settled_until = from_unix_ms(1)}},
  };
  const auto read = read_run_records(to_text(records));
  REQUIRE(read);
  CHECK(*read == records);
  CHECK(*read_run_records(to_text(RunRecords{})) == RunRecords{});
}

TEST_CASE("what is no record of runs is refused") {
  const auto text = GENERATE(values<std::string_view>({
      "",
      "btcw schedules 2\n",
      "btcw schedules 1\nname\n",
      "btcw schedules 1\nname\t1\t2\t3\t4\t5\t6\t7\t8\n",
      "btcw schedules 1\nname\tx\t2\t3\t4\t5\t6\t7\t8\t9\t@daily\n",
      "btcw schedules 1\nname\t-2\t2\t3\t4\t5\t6\t7\t8\t9\t@daily\n",
      "btcw schedules 1\n\t1\t2\t3\t4\t5\t6\t7\t8\t9\t@daily\n",
  }));
  CAPTURE(text);
  const auto read = read_run_records(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == btcw::Errc::bad_data);
}
