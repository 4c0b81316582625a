#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/redis/recorded_client.h"
#include "btcw/watch/leadership.h"

namespace btcw::cli {

/// What a running `watch` has to do with Redis.
struct RedisStatus {
  std::vector<std::string_view> roles = {};                   ///< "price_cache", "fan_out"
  std::optional<LeadershipStatus> leadership = std::nullopt;  ///< nullopt: it never leads
  struct Connection {
    std::string_view use;  ///< "prices", "lease", "follow"
    RedisLink link;
  };
  std::vector<Connection> connections = {};
};

/// Lines for people, each after a line feed and two spaces.
std::string as_text(const RedisStatus& status);
/// One JSON object.
std::string as_json(const RedisStatus& status);

}  // namespace btcw::cli
