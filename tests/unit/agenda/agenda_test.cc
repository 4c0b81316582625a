#include "btcw/agenda/agenda.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using btcw::Agenda;
using btcw::milliseconds;
using btcw::Moment;
using btcw::Overlap;
using btcw::parse_time;
using btcw::RunRecords;
using btcw::RunStart;
using btcw::ScheduleAction;
using btcw::ScheduleOptions;
using btcw::seconds;
using btcw::SteadyTime;
using btcw::to_rfc3339;
using btcw::UtcTime;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

UtcTime at(std::string_view text) { return *parse_time(text); }

// Both clocks, moved by hand.
struct Clocks {
  explicit Clocks(std::string_view start) : now{at(start), SteadyTime{hours{100}}} {}
  void pass(milliseconds time) {
    now.utc += time;
    now.steady += time;
  }
  // The wall clock alone: it is set, or the machine slept.
  void set(milliseconds by) { now.utc += by; }
  void pass_to(std::string_view time) { pass(at(time) - now.utc); }

  Moment now;
};

ScheduleOptions by_cron(std::string cron, std::string timezone = {}) {
  return {.name = "job", .cron = std::move(cron), .timezone = std::move(timezone)};
}
ScheduleOptions every(milliseconds interval) { return {.name = "job", .every = interval}; }

struct Desk {
  Desk(std::string_view start, const ScheduleOptions& options, RunRecords records = {})
      : clocks{start}, agenda{std::move(records), clocks.now} {
    REQUIRE(agenda.set(std::vector{options}, clocks.now));
  }
  // When the runs were due that begin now; all end at once.
  std::vector<std::string> look() {
    std::vector<std::string> times;
    for (const RunStart& start : agenda.look(clocks.now)) {
      times.push_back(to_rfc3339(start.scheduled));
      end();
    }
    return times;
  }
  // Looks every second up to and with `time`.
  std::vector<std::string> run_to(std::string_view time) {
    std::vector<std::string> times;
    while (clocks.now.utc < at(time)) {
      clocks.pass(seconds{1});
      for (std::string& each : look()) times.push_back(std::move(each));
    }
    return times;
  }
  std::size_t count() { return agenda.look(clocks.now).size(); }
  void end(bool well = true) { agenda.ended("job", {.began = clocks.now.utc, .well = well}); }
  [[nodiscard]] const btcw::RunRecord& record() const {
    return agenda.records().find("job")->second;
  }

  Clocks clocks;
  Agenda agenda;
};

using Times = std::vector<std::string>;

}  // namespace

TEST_CASE("a schedule runs when its time has come, and not before") {
  Desk desk{"2026-11-22T07:59:30Z", by_cron("0 8 * * *")};
  CHECK(desk.look().empty());
  CHECK(desk.run_to("2026-11-22T08:00:30Z") == Times{"2026-11-22T08:00:00Z"});
  CHECK(desk.run_to("2026-11-22T08:01:00Z").empty());
}

TEST_CASE("a run whose time is now does not begin again by a restart") {
  Desk desk{"2026-11-22T08:00:00Z", by_cron("0 8 * * *")};
  CHECK(desk.look().empty());
}

TEST_CASE("an interval counts from the start and does not drift, however late it is looked at") {
  Desk desk{"2026-11-22T08:00:00Z", every(milliseconds{100})};
  SteadyTime last{};
  for (int run = 1; run <= 1000; ++run) {
    const SteadyTime due = desk.agenda.next_look(desk.clocks.now);
    desk.clocks.pass(std::chrono::ceil<milliseconds>(due - desk.clocks.now.steady));
    desk.clocks.pass(milliseconds{run % 7});
    REQUIRE(desk.count() == 1);
    desk.end();
    last = due;
  }
  CHECK(last == SteadyTime{hours{100}} + milliseconds{100} * 1000);
  CHECK(desk.record().missed == 0);
}

