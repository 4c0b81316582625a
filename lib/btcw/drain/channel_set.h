#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "btcw/drain/routing.h"
#include "btcw/net/net_transport.h"
#include "btcw/notify/channel.h"

namespace btcw {

/// What channels are made with; all of it is borrowed.
struct ChannelSetPorts {
  /// The network, made on the first call. Errors: as load_online().
  std::function<Result<NetTransport*>()> network;
  CommandRunner& commands;
  const Clock& clock;
  std::FILE* out;
  std::function<Result<std::string>(std::string_view audience)> bearer_token;
  /// Reads the URL of an ad-hoc channel by the rest of its name.
  std::function<Result<std::string>(std::string_view name)> adhoc_url;
};

/// The channels that are in use, each made when the first message for it comes: a queue that holds
/// messages for a file needs no network.
class ChannelSet {
 public:
  ChannelSet(ChannelRoutes routes, ChannelSetPorts ports)
      : routes_{std::move(routes)}, ports_{std::move(ports)} {}

  [[nodiscard]] const ChannelRoutes& routes() const { return routes_; }
  /// The route of a channel, ad-hoc ones too. nullptr: there is none of that name.
  [[nodiscard]] const ChannelRoute* route(std::string_view name);
  /// The channel, owned by the set. Errors: not_found (no such channel, an ad-hoc one whose file is
  /// gone), invalid_input and rejected as ChannelKind::make, unavailable (the network module, a
  /// route with a fault).
  Result<Channel*> open(std::string_view name);
  /// Puts a channel in the place of the one that would be made for that name.
  void put(std::string name, std::unique_ptr<Channel> channel) {
    open_.insert_or_assign(std::move(name), std::move(channel));
  }
  /// nullptr while no channel needed it.
  [[nodiscard]] NetTransport* network() const { return network_; }

 private:
  Result<void> add_adhoc(std::string_view name);
  Result<std::unique_ptr<Channel>> make(ChannelRoute& route);

  ChannelRoutes routes_;
  ChannelSetPorts ports_;
  NetTransport* network_ = nullptr;
  std::map<std::string, std::unique_ptr<Channel>, std::less<>> open_;
};

}  // namespace btcw
