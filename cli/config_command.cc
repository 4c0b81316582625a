// btcw config: check, show and begin a configuration.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "btcw/base/paths.h"
#include "btcw/config/config.h"
#include "commands.h"
#include "config_example.h"
#include "config_listing.h"
#include "new_file.h"
#include "printable.h"
#include "role_listing.h"
#include "watch_symbols.h"

namespace btcw::cli {
namespace {

struct ShowOptions {
  bool origin = false;
  bool json = false;
};

struct InitOptions {
  std::filesystem::path path = {};
};

enum class Severity { warning, error };

/// As compilers do, so that editors can jump there: one line, "file:line:column: message".
void tell(const ConfigProblem& problem, Severity severity, Session& session) {
  const bool is_error = severity == Severity::error;
  if (session.common.log_format == LogFormat::json) {
    session.log.write(is_error ? LogLevel::error : LogLevel::warning, problem.message,
                      {{"where", problem.where}});
    return;
  }
  if (!is_error && session.common.quiet) return;
  fmt::print(session.err, "{}: {}{}\n", printable(problem.where),
             is_error ? "" : "warning: ", printable(problem.message));
}

/// Tells what is wrong; ok when nothing is.
ExitCode tell_all(const LoadedConfig& loaded, Session& session) {
  for (const ConfigProblem& problem : loaded.warnings) tell(problem, Severity::warning, session);
  for (const ConfigProblem& problem : loaded.errors) tell(problem, Severity::error, session);
  return loaded.errors.empty() ? ExitCode::ok : ExitCode::usage;
}

ExitCode run_check(Session& session) {
  const LoadedConfig loaded =
      load_config({.files = session.common.config_files, .environment = session.environment});
  const ExitCode code = tell_all(loaded, session);
  if (code != ExitCode::ok) return code;
  const auto watched = requests_to_watch({}, loaded.config, session);
  if (watched) tell_unwatched_alerts(loaded.config, *watched, {}, session.log);
  for (const auto& file : loaded.files) session.log.info("read " + file.string());
  session.log.info(loaded.files.empty()
                       ? "there is no configuration file; the defaults are in force"
                       : "the configuration is right");
  return code;
}

ExitCode run_show(const ShowOptions& options, Session& session) {
  const LoadedConfig loaded = load_config({.files = session.common.config_files,
                                           .environment = session.environment,
                                           .secrets = SecretFetching::none,
                                           .list_origins = true});
  const ExitCode code = tell_all(loaded, session);
  if (code != ExitCode::ok) return code;
  const Origins origins = options.origin ? Origins::shown : Origins::hidden;
  const std::vector<RoleUse> roles = list_roles(loaded);
  const std::string text = options.json ? list_as_json(loaded.origins, roles, origins)
                                        : list_as_toml(loaded.origins, roles, origins);
  fmt::print(session.out, "{}", text);
  return ExitCode::ok;
}

/// --path, else the file that --config names, else the user's own.
Result<std::filesystem::path> path_to_begin(const InitOptions& options, const Session& session) {
  if (!options.path.empty()) return options.path;
  if (!session.common.config_files.empty()) return session.common.config_files.back();
  const Result<Paths> paths = find_paths(session.environment);
  if (!paths) return paths.error();
  return paths->config_file;
}

ExitCode run_init(const InitOptions& options, Session& session) {
  const auto path = path_to_begin(options, session);
  if (!path) return fail(path.error(), session);
  const Result<void> written = write_new_file(*path, config_example());
  if (!written) return fail(written.error(), session);
  fmt::print(session.out, "{}\n", path->string());
  return ExitCode::ok;
}

void add_check(Syntax& config) {
  Syntax check = config.command("check", "Tell everything that is wrong with the configuration");
  if (!check.is_named()) return;
  check.footer("Exit code 2 when something is wrong. Secrets are fetched as they would be.");
  check.run(run_check);
}

void add_show(Syntax& config) {
  auto options = std::make_shared<ShowOptions>();
  Syntax show = config.command("show", "Print what is in force, as TOML that can be read back");
  if (!show.is_named()) return;
  show.flag("--origin", "Also print where each value comes from", options->origin);
  show.flag("--json", "Print one JSON object (with --origin: a list of key, value, origin)",
            options->json);
  show.footer("Secrets are neither fetched nor shown.");
  show.run([options](Session& session) { return run_show(*options, session); });
}

void add_init(Syntax& config) {
  auto options = std::make_shared<InitOptions>();
  Syntax init = config.command("init", "Write a commented file to start from, and print its path");
  if (!init.is_named()) return;
  init.text("--path", "FILE", "Write this file (default: the user's own)", options->path);
  init.footer("A file that is already there is left as it is.");
  init.run([options](Session& session) { return run_init(*options, session); });
}

}  // namespace

void add_config_command(Syntax& root) {
  Syntax config = root.command("config", "Check, show or begin the configuration");
  config.needs_command();
  if (!config.is_named()) return;
  add_check(config);
  add_show(config);
  add_init(config);
}

}  // namespace btcw::cli
