#include "redis_stage.h"

#include <utility>

#include "btcw/cache/redis_price_cache.h"
#include "btcw/online/online.h"
#include "redis_connector.h"

namespace btcw::cli {

Result<std::unique_ptr<RedisStage>> RedisStage::open(const Config& config, Session& session,
                                                     Log& log,
                                                     std::function<std::uint64_t()> leader_token) {
  const auto connector = RedisConnector::open(config, RedisInstance::prices, session);
  if (!connector) return connector.error();
  std::unique_ptr<RedisStage> stage{new RedisStage};
  stage->client_ = make_recorded_client((*connector)->connect(), stage->record_, session.clock);
  stage->cache_ = make_redis_price_cache(
      {.prefix = config.redis.prefix,
       .ttl = config.cache.ttl,
       .leader_token = std::move(leader_token),
       .stores = config.deployment.backing(Role::price_cache) == Backing::redis},
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
