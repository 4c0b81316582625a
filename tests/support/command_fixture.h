#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/process/posix_command_runner.h"

namespace btcw::test {

/// A real command runner with all that it borrows, and a loop as its users have one.
struct CommandFixture {
  explicit CommandFixture(Environment variables = Environment{{{"PATH", "/usr/bin:/bin"}}},
                          CommandRunnerOptions options = {})
      : environment{std::move(variables)},
        runner{make_posix_command_runner(environment, clock, options)} {}

  SystemClock clock;
  Environment environment;
  std::unique_ptr<CommandRunner> runner;

  /// Waits as its users do, at most until `limit`, and lets it move on once.
  std::size_t step(SteadyTime limit = SteadyTime::max()) const {
    std::vector<int> fds;
    runner->add_wake_fds(fds);
    clock.wait_until(std::min(limit, runner->next_deadline()), fds);
    return runner->poll();
  }
  void finish_all() const {
    while (step() > 0) {
    }
  }
  Result<CommandOutcome> run(CommandRun command) const {
    std::optional<Result<CommandOutcome>> outcome;
    runner->start(std::move(command),
                  [&](Result<CommandOutcome> result) { outcome = std::move(result); });
    while (!outcome) step();
    return *std::move(outcome);
  }
  Result<CommandOutcome> run_shell(std::string script, milliseconds timeout = seconds{30}) const {
    return run({.words = {"sh", "-c", std::move(script)}, .timeout = timeout});
  }
};

}  // namespace btcw::test
