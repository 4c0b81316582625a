#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/notification.h"
#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/base/time.h"
#include "btcw/schedule/timetable.h"

namespace btcw {

/// What a schedule does.
enum class ScheduleAction {
  digest,  ///< a table of the watch list as a message
  drain,   ///< deliver what is due, as `btcw queue-drain`
  prune,   ///< old dead letters, records of deliveries, marks and cached prices go
  check,   ///< the set-up is looked over; what is wrong becomes a message
  backup,  ///< a copy of the history and the state
  exec,    ///< a command
};
/// In the order of ScheduleAction.
inline constexpr std::array<std::string_view, 6> kActionWords{"digest", "drain",  "prune",
                                                              "check",  "backup", "exec"};
constexpr std::string_view to_string(ScheduleAction action) {
  return kActionWords[static_cast<std::size_t>(action)];
}

/// What is done about a run whose time comes while the one before still goes on.
enum class Overlap {
  skip,   ///< it is left out
  queue,  ///< it is made as soon as the one before has ended
  allow,  ///< it is made beside it
};
/// In the order of Overlap.
inline constexpr std::array<std::string_view, 3> kOverlapWords{"skip", "queue", "allow"};

/// In the order of Priority.
inline constexpr std::array<std::string_view, 3> kUrgencyWords{"urgent", "normal", "low"};

/// One `[[schedule]]`. What belongs to one action means nothing to the others.
struct ScheduleOptions {
  std::string name = {};
  std::string cron = {};      ///< a cron expression, or empty
  milliseconds every{0};      ///< or an interval; not 0
  std::string timezone = {};  ///< of `cron`; empty: UTC, or the one before its fields
  ScheduleAction action = ScheduleAction::exec;
  Overlap overlap = Overlap::skip;
  milliseconds timeout = std::chrono::minutes{5};
  milliseconds jitter{0};  ///< later by up to this, always the same for a name
  bool catch_up = false;   ///< one run makes up for those that were missed
  std::string ping_url = {};

  std::vector<std::string> command = {};    ///< of exec: program and arguments
  std::vector<SymbolRequest> symbols = {};  ///< of digest; empty: what is watched
  std::vector<std::string> channels = {};   ///< of digest and check; empty: as the routing says
  Priority priority = Priority::normal;     ///< of their messages
  std::filesystem::path path = {};          ///< of backup: a folder; empty: STATE_DIR/backups
  int keep = 7;                             ///< of backup: how many copies stay
  milliseconds dead_after = std::chrono::hours{24 * 30};        ///< of prune
  milliseconds deliveries_after = std::chrono::hours{24 * 90};  ///< of prune
  int max_pending = 1000;                                       ///< of check

  friend bool operator==(const ScheduleOptions&, const ScheduleOptions&) = default;
};

/// When the schedule runs.
/// Errors: those of parse_timetable() and Every::parse().
Result<schedule::Timetable> timetable_of(const ScheduleOptions& options);

/// By how much its runs are late: the same for the same name, from 0 to `jitter`.
milliseconds jitter_of(const ScheduleOptions& options);

/// What is wrong with one schedule as a whole, and the key to be named; empty: nothing.
struct ScheduleFault {
  std::string_view key = {};
  std::string message = {};
};
ScheduleFault find_fault(const ScheduleOptions& options);

/// A name that stands in files, variables and on the command line.
/// Errors: invalid_input unless it is 1 to 64 of a-z, A-Z, 0-9, '-', '_' and '.'.
Result<std::string> read_agenda_name(std::string_view text);

}  // namespace btcw
