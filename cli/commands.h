#pragma once

#include "syntax.h"

namespace btcw::cli {

// Each declares its subcommand.
// A new one is declared here and gets its row in app.cc, its file, its page in man/ and its words
// in completions/ (a test compares them with --help).
void add_price_command(Syntax& root);
void add_watch_command(Syntax& root);
void add_notify_command(Syntax& root);
void add_queue_drain_command(Syntax& root);
void add_token_command(Syntax& root);
void add_config_command(Syntax& root);

}  // namespace btcw::cli
