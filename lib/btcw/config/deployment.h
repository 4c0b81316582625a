#pragma once

#include <array>
#include <span>
#include <string_view>

namespace btcw {

/// How much of the work is left to Redis.
enum class Plan {
  none,     ///< nothing
  minimal,  ///< the price cache
  full,     ///< all four roles, for several hosts
};

/// What Redis can do here.
enum class Role {
  price_cache,
  sessions,  ///< the list of revoked tokens
  queue,     ///< the messages of `notify`
  fan_out,   ///< tickers from host to host
};
inline constexpr std::array kRoles{Role::price_cache, Role::sessions, Role::queue, Role::fan_out};

/// Who does the work of a role.
enum class Backing {
  local,  ///< this host alone: a file, or memory
  redis,
};

/// What is configured for one role.
enum class RoleChoice { plan, local, redis };

/// The `[deployment]` section.
struct DeploymentOptions {
  Plan plan = Plan::none;
  RoleChoice price_cache = RoleChoice::plan;
  RoleChoice sessions = RoleChoice::plan;
  RoleChoice queue = RoleChoice::plan;
  RoleChoice fan_out = RoleChoice::plan;

  [[nodiscard]] RoleChoice choice(Role role) const;
  [[nodiscard]] Backing backing(Role role) const;
  /// Whether any role is Redis'. Where none is, no connection to Redis is ever made.
  [[nodiscard]] bool uses_redis() const;
  /// Whether messages or revoked tokens are: what RedisInstance::durable is for.
  [[nodiscard]] bool uses_durable_redis() const;
};

/// In the order of Plan.
inline constexpr std::array<std::string_view, 3> kPlanWords{"none", "minimal", "full"};
/// What may be chosen for a role, in the order of RoleChoice.
inline constexpr std::array<std::string_view, 3> kPriceCacheWords{"plan", "local", "redis"};
inline constexpr std::array<std::string_view, 3> kSessionsWords{"plan", "file", "redis"};
inline constexpr std::array<std::string_view, 3> kQueueWords{"plan", "file", "redis"};
inline constexpr std::array<std::string_view, 3> kFanOutWords{"plan", "memory", "redis"};

/// Those of that role.
std::span<const std::string_view> role_words(Role role);
std::string_view to_string(Plan plan);
/// The last part of its key: "price_cache".
std::string_view to_string(Role role);
/// "local", "file", "memory" or "redis".
std::string_view describe(Role role, Backing backing);

}  // namespace btcw
