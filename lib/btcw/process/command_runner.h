#pragma once

#include <cstddef>
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
  std::size_t max_output_bytes = std::size_t{64} * 1024;  ///< kept of stdout and stderr together
};

enum class CommandEnd {
  exited,     ///< with `exit_code`
  signalled,  ///< by a signal that was not ours; `exit_code` is 128 + its number
  timed_out,  ///< it was ended together with what it had started, as far as that is in its group
};

struct CommandOutcome {
  CommandEnd end = CommandEnd::exited;
  int exit_code = 0;
  std::string output = {};  ///< stdout and stderr, as they came, cut short
};

/// Called once for each started command.
/// Errors: not_found (no such program), invalid_input (no word, a NUL in a word or a variable, what
/// is no program for this machine, more than the system passes on), unavailable (cannot be started
/// now: processes, memory, descriptors).
using CommandDone = std::function<void(Result<CommandOutcome>)>;

/// Runs commands side by side without holding up the thread that uses it. One thread uses an
/// object; the destructor ends what still runs, without calling `done`.
///
/// A command is over when its first process is. What that leaves running in the background stays,
/// unless the time was up.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  /// Begins; `done` is called from poll(), never from here. It may call start().
  virtual void start(CommandRun run, CommandDone done) = 0;
  /// Moves all on without waiting. Returns how many are still under way.
  virtual std::size_t poll() = 0;
  /// As if the time of all that run was up.
  virtual void end_all() = 0;
  /// Adds the descriptors whose being readable (or hung up) calls for poll().
  virtual void add_wake_fds(std::vector<int>& fds) const = 0;
  /// When poll() is to be called at the latest; SteadyTime::max() when nothing runs.
  [[nodiscard]] virtual SteadyTime next_deadline() const = 0;
};

}  // namespace btcw
