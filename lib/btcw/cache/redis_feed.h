#pragma once

#include <memory>
#include <span>

#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/cache/price_cache.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// Writes to Redis on a thread of its own, so that whoever has tickers never waits for it.
///
/// Of each symbol, exchange and scope the last waits to be written; all of them are kept, and go to
/// Redis at once when it comes back or turns out to have been started anew. The log hears of it
/// once when Redis goes, and once when it is back. Destroying it writes what waits, unless Redis is
/// away: that takes as long as the client's time-outs allow.
class RedisFeed {
 public:
  virtual ~RedisFeed() = default;
  /// Never waits for Redis. Thread-safe.
  virtual void offer(std::span<const CacheEntry> entries) = 0;
  /// Whether the last attempt failed. Thread-safe.
  [[nodiscard]] virtual bool is_away() const = 0;
};

struct RedisFeedPorts {
  PriceCache& cache;  ///< stands on `client`; used on the feed's thread only, like the client
  RedisClient& client;
  Log& log;
};

/// All ports outlive the feed. Errors: unavailable when there can be no thread.
Result<std::unique_ptr<RedisFeed>> make_redis_feed(RedisFeedPorts ports);

/// The local cache, with a feed that gets whatever is put. Both outlive it.
std::unique_ptr<PriceCache> make_fed_cache(PriceCache& local, RedisFeed& feed);

}  // namespace btcw
