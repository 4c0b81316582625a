#pragma once

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is not in <csignal>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <system_error>
#include <utility>

namespace btcw::test {

/// A fork of this process that runs one function and nothing of the test framework.
///
/// The function returns the exit status. Killed and awaited at the end of its life. To be made only
/// while there is one thread.
class ChildProcess {
 public:
  template <typename Function>
  explicit ChildProcess(Function&& function) : pid_{::fork()} {
    if (pid_ < 0) throw std::system_error{errno, std::generic_category(), "fork"};
    if (pid_ == 0) ::_exit(std::forward<Function>(function)());
  }
  ChildProcess(ChildProcess&& other) noexcept : pid_{std::exchange(other.pid_, -1)} {}
  ChildProcess& operator=(ChildProcess&& other) noexcept {
    if (this != &other) {
      kill_now();
      pid_ = std::exchange(other.pid_, -1);
    }
    return *this;
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() { kill_now(); }

  /// kill -9, and waits until it is gone.
  void kill_now() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  /// kill -9; the exit status of one that had ended by itself before, or 128 + the signal.
  int kill_and_wait() {
    ::kill(pid_, SIGKILL);
    return wait();
  }
  /// The exit status, or 128 + the signal that ended it.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

}  // namespace btcw::test
