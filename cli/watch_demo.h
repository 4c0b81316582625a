#pragma once

#include "session.h"
#include "watch_arguments.h"

namespace btcw::cli {

/// `btcw watch --demo`: the simulated market. Any number of them may run.
ExitCode watch_demo(const WatchArguments& arguments, Session& session);

}  // namespace btcw::cli
