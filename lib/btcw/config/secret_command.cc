#include "btcw/config/secret_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

#include "btcw/base/file_descriptor.h"
#include "btcw/config/secret_source.h"
#include "btcw/process/program_path.h"
#include "btcw/process/spawn_settings.h"

namespace btcw {
namespace {

Error system_failure(std::string_view what, int code) {
  return {Errc::unavailable, fmt::format("{}: {}", what, std::generic_category().message(code))};
}

class Pipe {
 public:
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    reading_ = FileDescriptor{ends[0]};
    writing_ = FileDescriptor{ends[1]};
  }
  [[nodiscard]] bool is_open() const { return static_cast<bool>(reading_); }
  [[nodiscard]] int reading() const { return reading_.get(); }
  [[nodiscard]] int writing() const { return writing_.get(); }
  void close_writing() { writing_ = FileDescriptor{}; }

 private:
  FileDescriptor reading_;
  FileDescriptor writing_;
};

// A started program. What has not ended when this goes is killed, with its process group.
class Child {
 public:
  explicit Child(pid_t pid) : pid_{pid} {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ < 0) return;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  // Its wait status; nullopt when it still runs at `until`.
  std::optional<int> wait(SteadyTime until) {
    constexpr int kLookAgainMs = 2;
    while (true) {
      int status = 0;
      const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
      if (ended == pid_) {
        pid_ = -1;
        return status;
      }
      if (std::chrono::steady_clock::now() >= until) return std::nullopt;
      ::poll(nullptr, 0, kLookAgainMs);
    }
  }

 private:
  pid_t pid_;
};

Result<pid_t> spawn(const std::string& program, std::vector<std::string> words,
                    const Environment& environment, int standard_output) {
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment.all()) {
    std::string variable = name;
    variables.push_back(variable.append("=").append(value));
  }
  SpawnSettings settings;
  posix_spawn_file_actions_addopen(settings.actions(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(settings.actions(), standard_output, STDOUT_FILENO);
  pid_t pid = -1;
  const int code = ::posix_spawn(&pid, program.c_str(), settings.actions(), settings.attributes(),
                                 pointers_to(words).data(), pointers_to(variables).data());
  if (code != 0) return system_failure("the command cannot be started", code);
  return pid;
}

// Fills `text` up to its size; returns how much came before the end of the output.
Result<std::size_t> read_output(int fd, std::string& text, SteadyTime until) {
  std::size_t size = 0;
  while (size < text.size()) {
    const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Error{Errc::unavailable, "the command takes too long"};
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
    if (got == 0) break;
    if (got < 0 && errno != EINTR) return system_failure("the command's output", errno);
    size += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  return size;
}

Result<void> judge(std::optional<int> status) {
  if (!status) return Error{Errc::unavailable, "the command takes too long"};
  if (WIFSIGNALED(*status)) {
    return Error{Errc::unavailable,
                 fmt::format("the command was ended by signal {}", WTERMSIG(*status))};
  }
  if (WEXITSTATUS(*status) == 0) return {};
  return Error{Errc::unavailable,
               fmt::format("the command failed with status {}", WEXITSTATUS(*status))};
}

}  // namespace

Result<Secret> run_secret_command(const std::vector<std::string>& words,
                                  const Environment& environment, CommandLimits limits) {
  const auto program = find_program(words.front(), environment);
  if (!program) return program.error();
  Pipe pipe;
  if (!pipe.is_open()) return system_failure("no pipe", errno);
  const SteadyTime until = std::chrono::steady_clock::now() + limits.time;
  const auto pid = spawn(*program, words, environment, pipe.writing());
  if (!pid) return pid.error();
  Child child{*pid};
  pipe.close_writing();

  std::string text(limits.max_bytes + 1, '\0');
  const auto size = read_output(pipe.reading(), text, until);
  Secret output = take_secret(std::move(text), size.value_or(0));
  if (!size) return size.error();
  if (*size > limits.max_bytes) {
    return Error{Errc::unavailable,
                 fmt::format("the command prints more than {} bytes", limits.max_bytes)};
  }
  auto ended = judge(child.wait(until));
  if (!ended) return std::move(ended).error();
  if (output.empty()) return Error{Errc::unavailable, "the command prints nothing"};
  return output;
}

}  // namespace btcw
