#pragma once

#include <string>

#include "btcw/agenda/schedule_options.h"
#include "btcw/base/result.h"
#include "btcw/cache/price_cache.h"
#include "btcw/drain/delivery_log.h"
#include "btcw/queue/dedup_index.h"
#include "btcw/queue/queue.h"

namespace btcw {

/// What is cleaned; all of it is borrowed. What is nullptr is passed over.
struct PrunePorts {
  Queue& queue;
  DedupIndex& marks;
  DeliveryLog* deliveries;
  PriceCache* cache;
};

/// How long things are kept.
struct PruneAges {
  milliseconds dead;
  milliseconds deliveries;
  milliseconds prices;  ///< cache.keep
};

/// Removes what is older, and says what that was. One fault does not keep the rest from being done.
/// Errors: the first one.
Result<std::string> prune(const PrunePorts& ports, const PruneAges& ages, UtcTime now);

}  // namespace btcw
