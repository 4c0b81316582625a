#pragma once

#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/process/command_runner.h"

namespace btcw {

/// How a command is ended whose time is up: SIGTERM to its process group, and SIGKILL when it is
/// still there after `grace`.
struct CommandRunnerOptions {
  milliseconds grace = seconds{2};
};

/// Commands as processes of this machine, each in a process group of its own, with stdin, stdout
/// and stderr and no other descriptor of ours. `environment` is what they get, and where PATH is
/// taken from; it and `clock` are borrowed.
///
/// SIGCHLD must not be ignored in this process: exit codes would be lost, and every command fail
/// with unavailable.
std::unique_ptr<CommandRunner> make_posix_command_runner(const Environment& environment,
                                                         const Clock& clock,
                                                         CommandRunnerOptions options = {});

}  // namespace btcw
