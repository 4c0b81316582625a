#include "redis_in_use.h"

#include <utility>

namespace btcw::cli {

std::optional<RedisStatus> status_of(const RedisInUse& redis, const WatchStage& stage,
                                     const WatchTeam* team) {
  const auto prices = stage.redis_link();
  if (!prices && team == nullptr) return std::nullopt;
  RedisStatus status;
  if (redis.cache == Backing::redis) status.roles.push_back(to_string(Role::price_cache));
  if (team != nullptr) status.roles.push_back(to_string(Role::fan_out));
  if (prices) status.connections.push_back({"prices", *prices});
  if (team == nullptr) return status;
  status.leadership = team->status();
  for (auto& one : team->connections()) status.connections.push_back(std::move(one));
  return status;
}

}  // namespace btcw::cli
