#pragma once

#include <string>

#include "btcw/agenda/run_record.h"
#include "btcw/agenda/run_stop.h"
#include "btcw/agenda/schedule_options.h"
#include "btcw/base/result.h"

namespace btcw {

/// One run of an action that is no command.
struct ActionRun {
  const ScheduleOptions& options;
  UtcTime scheduled;
  RunStop& stop;  ///< raised when the time is up, or all is to end
};

/// What schedules do, but for exec. Called from several threads at once; a call returns soon after
/// `stop` was raised.
class Actions {
 public:
  virtual ~Actions() = default;
  /// One line about what was done. Errors: why the run failed.
  virtual Result<std::string> run(const ActionRun& run) = 0;
};

/// Where somebody is told that a run has begun or ended. Thread-safe; nobody waits for it.
class Pings {
 public:
  virtual ~Pings() = default;
  virtual void send(std::string url, std::string body) = 0;
};

/// How a run stands, for ping_url().
enum class PingKind { start, success, failure };

/// The address that healthchecks.io has for it: "/start" or "/fail" behind the path of `url`.
std::string ping_url(std::string_view url, PingKind kind);

}  // namespace btcw
