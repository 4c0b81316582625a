#pragma once

#include <string>

#include "btcw/base/secret.h"
#include "btcw/config/config.h"

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

}  // namespace btcw::cli
