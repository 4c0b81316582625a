#pragma once

#include "exit_code.h"
#include "session.h"
#include "watch_arguments.h"

namespace btcw::cli {

/// `btcw watch --follow-redis`: takes the tickers that another host's `watch` publishes, and asks
/// no exchange.
ExitCode watch_follow(const WatchArguments& arguments, Session& session);

}  // namespace btcw::cli
