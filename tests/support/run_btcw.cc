#include "support/run_btcw.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace btcw::test {
namespace {

struct Ends {
  int read = -1;
  int write = -1;
};

[[noreturn]] void give_up(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

Ends make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) give_up("pipe2");
  return {fds[0], fds[1]};
}

Ends make_terminal() {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) give_up("posix_openpt");
  std::array<char, 128> name{};
  if (::ptsname_r(master, name.data(), name.size()) != 0) give_up("ptsname_r");
  const int slave = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) give_up("open terminal");
  return {master, slave};
}

Ends make_output(Output output) {
  switch (output) {
    case Output::captured:
      return make_pipe();
    case Output::terminal:
      return make_terminal();
    case Output::closed: {
      const Ends ends = make_pipe();
      ::close(ends.read);
      return {-1, ends.write};
    }
    case Output::full:
      return {-1, ::open("/dev/full", O_WRONLY | O_CLOEXEC)};
  }
  return {};
}

/// A file without a name that holds `input`: the program cannot block the test by not reading it.
int make_input(const std::filesystem::path& folder, std::string_view input) {
  const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) give_up("O_TMPFILE");
  while (!input.empty()) {
    const auto written = ::write(fd, input.data(), input.size());
    if (written <= 0) give_up("write");
    input.remove_prefix(static_cast<std::size_t>(written));
  }
  ::lseek(fd, 0, SEEK_SET);
  return fd;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

RunningProgram::RunningProgram(RunningProgram&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)},
      pipes_{std::exchange(other.pipes_, {-1, -1})},
      texts_{std::move(other.texts_)} {}

RunningProgram::~RunningProgram() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int fd : pipes_) {
    if (fd >= 0) ::close(fd);
  }
}

void RunningProgram::signal(int number) const { ::kill(pid_, number); }

bool RunningProgram::read_some(SteadyTime until) {
  std::array<pollfd, 2> fds{pollfd{pipes_[0], POLLIN, 0}, pollfd{pipes_[1], POLLIN, 0}};
  if (pipes_[0] < 0 && pipes_[1] < 0) return false;
  const auto left =
      std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now()).count();
  if (left <= 0 || ::poll(fds.data(), fds.size(), static_cast<int>(left)) <= 0) return false;
  for (std::size_t i = 0; i < fds.size(); ++i) {
    if (fds[i].revents == 0) continue;
    std::array<char, 65536> buffer;
    const auto got = ::read(pipes_[i], buffer.data(), buffer.size());
    if (got > 0) {
      texts_[i].append(buffer.data(), static_cast<std::size_t>(got));
    } else {
      ::close(pipes_[i]);
      pipes_[i] = -1;
    }
  }
  return true;
}

bool RunningProgram::wait_for(const std::string& text_so_far, std::string_view text,
                              milliseconds limit) {
  const SteadyTime until = std::chrono::steady_clock::now() + limit;
  while (text_so_far.find(text) == std::string::npos) {
    if (!read_some(until)) return false;
  }
  return true;
}

bool RunningProgram::wait_for_out(std::string_view text, milliseconds limit) {
  return wait_for(texts_[0], text, limit);
}

bool RunningProgram::wait_for_err(std::string_view text, milliseconds limit) {
  return wait_for(texts_[1], text, limit);
}

Outcome RunningProgram::wait(milliseconds limit) {
  const SteadyTime until = std::chrono::steady_clock::now() + limit;
  while (read_some(until)) {
  }
  Outcome outcome;
  int status = 0;
  // Both pipes are closed, so it has ended or is about to.
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= until) {
      outcome.timed_out = true;
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      break;
    }
    ::usleep(200);
  }
  pid_ = -1;
  outcome.exit_code = exit_code_of(status);
  outcome.out = texts_[0];
  outcome.err = texts_[1];
  return outcome;
}

Sandbox::Sandbox(std::filesystem::path executable) : executable_{std::move(executable)} {
  std::string name = (std::filesystem::temp_directory_path() / "btcw-cli-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) give_up("mkdtemp");
  root_ = name;
  for (const char* folder : {"home", "config/btcw", "state", "cache", "run", "tmp"}) {
    std::filesystem::create_directories(root_ / folder);
  }
  // As pam_systemd makes it.
  std::filesystem::permissions(root_ / "run", std::filesystem::perms::owner_all);
}

Sandbox::~Sandbox() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

void Sandbox::write_config(std::string_view text) const {
  write_file("config/btcw/config.toml", text);
}

std::filesystem::path Sandbox::write_file(const std::filesystem::path& name,
                                          std::string_view text) const {
  const std::filesystem::path path = root_ / name;
  std::ofstream{path, std::ios::binary} << text;
  return path;
}

RunningProgram Sandbox::start(const Invocation& invocation) const {
  std::map<std::string, std::string> variables{
      {"HOME", (root_ / "home").string()},
      {"XDG_CONFIG_HOME", (root_ / "config").string()},
      {"XDG_STATE_HOME", (root_ / "state").string()},
      {"XDG_CACHE_HOME", (root_ / "cache").string()},
      {"XDG_RUNTIME_DIR", (root_ / "run").string()},
      {"TMPDIR", (root_ / "tmp").string()},
      {"PATH", "/usr/bin:/bin"},
      {"TERM", "xterm"},
      {"TZ", "UTC"},
      {"LC_ALL", "C"},
  };
  for (const auto& [name, value] : invocation.environment) variables[name] = value;
  std::vector<std::string> settings;
  for (const auto& [name, value] : variables) settings.push_back(name + "=" + value);
  std::vector<std::string> arguments{"btcw"};
  arguments.insert(arguments.end(), invocation.arguments.begin(), invocation.arguments.end());

  const int in = make_input(root_ / "tmp", invocation.input);
  const Ends out = make_output(invocation.output);
  const Ends err = make_pipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, executable_.c_str(), &actions, nullptr,
                                   pointers_to(arguments).data(), pointers_to(settings).data());
  ::posix_spawn_file_actions_destroy(&actions);
  for (const int fd : {in, out.write, err.write}) ::close(fd);
  if (failed != 0) {
    errno = failed;
    give_up(executable_.string());
  }
  return {pid, out.read, err.read};
}

}  // namespace btcw::test
