#include "redis_connector.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "btcw/queue/file_queue.h"

namespace btcw::cli {

Result<std::shared_ptr<const RedisConnector>> RedisConnector::open(const Config& config,
                                                                   RedisInstance instance,
                                                                   Session& session) {
  auto url = RedisUrl::of(config.redis, instance);
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

std::string process_name(Session& session) {
  std::array<char, 65> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return std::string{host.data()} + '-' + std::to_string(::getpid()) + '-' +
         make_message_id(session.clock, session.random);
}

}  // namespace btcw::cli
