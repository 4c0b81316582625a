#include "btcw/drain/routing.h"

#include <algorithm>

namespace btcw {
namespace {

/// Whether the channel has every tag of "a,b".
bool has_all(const ChannelRoute& route, std::string_view wanted) {
  while (!wanted.empty()) {
    const std::string_view tag = wanted.substr(0, wanted.find(','));
    wanted.remove_prefix(std::min(wanted.size(), tag.size() + 1));
    if (tag.empty()) continue;
    if (std::find(route.tags.begin(), route.tags.end(), tag) == route.tags.end()) return false;
  }
  return true;
}

bool matches(const ChannelRoute& route, const std::vector<std::string>& tags) {
  return std::any_of(tags.begin(), tags.end(),
                     [&](const std::string& wanted) { return has_all(route, wanted); });
}

void add(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

void add_named(const Notification& message, const ChannelRoutes& routes, RoutePlan& plan) {
  for (const std::string& name : message.channels) {
    const auto route = routes.find(name);
    const bool known =
        name.starts_with(kAdHocPrefix) || (route != routes.end() && route->second.enabled);
    add(known ? plan.channels : plan.unknown, name);
  }
}

template <typename Wanted>
void add_matching(const ChannelRoutes& routes, Wanted wanted, RoutePlan& plan) {
  for (const auto& [name, route] : routes) {
    if (route.enabled && wanted(route)) add(plan.channels, name);
  }
}

/// FNV-1a folded to 16 bits; no secret depends on it.
std::uint16_t hash_of(const std::vector<std::string>& names) {
  std::uint32_t value = 0x811c9dc5U;
  for (const std::string& name : names) {
    for (const char c : name) value = (value ^ static_cast<unsigned char>(c)) * 0x01000193U;
    value = (value ^ 0xffU) * 0x01000193U;
  }
  return static_cast<std::uint16_t>(value ^ (value >> 16U));
}

}  // namespace

RoutePlan plan_routes(const Notification& message, const ChannelRoutes& routes) {
  RoutePlan plan;
  if (!message.channels.empty()) {
    add_named(message, routes, plan);
  } else if (!message.tags.empty()) {
    add_matching(
        routes, [&](const ChannelRoute& route) { return matches(route, message.tags); }, plan);
  }
  if (plan.channels.empty() && plan.unknown.empty()) {
    add_matching(
        routes, [](const ChannelRoute& route) { return route.by_default; }, plan);
  }
  while (plan.channels.size() > RoutePlan::kMostChannels) {
    plan.unknown.push_back(std::move(plan.channels.back()));
    plan.channels.pop_back();
  }
  plan.hash = hash_of(plan.channels);
  return plan;
}

}  // namespace btcw
