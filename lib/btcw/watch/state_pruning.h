#pragma once

#include <chrono>
#include <cstddef>
#include <span>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/store/journal.h"
#include "btcw/watch/alert.h"

namespace btcw {

/// So long a journal remembers what nobody asks for any more: the state of an alert, or of one of
/// its symbols, that has gone from the configuration, and a replay that was cut off.
inline constexpr milliseconds kStatesKept = std::chrono::days{30};

/// Forgets what `alerts` have not asked for since kStatesKept. The journal keeps since when that is
/// so, from the first call that finds it; what is asked for again in time stays as it is. Returns
/// how many states and replays have gone. Writes nothing where nothing has changed.
/// Precondition: no replay is running. Errors: those of the journal.
Result<std::size_t> prune_states(Journal& journal, std::span<const Alert> alerts, UtcTime now);

}  // namespace btcw
