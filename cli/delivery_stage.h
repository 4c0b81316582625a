#pragma once

#include <memory>
#include <utility>

#include "adhoc_channels.h"
#include "btcw/config/config.h"
#include "btcw/drain/drainer.h"
#include "btcw/drain/lazy_delivery_log.h"
#include "btcw/net/net_transport.h"
#include "session.h"

namespace btcw::cli {

/// Everything that delivering needs beside a queue, made of the configuration: the channels, the
/// delivery log, the network once a channel asks for it.
class DeliveryStage {
 public:
  /// `config` has its secrets; its channels are moved out. Without any, a channel `file` stands in
  /// that appends to STATE_DIR/notifications.ndjson.
  DeliveryStage(Config config, Session& session)
      : DeliveryStage{AdHocChannels{config}, std::move(config), session} {}
  /// With ad-hoc channels that were kept before.
  DeliveryStage(AdHocChannels adhoc, Config config, Session& session);

  [[nodiscard]] ChannelSet& channels() { return channels_; }
  [[nodiscard]] DrainPorts ports(Queue& queue);
  /// STATE_DIR/deliveries.db, once it is needed; what is sent is counted in memory alone where it
  /// cannot be opened.
  [[nodiscard]] DeliveryLog& deliveries() { return deliveries_; }
  [[nodiscard]] const AdHocChannels& adhoc() const { return adhoc_; }

 private:
  Result<NetTransport*> network();
  Result<std::string> bearer_token(std::string_view audience);

  Session& session_;
  Config config_;
  AdHocChannels adhoc_;
  std::unique_ptr<CommandRunner> commands_;
  std::unique_ptr<NetTransport> network_ = nullptr;
  LazyDeliveryLog deliveries_;
  ChannelSet channels_;
};

/// The channels of the configuration, or the one that stands in for them.
ChannelRoutes routes_of(Config& config);

}  // namespace btcw::cli
