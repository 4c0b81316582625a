#include "session.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "btcw/base/time.h"

namespace btcw::cli {
namespace {

bool color_on(Color color, bool is_terminal, const Environment& environment) {
  switch (color) {
    case Color::always:
      return true;
    case Color::never:
      return false;
    case Color::automatic:
      break;
  }
  // https://no-color.org: any value but an empty one.
  if (!environment.get("NO_COLOR").value_or("").empty()) return false;
  return is_terminal && environment.get("TERM").value_or("dumb") != "dumb";
}

}  // namespace

Result<Config> Session::load_config(SecretFetching secrets) {
  LoadedConfig loaded = btcw::load_config(
      {.files = common.config_files, .environment = environment, .secrets = secrets});
  if (!std::exchange(config_warnings_told, true)) {
    for (const ConfigProblem& problem : loaded.warnings) {
      log.warning(fmt::format("{}: {}", problem.where, problem.message));
    }
  }
  if (!loaded.errors.empty()) {
    const ConfigProblem& first = loaded.errors.front();
    std::string message = fmt::format("{}: {}", first.where, first.message);
    if (const auto more = loaded.errors.size() - 1; more > 0) {
      message += fmt::format(" (and {} more: see 'btcw config check')", more);
    }
    return Error{Errc::invalid_input, std::move(message)};
  }
  for (const Secret& secret : loaded.secrets) log.mask(secret);
  return std::move(loaded.config);
}

bool Session::color_out() const { return color_on(common.color, out_is_terminal, environment); }

bool Session::color_err() const { return color_on(common.color, err_is_terminal, environment); }

ExitCode fail(const Error& error, Session& session) {
  if (error.retry_at) {
    session.log.error(
        fmt::format("{} (not before {})", error.message, to_rfc3339(*error.retry_at)));
  } else {
    session.log.error(error.message);
  }
  return exit_code_for(error.code);
}

ExitCode fail_usage(std::string_view message, std::string_view command, Session& session) {
  session.log.error(message);
  if (session.common.log_format == LogFormat::text) {
    fmt::print(session.err, "Try 'btcw {}{}--help'.\n", command, command.empty() ? "" : " ");
  }
  return ExitCode::usage;
}

}  // namespace btcw::cli
