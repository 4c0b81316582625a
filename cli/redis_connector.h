#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "btcw/config/config.h"
#include "btcw/redis/redis_client.h"
#include "btcw/redis/redis_module.h"
#include "session.h"

namespace btcw::cli {

/// Makes clients of one Redis that is configured. Nothing is connected before one is used.
class RedisConnector {
 public:
  /// `config` has the secrets of Redis; the session outlives every client. Shared with the
  /// functions that make further clients.
  /// Errors: those of RedisUrl::of() and load_redis().
  static Result<std::shared_ptr<const RedisConnector>> open(const Config& config,
                                                            RedisInstance instance,
                                                            Session& session);

  [[nodiscard]] std::unique_ptr<RedisClient> connect(
      std::size_t max_reply_bytes = RedisClientOptions{}.max_reply_bytes) const;

 private:
  RedisConnector(const RedisModule& module, RedisUrl url, RedisClientOptions options,
                 Session& session)
      : module_{module}, url_{std::move(url)}, options_{std::move(options)}, session_{session} {}

  const RedisModule& module_;
  RedisUrl url_;
  RedisClientOptions options_;
  Session& session_;
};

/// "host-1234-k3x9q2m7p1…": what no other process is called.
std::string process_name(Session& session);

}  // namespace btcw::cli
