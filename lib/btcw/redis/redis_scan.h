#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// `text` as a pattern of SCAN that means just it.
std::string literal_pattern(std::string_view text);

/// The keys that match a pattern of SCAN, each once, sorted. Stops after a million keys of any
/// kind.
/// Errors: those of RedisClient::run() and read_redis_error(); bad_data for an answer that is not
/// SCAN's.
Result<std::vector<std::string>> scan_keys(RedisClient& redis, std::string_view pattern);

}  // namespace btcw
