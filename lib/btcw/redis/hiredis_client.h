#pragma once

#include <memory>

#include "btcw/base/clock.h"
#include "btcw/base/random.h"
#include "btcw/redis/redis_client.h"
#include "btcw/redis/redis_url.h"

namespace btcw {

/// A RedisClient on hiredis, which connects and reads replies; what is sent and when is up to us.
std::unique_ptr<RedisClient> make_hiredis_client(RedisUrl url, RedisClientOptions options,
                                                 const Clock& clock, Random& random);

}  // namespace btcw
