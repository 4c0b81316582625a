#include "role_listing.h"

#include <fmt/format.h>

#include <algorithm>

namespace btcw::cli {
namespace {

std::string_view origin_of(const LoadedConfig& loaded, std::string_view key) {
  const auto found = std::find_if(loaded.origins.begin(), loaded.origins.end(),
                                  [&](const ConfigOrigin& one) { return one.key == key; });
  return found == loaded.origins.end() ? "default" : std::string_view{found->origin};
}

}  // namespace

std::vector<RoleUse> list_roles(const LoadedConfig& loaded) {
  const DeploymentOptions& deployment = loaded.config.deployment;
  std::vector<RoleUse> uses;
  for (const Role role : kRoles) {
    const bool by_plan = deployment.choice(role) == RoleChoice::plan;
    const std::string key = fmt::format("deployment.{}", by_plan ? "plan" : to_string(role));
    uses.push_back({.role = to_string(role),
                    .uses = describe(role, deployment.backing(role)),
                    .why = by_plan ? fmt::format("plan {}", to_string(deployment.plan)) : key,
                    .origin = std::string{origin_of(loaded, key)}});
  }
  return uses;
}

}  // namespace btcw::cli
