#pragma once

#include <span>
#include <vector>

#include "btcw/base/log.h"
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

/// Warns, in one line, of alerts that can never fire because nothing that they are about is in
/// `watched`, of which `exchanges` alone are asked where there are any. Alerts that cannot be read
/// are passed over.
void tell_unwatched_alerts(const Config& config, std::span<const SymbolRequest> watched,
                           std::span<const ExchangeName> exchanges, Log& log);

}  // namespace btcw::cli
