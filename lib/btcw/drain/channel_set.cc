#include "btcw/drain/channel_set.h"

#include <fmt/format.h>

#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/token/hmac.h"

namespace btcw {
namespace {

std::string hmac_sha256(std::string_view key, std::string_view data) {
  return std::string{token::HmacKey{token::Hash::sha256, key}.mac(data).view()};
}

ChannelSettings copy_of(const ChannelSettings& settings) {
  ChannelSettings copy{.name = settings.name, .values = settings.values};
  for (const auto& [key, secret] : settings.secrets) copy.secrets.emplace(key, secret.clone());
  return copy;
}

}  // namespace

const ChannelRoute* ChannelSet::route(std::string_view name) {
  auto found = routes_.find(name);
  if (found == routes_.end() && name.starts_with(kAdHocPrefix) && add_adhoc(name)) {
    found = routes_.find(name);
  }
  return found == routes_.end() ? nullptr : &found->second;
}

Result<void> ChannelSet::add_adhoc(std::string_view name) {
  const auto url = ports_.adhoc_url(name.substr(kAdHocPrefix.size()));
  if (!url) return url.error();
  auto channel = channel_from_url(*url, name);
  if (!channel) return std::move(channel).error();
  routes_.emplace(name, ChannelRoute{.type = std::string{channel->kind->type},
                                     .settings = std::move(channel->settings),
                                     .by_default = false});
  return {};
}

Result<Channel*> ChannelSet::open(std::string_view name) {
  if (const auto found = open_.find(name); found != open_.end()) return found->second.get();
  auto found = routes_.find(name);
  if (found == routes_.end() && name.starts_with(kAdHocPrefix)) {
    if (auto added = add_adhoc(name); !added) return std::move(added).error();
    found = routes_.find(name);
  }
  if (found == routes_.end()) {
    return Error{Errc::not_found, fmt::format("no channel {} is configured", btcw::quoted(name))};
  }
  auto channel = make(found->second);
  if (!channel) return std::move(channel).error().within(name);
  return open_.emplace(name, *std::move(channel)).first->second.get();
}

Result<std::unique_ptr<Channel>> ChannelSet::make(ChannelRoute& route) {
  if (!route.fault.empty()) return Error{Errc::unavailable, route.fault};
  const ChannelKind* const kind = find_channel_kind(route.type);
  if (kind == nullptr) {
    return Error{Errc::invalid_input, fmt::format("no such type: {}", btcw::quoted(route.type))};
  }
  if (kind->reach == ChannelReach::network && network_ == nullptr) {
    auto network = ports_.network();
    if (!network) return std::move(network).error();
    network_ = *network;
  }
  return kind->make(copy_of(route.settings), {.http = network_,
                                              .mail = network_,
                                              .commands = ports_.commands,
                                              .clock = ports_.clock,
                                              .out = ports_.out,
                                              .hmac_sha256 = hmac_sha256,
                                              .bearer_token = ports_.bearer_token});
}

}  // namespace btcw
