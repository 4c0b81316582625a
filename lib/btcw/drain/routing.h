#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/notification.h"
#include "btcw/drain/channel_route.h"

namespace btcw {

/// The configured channels by name.
using ChannelRoutes = std::map<std::string, ChannelRoute, std::less<>>;

/// An ad-hoc channel's name begins so; what follows names the file that holds its URL.
inline constexpr std::string_view kAdHocPrefix = "adhoc:";

/// Where a message goes.
struct RoutePlan {
  std::vector<std::string> channels = {};  ///< at most kMostChannels, each once
  std::vector<std::string> unknown = {};   ///< named by the message, but not configured or disabled
  std::uint16_t hash = 0;                  ///< of `channels`: DeliveryProgress::plan

  static constexpr std::size_t kMostChannels = 32;
};

/// The channels a message names; else, when it has tags, those that match one of them, where
/// "a,b" matches a channel that has both; else, also when no tag matches, the channels that are
/// `by_default`. Pure.
RoutePlan plan_routes(const Notification& message, const ChannelRoutes& routes);

}  // namespace btcw
