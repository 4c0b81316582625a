#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

struct LeaderLeaseOptions {
  std::string prefix = {};  ///< before every key
  std::string holder;       ///< no other process has that name
  milliseconds ttl = seconds{6};
};

/// Which of several processes leads: the one that holds a key in Redis that goes by itself unless
/// it is renewed.
///
/// With the lease comes a token, larger than any before, also when Redis has lost its data. Who was
/// stopped may take itself for the leader after another has become it; so every write of a leader
/// goes through a script that refuses tokens other than the last one given out (see
/// leader_token_key). One thread uses an object.
class LeaderLease {
 public:
  /// `redis` outlives it.
  LeaderLease(LeaderLeaseOptions options, RedisClient& redis)
      : options_{std::move(options)}, redis_{redis} {}

  /// Takes the lease when nobody has it, and keeps it when we have it: our token; 0: another leads.
  /// Errors: those of RedisClient::run() and read_redis_error().
  Result<std::uint64_t> tend();
  /// Gives it up, so that another may lead at once.
  /// Errors: as tend().
  Result<void> resign();

 private:
  Result<RedisReply> run(std::string_view script, std::string_view last_word);

  LeaderLeaseOptions options_;
  RedisClient& redis_;
};

/// The key that holds the token given out last.
std::string leader_token_key(std::string_view prefix);

}  // namespace btcw
