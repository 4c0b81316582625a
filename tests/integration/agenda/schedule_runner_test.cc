#include "btcw/agenda/schedule_runner.h"

#include <signal.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "support/no_threads.h"
#include "support/recording_log.h"
#include "support/temp_folder.h"

using namespace btcw;
using namespace btcw::test;

namespace {

class FakePings final : public Pings {
 public:
  void send(std::string url, std::string body) override {
    const std::lock_guard lock{mutex_};
    sent_.push_back(url + " " + body);
  }
  [[nodiscard]] std::vector<std::string> sent() const {
    const std::lock_guard lock{mutex_};
    return sent_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> sent_;
};

// An action that goes on until it is told to stop, or ends at once.
class FakeActions final : public Actions {
 public:
  Result<std::string> run(const ActionRun& run) override {
    runs += 1;
    while (hangs && !run.stop.is_raised()) std::this_thread::sleep_for(milliseconds{5});
    if (run.stop.is_raised()) stopped += 1;
    if (fails) return Error{Errc::unavailable, "it failed"};
    return std::string{"done"};
  }
  std::atomic<bool> hangs = false;
  std::atomic<bool> fails = false;
  std::atomic<int> runs = 0;
  std::atomic<int> stopped = 0;
};

/// All that a runner needs.
struct Surroundings {
  Result<std::unique_ptr<ScheduleRunner>> start(std::vector<ScheduleOptions> schedules,
                                                ScheduleRunnerOptions options = {}) {
    return ScheduleRunner::start(std::move(schedules), std::move(options),
                                 {clock, log, environment, actions, pings, book});
  }

