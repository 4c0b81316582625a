#include "app.h"

#include <fmt/format.h>
#include <poll.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "btcw/base/symbol.h"
#include "commands.h"
#include "help_formatter.h"

namespace btcw::cli {
namespace {

struct Command {
  std::string_view name;
  void (*add)(Syntax& root);
};

// In the order of --help.
constexpr std::array kCommands{
    Command{"price", add_price_command},   Command{"watch", add_watch_command},
    Command{"notify", add_notify_command}, Command{"queue-drain", add_queue_drain_command},
    Command{"token", add_token_command},   Command{"config", add_config_command},
};

constexpr std::array kColors{
    Choice<Color>{"auto", Color::automatic},
    Choice<Color>{"always", Color::always},
    Choice<Color>{"never", Color::never},
};
constexpr std::array kLogFormats{
    Choice<LogFormat>{"text", LogFormat::text},
    Choice<LogFormat>{"json", LogFormat::json},
};
/// Which of the common options take the argument after them.
constexpr std::array<std::string_view, 3> kOptionsWithValue{"--config", "--color", "--log-format"};

/// The first argument that is neither an option nor an option's value; empty when there is none.
std::string_view command_named(std::span<char* const> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument{arguments[i]};
    if (!argument.starts_with('-')) return argument;
    if (std::find(kOptionsWithValue.begin(), kOptionsWithValue.end(), argument) !=
        kOptionsWithValue.end()) {
      ++i;
    }
  }
  return {};
}

void add_common_options(CLI::App& app, Syntax& root, CommonOptions& common) {
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", "btcw " BTCW_VERSION, "Show the version");
  root.texts("--config", "FILE",
             "Read this file instead of the usual ones (repeatable, later wins)",
             common.config_files);
  root.flag("-q,--quiet", "Say nothing on stderr but errors", common.quiet);
  root.count("-v,--verbose", "Say more on stderr (-vv: still more)", common.verbosity);
  root.choice<LogFormat>("--log-format", "How stderr is written (default text)", common.log_format,
                         kLogFormats);
  root.choice<Color>("--color", "When to use colour (default auto; see also NO_COLOR)",
                     common.color, kColors);
}

LogOptions log_options(const Session& session) {
  LogLevel level = LogLevel::warning;
  if (session.common.verbosity == 1) level = LogLevel::info;
  if (session.common.verbosity > 1) level = LogLevel::debug;
  if (session.common.quiet) level = LogLevel::error;
  return {.level = level,
          .format = session.common.log_format,
          .color = session.color_err() && session.common.log_format == LogFormat::text};
}

/// The subcommand that was being read, "" for none, "token issue" for one of a subcommand.
std::string path_of(const CLI::App& app) {
  std::string path;
  const CLI::App* at = &app;
  for (auto parsed = at->get_subcommands(); !parsed.empty(); parsed = at->get_subcommands()) {
    at = parsed.front();
    path += (path.empty() ? "" : " ") + at->get_name();
  }
  return path;
}

const CLI::App& deepest(const CLI::App& app) {
  const CLI::App* at = &app;
  for (auto parsed = at->get_subcommands(); !parsed.empty(); parsed = at->get_subcommands()) {
    at = parsed.front();
  }
  return *at;
}

/// ", did you mean 'a' or 'b'?", or nothing.
std::string did_you_mean(std::string_view wanted, std::span<const std::string_view> known) {
  std::string text;
  for (const std::string& name : nearest(wanted, known, 3)) {
    text += fmt::format("{} '{}'", text.empty() ? ", did you mean" : " or", name);
  }
  return text.empty() ? text : text + "?";
}

/// What nobody understood, with the nearest option where it looks like one.
std::string describe_extra(const CLI::App& app) {
  const std::vector<std::string> extra = app.remaining(true);
  if (extra.empty()) return "unexpected argument";
  const std::string name = extra.front().substr(0, extra.front().find('='));
  std::vector<std::string> words;
  std::vector<const CLI::App*> apps{&deepest(app)};
  if (apps.front() != &app) apps.push_back(&app);
  for (const CLI::App* at : apps) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& word : option->get_lnames()) words.push_back("--" + word);
    }
  }
  const std::vector<std::string_view> known{words.begin(), words.end()};
  const bool is_option = name.size() > 1 && name.starts_with('-');
  return fmt::format("unexpected {} '{}'{}", is_option ? "option" : "argument", name,
                     is_option ? did_you_mean(name, known) : "");
}

