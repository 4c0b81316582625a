#pragma once

#include <optional>
#include <string>
#include <vector>

#include "btcw/base/time.h"
#include "btcw/drain/delivery_log.h"
#include "btcw/notify/channel.h"
#include "btcw/schedule/quiet_hours.h"

namespace btcw {

/// One `[channel.NAME]`: what it is, and which messages reach it when. Move-only, for it holds
/// secrets.
struct ChannelRoute {
  std::string type = {};          ///< of a ChannelKind
  ChannelSettings settings = {};  ///< with the name
  bool enabled = true;            ///< false: as if it were not there
  std::string fault = {};         ///< why it cannot be used for now, e.g. a secret is not to be had
  /// Messages with tags reach the channels that have them (see plan_routes()).
  std::vector<std::string> tags = {};
  /// Whether messages that name neither channels nor tags reach it.
  bool by_default = true;
  Caps caps = {};
  std::string quiet = {};          ///< "22:00-07:00", empty: never quiet; urgent ones pass
  std::string timezone = "local";  ///< of `quiet`
  milliseconds batch = {};         ///< normal and low ones are gathered for so long; 0: not
  std::string escalate_to = {};    ///< the channel that urgent ones go to when this one fails
  milliseconds escalate_after = std::chrono::minutes{5};

  [[nodiscard]] const std::string& name() const { return settings.name; }
};

}  // namespace btcw
