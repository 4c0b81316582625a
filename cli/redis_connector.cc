#include "redis_connector.h"

#include <utility>

namespace btcw::cli {

Result<std::shared_ptr<const RedisConnector>> RedisConnector::open(const Config& config,
                                                                   Session& session) {
  auto url = RedisUrl::of(config.redis);
  if (!url) return std::move(url).error();
  const auto module = load_redis();
  if (!module) return module.error();
  RedisClientOptions options{.connect_timeout = config.redis.connect_timeout,
                             .timeout = config.redis.timeout};
  return std::shared_ptr<const RedisConnector>{
      new RedisConnector{**module, *std::move(url), std::move(options), session}};
}

std::unique_ptr<RedisClient> RedisConnector::connect(std::size_t max_reply_bytes) const {
  RedisClientOptions options = options_;
  options.max_reply_bytes = max_reply_bytes;
  return module_.make_client(url_.clone(), std::move(options), session_.clock, session_.random);
}

}  // namespace btcw::cli
