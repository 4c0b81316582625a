#pragma once

#include <optional>
#include <string>

#include "btcw/base/secret.h"
#include "btcw/config/config.h"
#include "redis_status.h"
#include "watch_stage.h"
#include "watch_team.h"

namespace btcw::cli {

/// The Redis that prices go to.
struct RedisInUse {
  Backing cache = Backing::local;
  Backing fan_out = Backing::local;
  Secret url = {};
  Secret password = {};
  std::string prefix = {};

  static RedisInUse of(const Config& config) {
    return {.cache = config.deployment.backing(Role::price_cache),
            .fan_out = config.deployment.backing(Role::fan_out),
            .url = config.redis.url.clone(),
            .password = config.redis.password.clone(),
            .prefix = config.redis.prefix};
  }
  [[nodiscard]] bool is(const RedisInUse& other) const {
    if (cache != other.cache || fan_out != other.fan_out) return false;
    return (cache == Backing::local && fan_out == Backing::local) ||
           (url.reveal() == other.url.reveal() && password.reveal() == other.password.reveal() &&
            prefix == other.prefix);
  }
};

/// How it stands with the prices of `stage`, and with `team`, which may be nullptr; nullopt: no
/// Redis is in use.
std::optional<RedisStatus> status_of(const RedisInUse& redis, const WatchStage& stage,
                                     const WatchTeam* team);

}  // namespace btcw::cli
