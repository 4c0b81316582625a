#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "btcw/base/environment.h"
#include "btcw/base/file_descriptor.h"
#include "btcw/base/result.h"
#include "btcw/process/command_runner.h"

namespace btcw {

/// One process that leads a group of its own. Killed with its group, and awaited, when it goes.
class SpawnedProcess {
 public:
  /// Errors: those of CommandDone.
  static Result<SpawnedProcess> spawn(const CommandRun& run, const Environment& environment);

  SpawnedProcess(SpawnedProcess&& other) noexcept;
  SpawnedProcess& operator=(SpawnedProcess&&) = delete;
  SpawnedProcess(const SpawnedProcess&) = delete;
  SpawnedProcess& operator=(const SpawnedProcess&) = delete;
  ~SpawnedProcess();

  /// Readable once the process has ended; -1 where the system has no such thing (Linux before 5.3,
  /// some sandboxes).
  [[nodiscard]] int exit_fd() const { return exit_.get(); }
  /// What it and its children write; does not block.
  [[nodiscard]] int output_fd() const { return output_.get(); }
  void close_output() { output_ = {}; }

  /// To the whole group. Harmless after the end, until reap().
  void signal_group(int number) const;
  [[nodiscard]] bool has_ended() const;
  /// The wait status; nullopt while it runs, and when somebody else has taken the status (then
  /// was_lost()).
  std::optional<int> reap();
  [[nodiscard]] bool was_lost() const { return lost_; }

 private:
  SpawnedProcess(pid_t pid, FileDescriptor exit, FileDescriptor output)
      : pid_{pid}, exit_{std::move(exit)}, output_{std::move(output)} {}

  pid_t pid_;  // -1 once it is reaped
  bool lost_ = false;
  FileDescriptor exit_;
  FileDescriptor output_;
};

}  // namespace btcw
