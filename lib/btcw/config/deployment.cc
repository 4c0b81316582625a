#include "btcw/config/deployment.h"

#include <algorithm>
#include <cstddef>

namespace btcw {
namespace {

Backing backing_by_plan(Plan plan, Role role) {
  switch (plan) {
    case Plan::none:
      return Backing::local;
    case Plan::minimal:
      return role == Role::price_cache ? Backing::redis : Backing::local;
    case Plan::full:
      break;
  }
  return Backing::redis;
}

}  // namespace

RoleChoice DeploymentOptions::choice(Role role) const {
  switch (role) {
    case Role::price_cache:
      return price_cache;
    case Role::sessions:
      return sessions;
    case Role::queue:
      return queue;
    case Role::fan_out:
      break;
  }
  return fan_out;
}

Backing DeploymentOptions::backing(Role role) const {
  switch (choice(role)) {
    case RoleChoice::local:
      return Backing::local;
    case RoleChoice::redis:
      return Backing::redis;
    case RoleChoice::plan:
      break;
  }
  return backing_by_plan(plan, role);
}

bool DeploymentOptions::uses_redis() const {
  return std::any_of(kRoles.begin(), kRoles.end(),
                     [this](Role role) { return backing(role) == Backing::redis; });
}

bool DeploymentOptions::uses_durable_redis() const {
  return backing(Role::queue) == Backing::redis || backing(Role::sessions) == Backing::redis;
}

std::string_view to_string(Plan plan) { return kPlanWords[static_cast<std::size_t>(plan)]; }

std::span<const std::string_view> role_words(Role role) {
  switch (role) {
    case Role::price_cache:
      return kPriceCacheWords;
    case Role::sessions:
      return kSessionsWords;
    case Role::queue:
      return kQueueWords;
    case Role::fan_out:
      break;
  }
  return kFanOutWords;
}

std::string_view to_string(Role role) {
  switch (role) {
    case Role::price_cache:
      return "price_cache";
    case Role::sessions:
      return "sessions";
    case Role::queue:
      return "queue";
    case Role::fan_out:
      break;
  }
  return "fan_out";
}

std::string_view describe(Role role, Backing backing) {
  return role_words(role)[backing == Backing::redis ? 2 : 1];
}

}  // namespace btcw
