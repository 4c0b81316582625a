#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/agenda/run_record.h"
#include "btcw/agenda/schedule_options.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/schedule/timetable.h"

namespace btcw {

/// One moment on both clocks.
struct Moment {
  UtcTime utc;
  SteadyTime steady;
};

/// A run that is to begin now.
struct RunStart {
  ScheduleOptions options;
  UtcTime scheduled;         ///< when it was due, jitter included
  std::uint64_t missed = 0;  ///< how many runs before it were missed, since the one before
};

/// When which schedule runs: the rules, without doing anything.
///
/// Whoever owns it calls look() when next_look() has come, begins what that returns, and says
/// ended() of each. A run is on time up to 10 s after it was due. Later than that it is missed: the
/// process was not there, was suspended, or the clock was set forward. Of the runs that were missed
/// the last one is made up for with `catch_up`, and none without; but a clock that is set forward
/// by less than 3 hours is taken for the beginning of summer time, so that a job at fixed hours and
/// minutes runs once all the same. A clock that is set back by less than 3 hours runs nothing
/// twice, but for schedules that follow the clock (`*/5 * * * *`); more is a new time, and all goes
/// on from there. Intervals count on the steady clock, which nobody sets.
class Agenda {
 public:
  static constexpr milliseconds kPunctual = seconds{10};
  static constexpr milliseconds kNewTime = std::chrono::hours{3};
  static constexpr std::size_t kMostWaiting = 10;  ///< with Overlap::queue
  static constexpr std::size_t kMostAbreast = 16;  ///< with Overlap::allow
  /// A clock that is set is noticed after this time.
  static constexpr milliseconds kLookAgain = seconds{10};

  /// `records`: of the runs before a restart.
  Agenda(RunRecords records, Moment now) : records_{std::move(records)}, seen_{now} {}

  /// From now on these. A schedule of the same name goes on where it is; one whose timetable has
  /// changed is planned anew; what runs is not touched.
  /// Errors: those of timetable_of(), named; nothing has changed then.
  Result<void> set(std::span<const ScheduleOptions> schedules, Moment now);

  /// What is to begin now, in the order of when it was due.
  std::vector<RunStart> look(Moment now);
  /// When look() wants to be called at the latest.
  [[nodiscard]] SteadyTime next_look(Moment now) const;

  struct Ending {
    UtcTime began;
    milliseconds took{0};
    bool well = false;
    int exit_code = 0;
  };
  /// Of each run that look() had begin.
  void ended(std::string_view name, const Ending& ending);
  /// Nothing begins any more.
  void close() { closed_ = true; }

  [[nodiscard]] const RunRecords& records() const { return records_; }

  struct State {
    std::string name;
    std::optional<UtcTime> next;  ///< jitter included
    std::size_t running = 0;
    std::size_t waiting = 0;
  };
  /// Of each schedule, in their order.
  [[nodiscard]] std::vector<State> states(Moment now) const;

 private:
  struct Job {
    ScheduleOptions options;
    std::string text;  ///< of the timetable
    schedule::Timetable timetable;
    milliseconds shift{0};
    std::optional<UtcTime> due_utc = std::nullopt;        ///< of one by the clock, unshifted
    std::optional<SteadyTime> due_steady = std::nullopt;  ///< of an interval, unshifted
    SteadyTime anchor = {};
    std::size_t running = 0;
    std::deque<RunStart> waiting = {};
  };
  /// The runs of a job whose time has come.
  struct Due {
    UtcTime last;             ///< jitter included
    std::uint64_t count = 0;  ///< up to and with the last
    milliseconds late{0};     ///< the last
  };

  void plan(Job& job, Moment now);
  void follow_clock_change(milliseconds jump, Moment now);
  [[nodiscard]] static std::optional<Due> take_due(Job& job, Moment now);
  [[nodiscard]] static std::optional<Due> take_due_by_clock(Job& job, const schedule::ByClock& by,
                                                            Moment now);
  [[nodiscard]] static bool is_made(const Job& job, const Due& due, milliseconds jump);
  void admit(Job& job, RunStart start, std::vector<RunStart>& starts);
  [[nodiscard]] static std::optional<SteadyTime> due_at(const Job& job, Moment now);

  RunRecords records_;
  std::vector<Job> jobs_ = {};
  Moment seen_;  ///< of the last look
  bool closed_ = false;
};

}  // namespace btcw
