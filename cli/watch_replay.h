#pragma once

#include "session.h"
#include "watch_arguments.h"

namespace btcw::cli {

/// `btcw watch --replay FILE`: a recording in place of exchanges.
/// Precondition: arguments.replay.
ExitCode watch_replay(const WatchArguments& arguments, Session& session);

}  // namespace btcw::cli
