// The one entry point of libbtcw-redis.
#include "btcw/redis/hiredis_client.h"
#include "btcw/redis/redis_module.h"

extern "C" const btcw::RedisModule* btcw_redis_module() noexcept {
  static constexpr btcw::RedisModule kModule{.version = BTCW_VERSION,
                                             .make_client = btcw::make_hiredis_client};
  return &kModule;
}