/// What is wrong with the command line, and where to read on.
ExitCode refuse(std::string_view message, const CLI::App& app, Session& session) {
  const std::string path = path_of(app);
  return fail_usage(fmt::format("{}{}{}", path, path.empty() ? "" : ": ", message), path, session);
}

ExitCode refuse_command(std::string_view name, Session& session) {
  std::vector<std::string_view> known;
  for (const Command& command : kCommands) known.push_back(command.name);
  return fail_usage(fmt::format("unknown command '{}'{}", name, did_you_mean(name, known)), "",
                    session);
}

void build(CLI::App& app, Session& session, std::span<char* const> arguments, const Command* only,
           Action& chosen) {
  app.name("btcw");
  app.formatter(std::make_shared<HelpFormatter>());
  app.fallthrough();
  Syntax root{app, chosen, arguments};
  add_common_options(app, root, session.common);
  // All of them cost more to build than an answer from the cache takes.
  for (const Command& command : kCommands) {
    if (only == nullptr || only == &command) command.add(root);
  }
}

/// Runs what the command line asks for.
ExitCode act(int argc, char** argv, Session& session) {
  const std::span<char* const> arguments{argv + std::min(argc, 1), argv + argc};
  const std::string_view name = command_named(arguments);
  const auto* const only = std::find_if(kCommands.begin(), kCommands.end(),
                                        [&](const Command& c) { return c.name == name; });
  const bool known = only != kCommands.end();
  CLI::App app{"Crypto prices and alerts for terminals, crontabs and pipelines."};
  Action chosen;
  build(app, session, arguments, known ? &*only : nullptr, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print(session.out, "{}", app.help());
    return ExitCode::ok;
  } catch (const CLI::CallForVersion& version) {
    fmt::print(session.out, "{}\n", version.what());
    return ExitCode::ok;
  } catch (const CLI::ExtrasError&) {
    // An option that nobody knows may have taken the first word for itself.
    const bool option_first = app.remaining(true).front().starts_with('-');
    if (!known && !name.empty() && !option_first) return refuse_command(name, session);
    return refuse(describe_extra(app), app, session);
  } catch (const CLI::ParseError& error) {
    return refuse(error.what(), app, session);
  }
  session.log.configure(log_options(session));
  if (chosen) return chosen(session);
  fmt::print(session.err, "{}", app.help());
  return ExitCode::usage;
}

/// Sees to it that what was printed has arrived.
ExitCode finish_output(ExitCode code, Session& session) {
  if (std::fflush(session.out) == 0 && std::ferror(session.out) == 0) return code;
  const int reason = errno;
  pollfd out{.fd = ::fileno(session.out), .events = POLLOUT, .revents = 0};
  // A reader that has seen enough (head) is no failure: silence, and what a shell shows for
  // SIGPIPE.
  if (::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0) return ExitCode::closed_pipe;
  session.log.error("cannot write to standard output: " +
                    std::error_code{reason, std::generic_category()}.message());
  return ExitCode::failed;
}

}  // namespace

int run(int argc, char** argv, Session& session) {
  try {
    return static_cast<int>(finish_output(act(argc, argv, session), session));
  } catch (const std::exception& exception) {
    session.log.error(std::string{"internal error: "} + exception.what());
  }
  return static_cast<int>(ExitCode::failed);
}

}  // namespace btcw::cli
