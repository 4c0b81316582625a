#pragma once

#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "session.h"
#include "watch_arguments.h"

namespace btcw::cli {

/// What is to be watched: the symbols of the command line, else the watch list, else, for somebody
/// who tries the program out, BTC and ETH in general.quote.
/// Errors: those of read_symbols(); invalid_input for a simulated symbol without --demo.
Result<std::vector<SymbolRequest>> requests_to_watch(const WatchArguments& arguments,
                                                     const Config& config, Session& session);

}  // namespace btcw::cli
