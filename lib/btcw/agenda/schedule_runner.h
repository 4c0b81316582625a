#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "btcw/agenda/actions.h"
#include "btcw/agenda/agenda.h"
#include "btcw/agenda/run_book.h"
#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/base/log.h"
#include "btcw/process/command_runner.h"

namespace btcw {

struct ScheduleRunnerOptions {
  /// What a command is given to end after SIGTERM, before it is killed with all it has started.
  milliseconds grace = seconds{5};
  /// For commands, beside those of each run.
  std::vector<std::pair<std::string, std::string>> variables = {};
};

/// Runs schedules on threads of its own: whoever has it never waits for it.
///
/// Commands get BTCW_SCHEDULE, BTCW_SCHEDULED_AT, BTCW_STARTED_AT, BTCW_MISSED and, once there is
/// one, BTCW_LAST_START, BTCW_LAST_SUCCESS and BTCW_LAST_EXIT_CODE; times are RFC 3339. What they
/// print goes to the log: at the level info, or as a warning when they fail. All functions may be
/// called from any thread.
class ScheduleRunner {
 public:
  struct Ports {
    const Clock& clock;
    Log& log;
    const Environment& environment;
    Actions& actions;
    Pings& pings;
    const RunBook& book;
  };
  /// A book that cannot be read is told, and all begins anew. All ports are borrowed.
  /// Errors: those of Agenda::set(); unavailable (no descriptor or thread left).
  static Result<std::unique_ptr<ScheduleRunner>> start(std::vector<ScheduleOptions> schedules,
                                                       ScheduleRunnerOptions options, Ports ports);
  ~ScheduleRunner() { stop(); }
  ScheduleRunner(const ScheduleRunner&) = delete;
  ScheduleRunner& operator=(const ScheduleRunner&) = delete;

  /// From now on these; what runs goes on.
  /// Errors: those of Agenda::set(); then nothing changes.
  Result<void> set(std::vector<ScheduleOptions> schedules);

  struct Status {
    Agenda::State state;
    RunRecord record;
  };
  /// Of each schedule, as of the last time that something happened.
  [[nodiscard]] std::vector<Status> status() const;

  /// Begins nothing more, tells what runs to end, and waits for it: commands are killed after the
  /// grace. May be called again.
  void stop();

 private:
  struct Run {
    std::uint64_t number;
    RunStart start;
    UtcTime began_at;
    SteadyTime began;
    SteadyTime until;
    std::unique_ptr<RunStop> stop;
    std::thread thread = {};
    bool timed_out = false;
  };
  /// What a run has come to.
  struct Finish {
    std::uint64_t number;
    bool well;
    int exit_code;
    std::string detail;
    std::string output = {};
  };

  ScheduleRunner(Agenda agenda, WakeEvent wake, ScheduleRunnerOptions options, Ports ports);

  void work();
  void take_posts();
  void begin(RunStart start);
  void begin_command(const Run& run);
  void begin_action(Run& run);
  void post(Finish finish);
  void finish(Finish finish);
  void tell(const Run& run, const Finish& finish, milliseconds took);
  void end_overdue();
  void end_all();
  void publish();
  void save_if_due();
  void wait();
  [[nodiscard]] Moment now() const { return {ports_.clock.now(), ports_.clock.steady_now()}; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> variables(const Run& run) const;

  // Of the thread alone.
  Agenda agenda_;
  ScheduleRunnerOptions options_;
  Ports ports_;
  std::unique_ptr<CommandRunner> commands_;
  std::list<Run> runs_;
  std::uint64_t next_number_ = 1;
  bool keeps_records_;  ///< it has, or had, schedules: else the book is none of its business
  bool unsaved_ = false;
  bool save_failed_ = false;
  bool ending_ = false;
  SteadyTime save_at_ = {};

  // Shared.
  mutable std::mutex mutex_;
  WakeEvent wake_;
  std::optional<std::vector<ScheduleOptions>> new_schedules_;
  std::vector<Finish> finished_;
  std::vector<Status> status_;
  bool stop_asked_ = false;

  std::thread thread_;
};

}  // namespace btcw
