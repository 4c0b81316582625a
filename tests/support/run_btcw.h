#pragma once

#include <sys/types.h>

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/time.h"

namespace btcw::test {

/// Where the program's standard output goes.
enum class Output {
  captured,  ///< a pipe that the test reads
  terminal,  ///< a terminal of its own that the test reads; line ends are "\r\n" there
  closed,    ///< a pipe that nobody reads any more
  full,      ///< a disk without room: /dev/full
};

/// One start of the program.
struct Invocation {
  std::vector<std::string> arguments = {};
  /// On top of the sandbox's own variables; nothing else is inherited.
  std::map<std::string, std::string> environment = {};
  std::string input = {};  ///< standard input, ended after it
  Output output = Output::captured;
};

struct Outcome {
  int exit_code = -1;  ///< 128 + n when signal n ended it
  bool timed_out = false;
  std::string out = {};
  std::string err = {};
};

/// A program that runs. Killed when it goes out of scope.
class RunningProgram {
 public:
  RunningProgram(pid_t pid, int out, int err) : pid_{pid}, pipes_{out, err} {}
  RunningProgram(RunningProgram&& other) noexcept;
  RunningProgram& operator=(RunningProgram&&) = delete;
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  ~RunningProgram();

  [[nodiscard]] pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Reads on until stdout holds `text`; false when the program ended or the time was up before.
  bool wait_for_out(std::string_view text, milliseconds limit = seconds{30});
  bool wait_for_err(std::string_view text, milliseconds limit = seconds{30});
  [[nodiscard]] const std::string& out() const { return texts_[0]; }
  [[nodiscard]] const std::string& err() const { return texts_[1]; }
  /// Waits for the end; kills it, and says so, when the time is up.
  Outcome wait(milliseconds limit = seconds{60});

 private:
  /// Takes what has come; false when nothing more can come, or not before `until`.
  bool read_some(SteadyTime until);
  bool wait_for(const std::string& text_so_far, std::string_view text, milliseconds limit);

  pid_t pid_;
  std::array<int, 2> pipes_;
  std::array<std::string, 2> texts_ = {};
};

/// A folder with a home of its own to run btcw in; removed when it goes out of scope.
///
/// HOME, the XDG folders and TMPDIR lie in it, TZ is UTC, LC_ALL is C; no variable of the test's
/// own environment gets through.
class Sandbox {
 public:
  /// `executable`: BTCW_EXECUTABLE.
  explicit Sandbox(std::filesystem::path executable);
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  ~Sandbox();

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  /// Writes the user's configuration file ($XDG_CONFIG_HOME/btcw/config.toml).
  void write_config(std::string_view text) const;
  /// Writes root()/name and returns its path.
  std::filesystem::path write_file(const std::filesystem::path& name, std::string_view text) const;

  [[nodiscard]] RunningProgram start(const Invocation& invocation) const;
  /// Runs to the end.
  [[nodiscard]] Outcome run(const Invocation& invocation) const { return start(invocation).wait(); }
  [[nodiscard]] Outcome run(std::vector<std::string> arguments) const {
    return run(Invocation{.arguments = std::move(arguments)});
  }

 private:
  std::filesystem::path executable_;
  std::filesystem::path root_;
};

}  // namespace btcw::test
