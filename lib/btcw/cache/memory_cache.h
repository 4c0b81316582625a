#pragma once

#include <memory>

#include "btcw/base/clock.h"
#include "btcw/cache/price_cache.h"

namespace btcw {

/// The cache within one process. One thread uses an object.
std::unique_ptr<PriceCache> make_memory_cache(const Clock& clock);

}  // namespace btcw