TEST_CASE("jitter puts every run of a name off by the same time") {
  ScheduleOptions options = by_cron("0 8 * * *");
  options.jitter = minutes{10};
  const milliseconds shift = jitter_of(options);
  REQUIRE(shift > milliseconds{0});
  REQUIRE(shift <= minutes{10});
  Desk desk{"2026-11-22T07:59:59Z", options};
  desk.clocks.pass_to("2026-11-22T08:00:00Z");
  desk.clocks.pass(shift - milliseconds{1});
  CHECK(desk.look().empty());
  desk.clocks.pass(milliseconds{1});
  CHECK(desk.look() == Times{to_rfc3339(at("2026-11-22T08:00:00Z") + shift)});
}

TEST_CASE(
    "a run whose time comes while the one before still goes on is left out, made later or "
    "made beside it") {
  struct Case {
    Overlap overlap;
    std::size_t begun_meanwhile;
    std::size_t begun_afterwards;
    std::uint64_t skipped;
  };
  const auto row = GENERATE(values<Case>({
      {Overlap::skip, 0, 0, 2},
      {Overlap::queue, 0, 1, 0},
      {Overlap::allow, 2, 0, 0},
  }));
  ScheduleOptions options = every(seconds{10});
  options.overlap = row.overlap;
  Desk desk{"2026-11-22T08:00:00Z", options};
  desk.clocks.pass(seconds{10});
  REQUIRE(desk.count() == 1);

  std::size_t meanwhile = 0;
  for (int i = 0; i < 2; ++i) {
    desk.clocks.pass(seconds{10});
    meanwhile += desk.count();
  }
  desk.end();

  CHECK(meanwhile == row.begun_meanwhile);
  CHECK(desk.count() == row.begun_afterwards);
  CHECK(desk.record().skipped == row.skipped);
}

TEST_CASE("no more than ten runs wait, and no more than sixteen go on side by side") {
  struct Case {
    Overlap overlap;
    std::size_t begun;
    std::uint64_t skipped;
  };
  const auto row = GENERATE(values<Case>({{Overlap::queue, 1, 19}, {Overlap::allow, 16, 14}}));
  ScheduleOptions options = every(seconds{1});
  options.overlap = row.overlap;
  Desk desk{"2026-11-22T08:00:00Z", options};
  std::size_t begun = 0;
  for (int i = 0; i < 30; ++i) {
    desk.clocks.pass(seconds{1});
    begun += desk.count();
  }
  CHECK(begun == row.begun);
  CHECK(desk.record().skipped == row.skipped);
}

TEST_CASE("runs that were missed while the process was down are made up for once, if at all") {
  struct Case {
    std::string_view why;
    bool catch_up;
    std::string_view settled;
    Times made;
  };
  const auto row = GENERATE(values<Case>({
      {"three missed", true, "2026-11-19T12:00:00Z", {"2026-11-22T08:00:00Z"}},
      {"not asked for", false, "2026-11-19T12:00:00Z", {}},
      {"none missed", true, "2026-11-22T09:00:00Z", {}},
      {"a clock that was ahead", true, "2027-01-01T00:00:00Z", {}},
  }));
  CAPTURE(row.why);
  ScheduleOptions options = by_cron("0 8 * * *");
  options.catch_up = row.catch_up;
  const RunRecords records{
      {"job", {.timetable = "0 8 * * *", .settled_until = at(row.settled), .runs = 5}}};
  Desk desk{"2026-11-22T12:00:00Z", options, records};
  CHECK(desk.look() == row.made);
  CHECK(desk.run_to("2026-11-22T12:00:10Z").empty());
  if (!row.made.empty()) CHECK(desk.record().missed == 2);
}

TEST_CASE("nothing is made up for of a timetable that was not in force then") {
  ScheduleOptions options = by_cron("0 8 * * *");
  options.catch_up = true;
  const RunRecords records{
      {"job", {.timetable = "0 9 * * *", .settled_until = at("2026-11-20T00:00:00Z")}}};
  Desk desk{"2026-11-22T12:00:00Z", options, records};
  CHECK(desk.look().empty());
}

