#include "btcw/process/spawned_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/process/program_path.h"
#include "btcw/process/spawn_settings.h"

namespace btcw {
namespace {

constexpr int kFirstDescriptorOfOurs = 3;

// What will be the same tomorrow is the caller's to mend; the rest may pass.
Error start_failure(const std::string& program, int code) {
  const bool stays =
      code == EACCES || code == ENOEXEC || code == E2BIG || code == EPERM || code == ELOOP;
  const Errc errc = code == ENOENT || code == ENOTDIR ? Errc::not_found
                    : stays                           ? Errc::invalid_input
                                                      : Errc::unavailable;
  constexpr std::size_t kShownBytes = 80;
  return {errc, fmt::format("{} cannot be started: {}", quoted(program, kShownBytes),
                            std::generic_category().message(code))};
}

// Out of the way of the numbers that the program's stdin, stdout and stderr get: ours may be
// closed.
FileDescriptor above_standard(FileDescriptor fd) {
  if (fd.get() < 0 || fd.get() >= kFirstDescriptorOfOurs) return fd;
  return FileDescriptor{::fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstDescriptorOfOurs)};
}

// A file in memory rather than a pipe: the program reads it or leaves it, and nobody has to stand
// by, fill it up, or mind that its reader went away.
Result<FileDescriptor> make_input(std::string_view text) {
  FileDescriptor input =
      above_standard(FileDescriptor{::memfd_create("btcw-input", MFD_CLOEXEC | MFD_ALLOW_SEALING)});
  const auto failure = [] {
    return Error{Errc::unavailable,
                 "no room for the command's input: " + std::generic_category().message(errno)};
  };
  if (!input) return failure();
  while (!text.empty()) {
    const ssize_t count = ::write(input.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure();
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::lseek(input.get(), 0, SEEK_SET) != 0) return failure();
  ::fcntl(input.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  return input;
}

struct Pipe {
  FileDescriptor reading = {};
  FileDescriptor writing = {};
};

Result<Pipe> make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Error{Errc::unavailable, "no pipe: " + std::generic_category().message(errno)};
  }
  Pipe pipe{above_standard(FileDescriptor{ends[0]}), above_standard(FileDescriptor{ends[1]})};
  if (!pipe.reading || !pipe.writing) return Error{Errc::unavailable, "no descriptor for a pipe"};
  // Only our end: a program expects its stdout to block.
  ::fcntl(pipe.reading.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

// Not pidfd_open(): the header that declares it lacks extern "C" in glibc 2.36.
FileDescriptor open_pid(pid_t pid) {
  return FileDescriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
}

bool holds_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

Result<void> check(const CommandRun& run) {
  if (run.words.empty() || run.words.front().empty()) {
    return Error{Errc::invalid_input, "the command is empty"};
  }
  const bool bad_word = std::any_of(run.words.begin(), run.words.end(), holds_nul);
  const bool bad_variable =
      std::any_of(run.variables.begin(), run.variables.end(), [](const auto& variable) {
        return variable.first.empty() || variable.first.find('=') != std::string::npos ||
               holds_nul(variable.first) || holds_nul(variable.second);
      });
  if (!bad_word && !bad_variable) return {};
  return Error{Errc::invalid_input, "the command or a variable of it holds a NUL"};
}

std::vector<std::string> variables_of(const CommandRun& run, const Environment& environment) {
  auto all = environment.all();
  for (const auto& [name, value] : run.variables) all.insert_or_assign(name, value);
  std::vector<std::string> variables;
  variables.reserve(all.size());
  for (const auto& [name, value] : all) variables.push_back(name + "=" + value);
  return variables;
}

}  // namespace

Result<SpawnedProcess> SpawnedProcess::spawn(const CommandRun& run,
                                             const Environment& environment) {
  if (auto checked = check(run); !checked) return std::move(checked).error();
  const auto program = find_program(run.words.front(), environment);
  if (!program) return program.error();
  auto input = make_input(run.input);
  if (!input) return std::move(input).error();
  auto pipe = make_pipe();
  if (!pipe) return std::move(pipe).error();
  auto words = run.words;
  auto variables = variables_of(run, environment);
  SpawnSettings settings;
  posix_spawn_file_actions_adddup2(settings.actions(), input->get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(settings.actions(), pipe->writing.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(settings.actions(), pipe->writing.get(), STDERR_FILENO);
  // Whatever a library has opened without O_CLOEXEC.
  posix_spawn_file_actions_addclosefrom_np(settings.actions(), kFirstDescriptorOfOurs);
  pid_t pid = -1;
  if (const int code =
          ::posix_spawn(&pid, program->c_str(), settings.actions(), settings.attributes(),
                        pointers_to(words).data(), pointers_to(variables).data());
      code != 0) {
    return start_failure(*program, code);
  }
  // Nobody has awaited the process yet, so the number is still its own.
  SpawnedProcess process{pid, open_pid(pid), std::move(pipe->reading)};
  return process;
}

SpawnedProcess::SpawnedProcess(SpawnedProcess&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)},
      lost_{other.lost_},
      exit_{std::move(other.exit_)},
      output_{std::move(other.output_)} {}

SpawnedProcess::~SpawnedProcess() {
  if (pid_ < 0) return;
  signal_group(SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void SpawnedProcess::signal_group(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

bool SpawnedProcess::has_ended() const {
  if (pid_ < 0) return true;
  siginfo_t info = {};
  // Without taking the status: the group's number stays ours until reap().
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    return errno == ECHILD;
  }
  return info.si_pid != 0;
}

std::optional<int> SpawnedProcess::reap() {
  if (pid_ < 0) return std::nullopt;
  int status = 0;
  pid_t ended = -1;
  do {
    ended = ::waitpid(pid_, &status, WNOHANG);
  } while (ended < 0 && errno == EINTR);
  if (ended == 0) return std::nullopt;
  lost_ = ended < 0;
  pid_ = -1;
  if (lost_) return std::nullopt;
  return status;
}

}  // namespace btcw
