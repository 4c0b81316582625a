#pragma once

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/environment.h"
#include "btcw/base/log.h"
#include "btcw/base/random.h"
#include "btcw/base/result.h"
#include "btcw/base/signals.h"
#include "btcw/config/config.h"
#include "exit_code.h"

namespace btcw::cli {

enum class Format { automatic, table, json, ndjson, csv, tsv };
enum class Color { automatic, always, never };

/// The options that every subcommand understands.
struct CommonOptions {
  std::vector<std::filesystem::path> config_files = {};
  Color color = Color::automatic;
  bool quiet = false;
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
  Log& log;
  SignalSource& signals;
  CommonOptions common = {};

  /// The configuration, read now; warnings go to the log.
  /// Errors: invalid_input with the first error and how many more there are.
  Result<Config> load_config();
};

/// Prints "btcw: MESSAGE" to the session's stderr and says with which code to exit.
ExitCode fail(const Error& error, Session& session);

}  // namespace btcw::cli
