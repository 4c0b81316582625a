#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"

namespace btcw {

/// A program to be run, without a shell.
struct CommandRun {
  std::vector<std::string> words;  ///< program (a path, or a name looked up in PATH) and arguments
  std::vector<std::pair<std::string, std::string>> variables = {};  ///< beside our own environment
  std::string input = {};                                           ///< its stdin
  milliseconds timeout = seconds{30};
  std::size_t max_output_bytes = 64 * 1024;  ///< what is kept of stdout and stderr together
};

struct CommandOutcome {
  int exit_code = 0;        ///< 128 + the signal's number when one ended it
  std::string output = {};  ///< stdout and stderr, as they came, cut short
};

/// Called once for each started command.
/// Errors: not_found (no such program), unavailable (cannot be started, time-out: then it was ended
/// together with all that it started).
using CommandDone = std::function<void(Result<CommandOutcome>)>;

/// Runs commands side by side without holding up the thread that uses it. One thread uses an
/// object; the destructor ends what still runs.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  /// Begins; `done` is called from poll(), never from here.
  virtual void start(CommandRun run, CommandDone done) = 0;
  /// Moves all on without waiting. Returns how many are still under way.
  virtual std::size_t poll() = 0;
  /// Adds the descriptors whose being readable (or hung up) calls for poll().
  virtual void add_wake_fds(std::vector<int>& fds) const = 0;
  /// When poll() is to be called at the latest; SteadyTime::max() when nothing runs.
  [[nodiscard]] virtual SteadyTime next_deadline() const = 0;
};

}  // namespace btcw