TEST_CASE("an interval that is made up for goes on where it was before the restart") {
  ScheduleOptions options = every(hours{24});
  options.catch_up = true;
  const RunRecords records{
      {"job", {.timetable = "every 1d", .settled_until = at("2026-11-21T20:00:00Z")}}};
  Desk desk{"2026-11-22T12:00:00Z", options, records};
  CHECK(desk.look().empty());
  CHECK(desk.run_to("2026-11-22T20:00:05Z") == Times{"2026-11-22T20:00:00Z"});
}

TEST_CASE("a process that was suspended makes up for a run as configured") {
  const bool catch_up = GENERATE(false, true);
  ScheduleOptions options = every(hours{1});
  options.catch_up = catch_up;
  Desk desk{"2026-11-22T08:00:00Z", options};
  CHECK(desk.look().empty());
  desk.clocks.pass(hours{3} + minutes{30});  // both clocks go on
  CHECK(desk.look() == (catch_up ? Times{"2026-11-22T11:00:00Z"} : Times{}));
  CHECK(desk.record().missed == (catch_up ? 2 : 3));
  CHECK(desk.run_to("2026-11-22T12:00:05Z") == Times{"2026-11-22T12:00:00Z"});
}

TEST_CASE("a clock that is set, or a machine that slept, is taken as a clock change is") {
  struct Case {
    std::string_view why;
    std::string_view cron;
    bool catch_up;
    milliseconds by;
    Times made;       // at once
    Times made_next;  // until 13:00 of the clock
  };
  const Times kNone{};
  const Times kNine{"2026-11-22T09:00:00Z"};
  const Times kTwelve{"2026-11-22T12:00:00Z"};
  const auto row = GENERATE_COPY(values<Case>({
      {"fixed, forward by one hour: once", "0 9 * * *", false, hours{1}, kNine, kNone},
      {"fixed, forward by four hours: a new time", "0 9 * * *", false, hours{4}, kNone, kNone},
      {"fixed, forward by four hours, made up for", "0 9 * * *", true, hours{4}, kNine, kNone},
      {"by the clock, forward by one hour: not made up for",
       "10 */1 * * *",
       false,
       hours{1},
       kNone,
       {"2026-11-22T10:10:00Z", "2026-11-22T11:10:00Z", "2026-11-22T12:10:00Z"}},
      {"fixed, back by one hour: not twice", "30 8 * * *", false, -hours{1}, kNone, kNone},
      {"by the clock, back by one hour: again",
       "30 * * * *",
       false,
       -hours{1},
       kNone,
       {"2026-11-22T08:30:00Z", "2026-11-22T09:30:00Z", "2026-11-22T10:30:00Z",
        "2026-11-22T11:30:00Z", "2026-11-22T12:30:00Z"}},
      {"fixed, back by a day: a new time",
       "0 12 * * *",
       false,
       -hours{24},
       kNone,
       {"2026-11-21T12:00:00Z", "2026-11-22T12:00:00Z"}},
      {"not set at all", "0 12 * * *", false, milliseconds{300}, kNone, kTwelve},
  }));
  CAPTURE(row.why);
  ScheduleOptions options = by_cron(std::string{row.cron});
  options.catch_up = row.catch_up;
  Desk desk{"2026-11-22T08:29:50Z", options};
  static_cast<void>(desk.run_to("2026-11-22T08:50:00Z"));
  desk.clocks.set(row.by);
  desk.clocks.pass(milliseconds{1});
  CHECK(desk.look() == row.made);
  Times next;
  while (desk.clocks.now.utc < at("2026-11-22T13:00:00Z")) {
    desk.clocks.pass(seconds{10});
    for (std::string& each : desk.look()) next.push_back(std::move(each));
  }
  CHECK(next == row.made_next);
}

