#pragma once

#include <functional>
#include <thread>

#include "btcw/base/result.h"

namespace btcw {

/// Makes `thread`, which is none yet, one that does `work`. It never gets a signal of the process:
/// those are for the thread that waits for them.
/// Errors: unavailable when the system has no thread to give; then `thread` stays none.
Result<void> start_thread(std::thread& thread, std::function<void()> work);

}  // namespace btcw