  TempFolder folder;
  SystemClock clock;
  RecordingLog log;
  Environment environment{{{"PATH", "/usr/bin:/bin"}}};
  FakeActions actions;
  FakePings pings;
  PosixFiles files;
  RunBook book{folder / "state" / "schedules", files};
};

struct Desk : Surroundings {
  explicit Desk(std::vector<ScheduleOptions> schedules, milliseconds grace = milliseconds{500}) {
    auto started =
        start(std::move(schedules),
              {.grace = grace, .variables = {{"BTCW_STATE_DIR", folder.path().string()}}});
    REQUIRE(started);
    runner = *std::move(started);
  }
  bool wait_for(const std::function<bool()>& condition, milliseconds limit = seconds{10}) const {
    const SteadyTime end = clock.steady_now() + limit;
    while (!condition() && clock.steady_now() < end) std::this_thread::sleep_for(milliseconds{5});
    return condition();
  }
  [[nodiscard]] RunRecord record() const { return runner->status().front().record; }
  [[nodiscard]] std::string text_of(std::string_view name) const {
    std::ifstream file{folder / name};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::unique_ptr<ScheduleRunner> runner;
};

ScheduleOptions job(milliseconds every, ScheduleAction action = ScheduleAction::drain) {
  return {.name = "job", .every = every, .action = action};
}
ScheduleOptions shell(milliseconds every, std::string script) {
  ScheduleOptions options = job(every, ScheduleAction::exec);
  options.command = {"sh", "-c", std::move(script)};
  return options;
}

milliseconds since(SteadyTime start) {
  return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - start);
}

}  // namespace

TEST_CASE("actions run at their times, and what became of them is kept over a restart") {
  Desk desk{{job(milliseconds{50})}};
  REQUIRE(desk.wait_for([&] { return desk.record().runs >= 3; }));
  desk.runner->stop();
  const RunRecord record = desk.record();
  CHECK(record.failures == 0);
  CHECK(record.last_success.has_value());
  const auto kept = desk.book.load();
  REQUIRE(kept);
  CHECK(kept->at("job").runs == record.runs);
  CHECK(desk.log.count(LogLevel::info, "schedule job: drain done after") == record.runs);
}

TEST_CASE("a command gets its variables, and what it prints goes to the log") {
  ScheduleOptions options = shell(milliseconds{200}, R"(env | grep ^BTCW_ >> "$BTCW_STATE_DIR/env"
echo "$BTCW_SCHEDULE says hello"
echo and more >&2)");
  Desk desk{{options}};
  REQUIRE(desk.wait_for([&] { return desk.record().runs >= 2; }));
  desk.runner->stop();
  const std::string env = desk.text_of("env");
  for (const std::string_view name :
       {"BTCW_SCHEDULE=job\n", "BTCW_SCHEDULED_AT=20", "BTCW_STARTED_AT=20", "BTCW_MISSED=0\n",
        "BTCW_LAST_START=20", "BTCW_LAST_EXIT_CODE=0\n", "BTCW_LAST_SUCCESS=20"}) {
    CAPTURE(name);
    CHECK(env.find(name) != std::string::npos);
  }
  CHECK(desk.log.count(LogLevel::info, "schedule job: | job says hello") >= 2);
  CHECK(desk.log.count(LogLevel::info, "schedule job: | and more") >= 2);
}

TEST_CASE("a run that fails says why, and a ping tells of its start and failure") {
  struct Case {
    std::string_view why;
    ScheduleOptions options;
    std::string_view told;
    int exit_code;
  };
  const auto row = GENERATE(values<Case>({
      {"an exit code", shell(milliseconds{100}, "echo oh no; exit 3"), "failed after", 3},
      {"a signal", shell(milliseconds{100}, "kill -9 $$"), "ended by signal 9", 137},
      {"no such program",
       {.name = "job",
        .every = milliseconds{100},
        .action = ScheduleAction::exec,
        .command = {"no-such-program"}},
       "no-such-program",
       127},
      {"an action", job(milliseconds{100}), "it failed", 1},
  }));
  CAPTURE(row.why);
  ScheduleOptions options = row.options;
  options.ping_url = "http://h/p";
  Desk desk{{options}};
  desk.actions.fails = true;
  REQUIRE(desk.wait_for([&] { return desk.record().failures >= 1; }));
  CHECK(desk.record().last_exit_code == row.exit_code);
  CHECK(desk.log.count(LogLevel::warning, row.told) >= 1);
  const auto sent = desk.pings.sent();
  REQUIRE(sent.size() >= 2);
  CHECK(sent[0] == "http://h/p/start ");
  CHECK_THAT(sent[1], Catch::StartsWith("http://h/p/fail "));
}

TEST_CASE("a run over its time is ended, a command with all that it has started") {
  SECTION("an action") {
    ScheduleOptions options = job(milliseconds{50});
    options.timeout = milliseconds{100};
    Desk desk{{options}};
    desk.actions.hangs = true;
    REQUIRE(desk.wait_for([&] { return desk.record().failures >= 1; }));
    CHECK(desk.actions.stopped >= 1);
    CHECK(desk.log.count("not done after 100ms (timeout)") >= 1);
  }
  SECTION("a command") {
    ScheduleOptions options =
        shell(milliseconds{50}, R"(sleep 300 & echo $! > "$BTCW_STATE_DIR/child"; wait)");
    options.timeout = milliseconds{300};
    Desk desk{{options}};
    REQUIRE(desk.wait_for([&] { return desk.record().failures >= 1; }));
    CHECK(desk.log.count("not done after 300ms (timeout)") >= 1);
    desk.runner->stop();
    const int child = std::stoi(desk.text_of("child"));
    CHECK(desk.wait_for([&] { return ::kill(child, 0) != 0; }));
  }
}

TEST_CASE("stop() ends within the grace whatever commands and their children do") {
  Desk desk{{shell(milliseconds{50}, R"(trap '' TERM HUP INT
(trap '' TERM HUP INT; echo x > "$BTCW_STATE_DIR/up"; while :; do sleep 1; done) &
while :; do sleep 1; done)")}};
  REQUIRE(desk.wait_for([&] { return !desk.text_of("up").empty(); }));
  const SteadyTime start = std::chrono::steady_clock::now();
  desk.runner->stop();
  CHECK(since(start) >= milliseconds{450});
  CHECK(since(start) < seconds{5});
}

TEST_CASE("stop() lets a command that listens to SIGTERM end by itself") {
  Desk desk{{shell(milliseconds{50}, R"(trap 'echo bye > "$BTCW_STATE_DIR/bye"; exit 0' TERM
echo x > "$BTCW_STATE_DIR/up"; while :; do sleep 0.05; done)")},
            seconds{10}};
  REQUIRE(desk.wait_for([&] { return !desk.text_of("up").empty(); }));
  desk.runner->stop();
  CHECK(desk.text_of("bye") == "bye\n");
}

TEST_CASE("a reload changes the schedules and leaves alone what runs") {
  Desk desk{{job(milliseconds{50})}};
  desk.actions.hangs = true;
  REQUIRE(desk.wait_for([&] { return desk.actions.runs >= 1; }));
  const auto wrong = desk.runner->set({{.name = "x", .cron = "nonsense"}});
  REQUIRE_FALSE(wrong);
  REQUIRE(desk.runner->set(
      {{.name = "other", .every = milliseconds{50}, .action = ScheduleAction::prune}}));
  REQUIRE(desk.wait_for([&] { return desk.actions.runs >= 2; }));
  CHECK(desk.actions.stopped == 0);
  CHECK(desk.runner->status().front().state.name == "other");
  desk.actions.hangs = false;
}

TEST_CASE("without schedules nothing is written") {
  Desk desk{{}};
  desk.runner->stop();
  CHECK_FALSE(std::filesystem::exists(desk.folder / "state"));
}

TEST_CASE("a run for which there is no thread has failed, and the next one is well") {
  Desk desk{{job(milliseconds{50})}};
  REQUIRE(desk.wait_for([&] { return desk.record().runs >= 1; }));
  {
    const NoThreads none;
    REQUIRE(desk.wait_for([&] { return desk.record().failures >= 1; }));
  }
  const auto runs = desk.record().runs;
  REQUIRE(desk.wait_for([&] { return desk.record().runs > runs + 1; }));
  desk.runner->stop();
  CHECK(desk.log.count(LogLevel::warning, "cannot start a thread") == desk.record().failures);
}

TEST_CASE("schedules for which there is no thread do not begin") {
  Surroundings here;
  const NoThreads none;
  const auto runner = here.start({job(milliseconds{50})});
  REQUIRE_FALSE(runner);
  CHECK(runner.error().code == Errc::unavailable);
}

TEST_CASE("a book of records that is damaged is told, and all begins anew") {
  Surroundings here;
  std::filesystem::create_directory(here.folder / "state");
  std::ofstream{here.folder / "state" / "schedules"} << "nonsense";
  auto runner = here.start({job(milliseconds{50})});
  REQUIRE(runner);
  CHECK(here.log.count(LogLevel::warning, "schedules begin anew") == 1);
  (*runner)->stop();
  CHECK(here.book.load().has_value());
}
