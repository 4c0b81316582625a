#include "support/pty_program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace btcw::test {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

PtyProgram::PtyProgram(const Options& options) {
  std::vector<std::string> command = options.command;
  std::vector<std::string> variables;
  for (const auto& [name, value] : options.environment) {
    std::string variable = name;
    variables.push_back(variable.append("=").append(value));
  }
  const auto arguments = pointers_to(command);
  const auto environment = pointers_to(variables);
  winsize size{};
  size.ws_row = static_cast<unsigned short>(options.rows);
  size.ws_col = static_cast<unsigned short>(options.columns);
  if (openpty(&terminal_, &slave_, nullptr, nullptr, &size) != 0) {
    throw std::runtime_error{"openpty"};
  }
  fcntl(terminal_, F_SETFD, FD_CLOEXEC);
  fcntl(slave_, F_SETFD, FD_CLOEXEC);
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error{"fork"};
  if (pid_ > 0) return;
  // Nothing but system calls between fork and exec.
  setsid();
  ioctl(slave_, TIOCSCTTY, 0);
  for (const int fd : {0, 1, 2}) dup2(slave_, fd);
  execve(arguments.front(), arguments.data(), environment.data());
  _exit(127);
}

PtyProgram::~PtyProgram() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (slave_ >= 0) close(slave_);
  if (terminal_ >= 0) close(terminal_);
}

void PtyProgram::type(std::string_view keys) const {
  if (write(terminal_, keys.data(), keys.size()) < 0) throw std::runtime_error{"type"};
}

void PtyProgram::resize(int rows, int columns) const {
  winsize size{};
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  ioctl(terminal_, TIOCSWINSZ, &size);
}

void PtyProgram::signal(int number) const { kill(pid_, number); }

void PtyProgram::hang_up() {
  close(slave_);
  close(terminal_);
  slave_ = terminal_ = -1;
}

bool PtyProgram::read_some(milliseconds limit) {
  pollfd ready{.fd = terminal_, .events = POLLIN, .revents = 0};
  if (terminal_ < 0 || poll(&ready, 1, static_cast<int>(limit.count())) <= 0) return false;
  std::array<char, 8192> bytes{};
  const ssize_t size = read(terminal_, bytes.data(), bytes.size());
  if (size > 0) screen_.append(bytes.data(), static_cast<std::size_t>(size));
  return size > 0;
}

bool PtyProgram::wait_for(std::string_view text, milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (screen_.find(text) == std::string::npos) {
    if (std::chrono::steady_clock::now() >= until) return false;
    read_some(milliseconds{20});
  }
  return true;
}

int PtyProgram::wait(milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() >= until) return -1;
    read_some(milliseconds{20});
    if (terminal_ < 0) std::this_thread::sleep_for(milliseconds{5});
  }
  pid_ = -1;
  while (read_some(milliseconds{0})) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool PtyProgram::wait_stopped(milliseconds limit) const {
  const auto until = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (waitpid(pid_, &status, WNOHANG | WUNTRACED) == 0) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return WIFSTOPPED(status);
}

bool PtyProgram::is_sane() const {
  termios mode{};
  tcgetattr(slave_, &mode);
  return (mode.c_lflag & ICANON) != 0 && (mode.c_lflag & ECHO) != 0;
}

}  // namespace btcw::test
