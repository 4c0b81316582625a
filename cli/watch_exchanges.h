#pragma once

#include "session.h"
#include "watch_arguments.h"

namespace btcw::cli {

/// `btcw watch` of real exchanges: one at a time for a state folder.
ExitCode watch_exchanges(const WatchArguments& arguments, Session& session);

}  // namespace btcw::cli
