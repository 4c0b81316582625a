#include "delivery_stage.h"

#include <utility>

#include "btcw/online/online.h"
#include "btcw/process/posix_command_runner.h"
#include "channel_token.h"

namespace btcw::cli {

ChannelRoutes routes_of(Config& config) {
  ChannelRoutes routes = std::move(config.channels);
  config.channels.clear();
  if (!routes.empty()) return routes;
  ChannelRoute file{.type = "file"};
  file.settings.name = "file";
  file.settings.values["path"] = config.general.state_dir / "notifications.ndjson";
  routes.emplace("file", std::move(file));
  return routes;
}

DeliveryStage::DeliveryStage(AdHocChannels adhoc, Config config, Session& session)
    : session_{session},
      config_{std::move(config)},
      adhoc_{std::move(adhoc)},
      commands_{make_posix_command_runner(session.environment, session.clock)},
      deliveries_{[this] {
                    return open_delivery_log(config_.general.state_dir / "deliveries.db",
                                             session_.clock);
                  },
                  session.log},
      channels_{
          routes_of(config_),
          {.network = [this] { return network(); },
           .commands = *commands_,
           .clock = session.clock,
           .out = session.out,
           .bearer_token = [this](std::string_view audience) { return bearer_token(audience); },
           .adhoc_url = [this](std::string_view name) { return adhoc_.read(name); }}} {}

DrainPorts DeliveryStage::ports(Queue& queue) {
  return {.queue = queue,
          .channels = channels_,
          .deliveries = deliveries_,
          .commands = *commands_,
          .clock = session_.clock,
          .random = session_.random,
          .log = session_.log,
          .signals = session_.signals};
}

Result<NetTransport*> DeliveryStage::network() {
  if (network_ != nullptr) return network_.get();
  const auto online = load_online();
  if (!online) return online.error();
  network_ = (*online)->make_http(std::move(config_.http), session_.clock, session_.log);
  return network_.get();
}

Result<std::string> DeliveryStage::bearer_token(std::string_view audience) {
  return make_channel_token(config_.token, audience, session_);
}

}  // namespace btcw::cli
