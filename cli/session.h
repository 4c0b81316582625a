#pragma once

#include <cstdio>
#include <filesystem>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/base/random.h"
#include "btcw/base/result.h"
#include "btcw/base/signals.h"
#include "btcw/config/config.h"
#include "exit_code.h"
#include "stderr_log.h"

namespace btcw::cli {

enum class Color { automatic, always, never };

/// The options that every subcommand understands.
struct CommonOptions {
  std::vector<std::filesystem::path> config_files = {};
  Color color = Color::automatic;
  bool quiet = false;
  int verbosity = 0;  ///< how often -v was given
  LogFormat log_format = LogFormat::text;
};

/// All that a subcommand may touch. Everything is borrowed from main(), or from a test.
struct Session {
  std::FILE* out;
  std::FILE* err;
  int in;  ///< a file descriptor
  bool out_is_terminal;
  bool err_is_terminal;
  bool in_is_terminal;
  const Environment& environment;
  const Clock& clock;
  Random& random;
  StderrLog& log;
  /// Signals keep their usual effect until a command asks for fd().
  SignalSource& signals;
  CommonOptions common = {};
  bool config_warnings_told = false;

  /// The configuration, read now; warnings go to the log the first time, secrets to its mask.
  /// Errors: invalid_input with the first error and how many more there are.
  Result<Config> load_config(SecretFetching secrets = SecretFetching::all);

  /// Whether what goes to stdout is coloured: --color, else NO_COLOR, else only on a terminal that
  /// is not "dumb".
  [[nodiscard]] bool color_out() const;
  /// Likewise for stderr.
  [[nodiscard]] bool color_err() const;
};

/// Tells the log of the error, with the moment until which to wait where there is one, and says
/// with which code to exit.
ExitCode fail(const Error& error, Session& session);

/// As fail(), for what a command refuses itself: exit code 2, and where to read on.
ExitCode fail_usage(std::string_view message, std::string_view command, Session& session);

}  // namespace btcw::cli
