#pragma once

#include "btcw/base/random.h"
#include "btcw/base/time.h"

namespace btcw {

/// How long to wait after the `attempts`-th attempt has failed for a reason that may pass: 30 s,
/// doubling up to one hour, and up to a fifth more or less of it, so that messages that failed
/// together are not tried again together. Fewer than one attempt counts as one.
milliseconds retry_delay(int attempts, Random& random);

}  // namespace btcw
