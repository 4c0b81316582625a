#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "btcw/base/log.h"
#include "btcw/base/ticker_reader.h"
#include "btcw/cache/fallback_cache.h"
#include "btcw/cache/price_cache.h"
#include "btcw/cache/redis_feed.h"
#include "btcw/config/config.h"
#include "btcw/redis/recorded_client.h"
#include "btcw/redis/redis_client.h"
#include "session.h"
#include "shared_cache.h"

namespace btcw::cli {

/// The price cache in Redis, and what it stands on. Nothing is connected before it is used.
class RedisStage {
 public:
  /// `config` has the secrets of Redis. The log is where its warnings go; it outlives the stage,
  /// like the session. `leader_token`: see RedisPriceCacheOptions.
  /// Errors: those of RedisUrl::of() and load_redis().
  static Result<std::unique_ptr<RedisStage>> open(const Config& config, Session& session, Log& log,
                                                  std::function<std::uint64_t()> leader_token = {});

  [[nodiscard]] PriceCache& cache() { return *cache_; }
  [[nodiscard]] RedisClient& client() { return *client_; }
  /// How the connection stands. Thread-safe.
  [[nodiscard]] RedisLink link() const { return record_->link(); }

 private:
  RedisStage() = default;
  Result<TickerReader*> reader();

  // Shared with the client, which writes it on the thread that uses it.
  std::shared_ptr<RedisLinkRecord> record_ = std::make_shared<RedisLinkRecord>();
  std::unique_ptr<RedisClient> client_;
  std::unique_ptr<TickerReader> reader_;
  std::unique_ptr<PriceCache> cache_;
};

/// The price cache of a short command as the deployment has it: the local one, or Redis with the
/// local one beside it. One thread uses an object.
class DeployedCache {
 public:
  /// That Redis cannot be used for a reason of this host is told, and done without.
  DeployedCache(const Config& config, Session& session);

  [[nodiscard]] PriceCache& cache();

 private:
  SharedCache local_;
  std::unique_ptr<RedisStage> redis_ = nullptr;
  std::unique_ptr<FallbackCache> both_ = nullptr;
};

}  // namespace btcw::cli
