#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/time.h"

namespace btcw::test {

/// A program in a terminal of its own: that terminal is its stdin, stdout and stderr, and it is in
/// the foreground there. Killed when it goes out of scope.
class PtyProgram {
 public:
  struct Options {
    std::vector<std::string> command;  ///< the program's path first
    /// All there is.
    std::map<std::string, std::string> environment;
    int rows = 24;
    int columns = 80;
  };
  explicit PtyProgram(const Options& options);
  PtyProgram(const PtyProgram&) = delete;
  PtyProgram& operator=(const PtyProgram&) = delete;
  ~PtyProgram();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void type(std::string_view keys) const;
  void resize(int rows, int columns) const;
  void signal(int number) const;
  /// Closes the terminal, as a window does.
  void hang_up();

  /// All that was written to the terminal so far.
  [[nodiscard]] const std::string& screen() const { return screen_; }
  /// Forgets what was written so far.
  void forget() { screen_.clear(); }
  bool wait_for(std::string_view text, milliseconds limit = seconds{30});
  /// The exit code, 128 + n when signal n ended it; -1 when the time was up.
  int wait(milliseconds limit = seconds{60});
  /// Whether the program is stopped, as by Ctrl-Z, within the time.
  [[nodiscard]] bool wait_stopped(milliseconds limit = seconds{30}) const;
  /// Whether the terminal echoes and reads whole lines, as it does for a shell.
  [[nodiscard]] bool is_sane() const;

 private:
  bool read_some(milliseconds limit);

  pid_t pid_ = -1;
  int terminal_ = -1;
  int slave_ = -1;  ///< keeps the terminal readable when the program has gone
  std::string screen_;
};

}  // namespace btcw::test
