#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/cache/price_cache.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// Writes prices to Redis and publishes them for a leader, as long as no other one leads: every
/// write is a script that compares the leader's token with the one that was given out last (see
/// LeaderLease).
class RedisLeaderWriter {
 public:
  struct Options {
    std::string prefix;
    milliseconds ttl;
    std::function<std::uint64_t()> token;  ///< 0: nothing is written
    bool stores;                           ///< false: it only publishes
  };
  struct Ports {
    RedisClient& redis;
    const Clock& clock;
    Log& log;
  };
  RedisLeaderWriter(Options options, Ports ports) : options_{std::move(options)}, ports_{ports} {}

  /// Passes over what is_cacheable() refuses, and what has outlived `ttl`. That another leads is no
  /// error: its prices are there.
  /// Errors: those of RedisClient::run() and read_redis_error().
  Result<void> write(std::span<const CacheEntry> entries);

 private:
  void add(const CacheEntry& entry, std::int64_t seconds_left, std::string_view token,
           RedisPipeline& commands);
  Result<void> read(std::span<const RedisReply> replies);

  Options options_;
  Ports ports_;
  std::string json_;
};

/// How many seconds an entry has to live, rounded up; of one from the future, all of them.
std::int64_t redis_seconds_left(const Ticker& ticker, milliseconds ttl, UtcTime now);

}  // namespace btcw
