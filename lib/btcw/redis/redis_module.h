#pragma once

#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/random.h"
#include "btcw/base/result.h"
#include "btcw/redis/redis_client.h"
#include "btcw/redis/redis_url.h"

namespace btcw {

/// What libbtcw-redis offers: everything that needs hiredis. It is a module of its own, for a price
/// from Redis is to come sooner than libbtcw-net is mapped. Nothing here throws.
struct RedisModule {
  /// First for ever: it is read before the rest is trusted.
  const char* version;
  std::unique_ptr<RedisClient> (*make_client)(RedisUrl url, RedisClientOptions options,
                                              const Clock& clock, Random& random);
};

/// Loads the module on the first call; later calls return the same one. Thread-safe.
/// Errors: unavailable when the module is not there, cannot be loaded, or is of another version.
Result<const RedisModule*> load_redis();

}  // namespace btcw

/// The entry point of the module.
extern "C" const btcw::RedisModule* btcw_redis_module() noexcept;