TEST_CASE("the runner keeps to the rules for the clocks' changes in spring and autumn") {
  struct Case {
    std::string_view why;
    std::string_view zone;
    std::string_view cron;
    std::string_view from;
    std::string_view to;
    Times made;
  };
  const auto row = GENERATE(values<Case>({
      {"New York, spring: the skipped run is made right after",
       "America/New_York",
       "30 2 * * *",
       "2026-03-08T06:00:00Z",
       "2026-03-08T08:00:00Z",
       {"2026-03-08T07:00:00Z"}},
      {"New York, autumn: once",
       "America/New_York",
       "30 1 * * *",
       "2026-11-01T05:00:00Z",
       "2026-11-01T07:00:00Z",
       {"2026-11-01T05:30:00Z"}},
      {"New York, autumn, by the clock: twice",
       "America/New_York",
       "30 * * * *",
       "2026-11-01T05:00:00Z",
       "2026-11-01T07:00:00Z",
       {"2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"}},
      {"Lord Howe, spring: by half an hour",
       "Australia/Lord_Howe",
       "15 2 * * *",
       "2026-10-03T15:00:00Z",
       "2026-10-03T16:30:00Z",
       {"2026-10-03T15:30:00Z"}},
  }));
  CAPTURE(row.why);
  Desk desk{row.from, by_cron(std::string{row.cron}, std::string{row.zone})};
  CHECK(desk.run_to(row.to) == row.made);
}

TEST_CASE("a reload lets a schedule go on that it does not change, and what runs") {
  Desk desk{"2026-11-22T08:00:00Z", every(seconds{10})};
  desk.clocks.pass(seconds{10});
  REQUIRE(desk.count() == 1);
  desk.clocks.pass(seconds{4});

  ScheduleOptions same = every(seconds{10});
  same.timeout = seconds{1};
  REQUIRE(desk.agenda.set(std::vector{same}, desk.clocks.now));
  desk.clocks.pass(seconds{6});
  CHECK(desk.count() == 0);  // it still runs, and overlap is skip
  CHECK(desk.record().skipped == 1);
  desk.end();
  desk.clocks.pass(seconds{10});
  CHECK(desk.count() == 1);
}

TEST_CASE("a reload with a wrong schedule changes nothing") {
  Desk desk{"2026-11-22T08:00:00Z", every(seconds{10})};
  const auto set = desk.agenda.set(std::vector{ScheduleOptions{.name = "x", .cron = "61 * * * *"}},
                                   desk.clocks.now);
  REQUIRE_FALSE(set);
  CHECK_THAT(set.error().message, Catch::StartsWith("schedule x: "));
  desk.clocks.pass(seconds{10});
  CHECK(desk.count() == 1);
}

TEST_CASE("a closed agenda begins nothing") {
  Desk desk{"2026-11-22T08:00:00Z", every(seconds{10})};
  desk.agenda.close();
  desk.clocks.pass(seconds{10});
  CHECK(desk.count() == 0);
  CHECK(desk.agenda.next_look(desk.clocks.now) == SteadyTime::max());
}

TEST_CASE("an agenda looks again after ten seconds at the latest, for the clock may be set") {
  Desk desk{"2026-11-22T07:59:30Z", by_cron("0 8 * * *")};
  CHECK(desk.agenda.next_look(desk.clocks.now) == desk.clocks.now.steady + seconds{10});
  desk.clocks.pass(seconds{25});
  static_cast<void>(desk.look());
  CHECK(desk.agenda.next_look(desk.clocks.now) == desk.clocks.now.steady + seconds{5});
}

TEST_CASE("what became of the runs is counted") {
  Desk desk{"2026-11-22T08:00:00Z", every(seconds{10})};
  for (const bool well : {true, false, true}) {
    desk.clocks.pass(seconds{10});
    REQUIRE(desk.count() == 1);
    desk.end(well);
  }
  CHECK(desk.record().runs == 3);
  CHECK(desk.record().failures == 1);
  CHECK(desk.record().last_success == at("2026-11-22T08:00:30Z"));
}
