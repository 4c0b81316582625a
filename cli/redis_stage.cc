#include "redis_stage.h"

#include <utility>

#include "btcw/cache/redis_price_cache.h"
#include "btcw/online/online.h"
#include "btcw/redis/redis_module.h"

namespace btcw::cli {

Result<std::unique_ptr<RedisStage>> RedisStage::open(const Config& config, Session& session,
                                                     Log& log) {
  auto url = RedisUrl::of(config.redis);
  if (!url) return std::move(url).error();
  const auto module = load_redis();
  if (!module) return module.error();
  std::unique_ptr<RedisStage> stage{new RedisStage};
  RedisClientOptions options{.connect_timeout = config.redis.connect_timeout,
                             .timeout = config.redis.timeout};
  stage->client_ =
      (*module)->make_client(*std::move(url), std::move(options), session.clock, session.random);
  stage->cache_ =
      make_redis_price_cache({.prefix = config.redis.prefix, .ttl = config.cache.ttl},
                             {.redis = *stage->client_,
                              .clock = session.clock,
                              .log = log,
                              .reader = [self = stage.get()] { return self->reader(); }});
  return stage;
}

Result<TickerReader*> RedisStage::reader() {
  if (reader_ != nullptr) return reader_.get();
  const auto online = load_online();
  if (!online) return online.error();
  reader_ = (*online)->make_ticker_reader();
  return reader_.get();
}

DeployedCache::DeployedCache(const Config& config, Session& session)
    : local_{config, session.clock, session.log} {
  if (config.deployment.backing(Role::price_cache) == Backing::local) return;
  auto redis = RedisStage::open(config, session, session.log);
  if (!redis) {
    session.log.warning("going on without Redis: " + redis.error().message);
    return;
  }
  redis_ = *std::move(redis);
  both_ = std::make_unique<FallbackCache>(redis_->cache(), local_, session.log);
}

PriceCache& DeployedCache::cache() {
  if (both_ != nullptr) return *both_;
  return local_;
}

}  // namespace btcw::cli
