#pragma once

#include <functional>

#include "session.h"

namespace CLI {
class App;
}

namespace btcw::cli {

/// What the command line asks for, ready to be run.
using Action = std::function<ExitCode(Session&)>;

// Each adds its subcommand to `app`; its callback puts what is to be done into `chosen`.
void add_price_command(CLI::App& app, Action& chosen);
void add_watch_command(CLI::App& app, Action& chosen);
void add_notify_command(CLI::App& app, Action& chosen);
void add_queue_drain_command(CLI::App& app, Action& chosen);
void add_token_command(CLI::App& app, Action& chosen);
void add_config_command(CLI::App& app, Action& chosen);

}  // namespace btcw::cli
