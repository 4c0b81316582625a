#pragma once

#include <memory>

#include "btcw/base/result.h"
#include "btcw/watch/fetch_job.h"

namespace btcw {

/// Fetches on a thread of its own, which alone uses `market` from then on. All signals are blocked
/// there. The destructor gives up what is under way and waits for the thread.
/// Errors: unavailable when the system refuses a thread or a descriptor.
Result<std::unique_ptr<FetchJob>> make_fetch_thread(Market& market);

}  // namespace btcw
