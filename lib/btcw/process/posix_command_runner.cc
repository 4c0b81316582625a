#include "btcw/process/posix_command_runner.h"

#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <list>
#include <optional>
#include <utility>

#include "btcw/base/file_descriptor.h"
#include "btcw/process/spawned_process.h"

namespace btcw {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
// A command that prints without end must not keep the others waiting.
constexpr int kMaxReadsInARow = 16;
constexpr milliseconds kLookAgain{20};

enum class Stage { running, asked_to_end, killed };

struct Running {
  SpawnedProcess process;
  CommandDone done;
  std::size_t max_output_bytes;
  SteadyTime deadline;  // for the stage
  Stage stage = Stage::running;
  std::string output = {};
};

struct Finished {
  CommandDone done;
  Result<CommandOutcome> result;
};

class PosixCommandRunner final : public CommandRunner {
 public:
  PosixCommandRunner(const Environment& environment, const Clock& clock,
                     CommandRunnerOptions options)
      : environment_{environment},
        clock_{clock},
        options_{options},
        events_{::epoll_create1(EPOLL_CLOEXEC)} {}
  ~PosixCommandRunner() override {
    // All are told before the first is waited for.
    for (const Running& each : running_) each.process.signal_group(SIGKILL);
  }
  PosixCommandRunner(const PosixCommandRunner&) = delete;
  PosixCommandRunner& operator=(const PosixCommandRunner&) = delete;

  void start(CommandRun run, CommandDone done) override;
  std::size_t poll() override;
  void end_all() override {
    const SteadyTime now = clock_.steady_now();
    for (Running& each : running_) {
      if (each.stage == Stage::running) each.deadline = now;
    }
  }
  void add_wake_fds(std::vector<int>& fds) const override {
    if (events_) fds.push_back(events_.get());
  }
  [[nodiscard]] SteadyTime next_deadline() const override;

 private:
  Result<void> watch(const SpawnedProcess& process) const;
  void read_output(Running& each) const;
  void pass_deadline(Running& each) const;
  std::optional<Result<CommandOutcome>> outcome_of(Running& each) const;

  const Environment& environment_;
  const Clock& clock_;
  CommandRunnerOptions options_;
  // One descriptor that wakes for all of them, however many there are.
  FileDescriptor events_;
  std::list<Running> running_;
  std::vector<Finished> finished_;
};

void PosixCommandRunner::start(CommandRun run, CommandDone done) {
  auto process = SpawnedProcess::spawn(run, environment_);
  if (!process) return finished_.push_back({std::move(done), std::move(process).error()});
  if (auto watched = watch(*process); !watched) {
    return finished_.push_back({std::move(done), std::move(watched).error()});
  }
  running_.push_back({.process = *std::move(process),
                      .done = std::move(done),
                      .max_output_bytes = run.max_output_bytes,
                      .deadline = clock_.steady_now() + run.timeout});
}

Result<void> PosixCommandRunner::watch(const SpawnedProcess& process) const {
  for (const int fd : {process.exit_fd(), process.output_fd()}) {
    if (fd < 0) continue;
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    if (!events_ || ::epoll_ctl(events_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      return Error{Errc::unavailable, "the command cannot be watched"};
    }
  }
  return {};
}

SteadyTime PosixCommandRunner::next_deadline() const {
  if (!finished_.empty()) return SteadyTime{};
  SteadyTime earliest = SteadyTime::max();
  for (const Running& each : running_) {
    if (each.stage != Stage::killed) earliest = std::min(earliest, each.deadline);
    // Nothing wakes us at the end of this one.
    if (each.process.exit_fd() < 0) earliest = std::min(earliest, clock_.steady_now() + kLookAgain);
  }
  return earliest;
}

std::size_t PosixCommandRunner::poll() {
  for (auto each = running_.begin(); each != running_.end();) {
    read_output(*each);
    pass_deadline(*each);
    auto outcome = outcome_of(*each);
    if (!outcome) {
      ++each;
      continue;
    }
    finished_.push_back({std::move(each->done), *std::move(outcome)});
    each = running_.erase(each);
  }
  // What a callback starts may fail at once: that is for the next call.
  for (Finished& each : std::exchange(finished_, {})) each.done(std::move(each.result));
  return running_.size() + finished_.size();
}

void PosixCommandRunner::read_output(Running& each) const {
  std::array<char, kReadBytes> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init): written
  for (int i = 0; i < kMaxReadsInARow && each.process.output_fd() >= 0; ++i) {
    const ssize_t count = ::read(each.process.output_fd(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return each.process.close_output();
    const std::size_t room = each.max_output_bytes - each.output.size();
    each.output.append(piece.data(), std::min(room, static_cast<std::size_t>(count)));
  }
}

void PosixCommandRunner::pass_deadline(Running& each) const {
  const SteadyTime now = clock_.steady_now();
  if (now < each.deadline) return;
  switch (each.stage) {
    case Stage::running:
      each.process.signal_group(SIGTERM);
      each.stage = Stage::asked_to_end;
      each.deadline = now + options_.grace;
      return;
    case Stage::asked_to_end:
      each.process.signal_group(SIGKILL);
      each.stage = Stage::killed;
      return;
    case Stage::killed:
      return;
  }
}

// nullopt: it still runs.
std::optional<Result<CommandOutcome>> PosixCommandRunner::outcome_of(Running& each) const {
  if (!each.process.has_ended()) return std::nullopt;
  // What it wrote between our last look and its end.
  read_output(each);
  // As long as the process is not reaped, its group's number belongs to nobody else.
  if (each.stage != Stage::running) each.process.signal_group(SIGKILL);
  const auto status = each.process.reap();
  if (!status && !each.process.was_lost()) return std::nullopt;
  if (!status) return Result<CommandOutcome>{Error{Errc::unavailable, "its exit code is lost"}};
  CommandOutcome outcome{.output = std::move(each.output)};
  if (WIFSIGNALED(*status)) {
    constexpr int kSignalBase = 128;
    outcome.end = CommandEnd::signalled;
    outcome.exit_code = kSignalBase + WTERMSIG(*status);
  } else {
    outcome.exit_code = WEXITSTATUS(*status);
  }
  if (each.stage != Stage::running) outcome.end = CommandEnd::timed_out;
  return Result<CommandOutcome>{std::move(outcome)};
}

}  // namespace

std::unique_ptr<CommandRunner> make_posix_command_runner(const Environment& environment,
                                                         const Clock& clock,
                                                         CommandRunnerOptions options) {
  return std::make_unique<PosixCommandRunner>(environment, clock, options);
}

}  // namespace btcw
