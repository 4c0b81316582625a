#include "support/channel_ports.h"

#include <cassert>
#include <cstdio>
#include <map>
#include <optional>

#include "btcw/notify/channel_settings.h"
#include "btcw/token/hmac.h"

namespace btcw::test {

std::string test_hmac_sha256(std::string_view key, std::string_view data) {
  const token::Digest digest = token::HmacKey{token::Hash::sha256, key}.mac(data);
  return std::string{digest.view()};
}

ChannelPorts ScriptedPorts::ports() {
  return {.http = &http,
          .mail = nullptr,
          .commands = commands,
          .clock = clock,
          .out = stdout,
          .hmac_sha256 = test_hmac_sha256,
          .bearer_token = [](std::string_view) -> Result<std::string> { return "jwt-s3cret"; }};
}

ChannelSettings settings_for(std::string_view type,
                             const std::vector<std::pair<std::string, std::string>>& values) {
  const ChannelKind* kind = find_channel_kind(type);
  assert(kind != nullptr);
  ChannelSettings settings{.name = "test"};
  for (const auto& [key, value] : values) {
    const bool is_known =
        std::any_of(kind->options.begin(), kind->options.end(),
                    [&key = key](const ChannelOption& option) { return option.key == key; });
    if (is_known) {
      put_setting(settings, kind->options, key, value);
    } else {
      settings.values.emplace(key, value);
    }
  }
  return settings;
}

Result<std::unique_ptr<Channel>> make_channel(
    std::string_view type, const std::vector<std::pair<std::string, std::string>>& values,
    ChannelPorts ports) {
  const ChannelKind* kind = find_channel_kind(type);
  assert(kind != nullptr);
  return kind->make(settings_for(type, values), std::move(ports));
}

std::vector<std::pair<std::string, std::string>> sample_values(std::string_view type,
                                                               const std::string& base_url) {
  using Values = std::vector<std::pair<std::string, std::string>>;
  static const std::map<std::string_view, Values> kSamples{
      {"telegram", {{"token", "123:s3cret"}, {"chat", "-100"}}},
      {"discord", {{"id", "77"}, {"token", "s3cret"}}},
      {"slack", {{"token", "T0/B0/s3cret"}}},
      {"feishu", {{"token", "s3cret-hook"}, {"secret", "s3cret-key"}}},
      {"lark", {{"token", "s3cret-hook"}, {"secret", "s3cret-key"}}},
      {"dingtalk", {{"token", "s3cret-robot"}, {"secret", "SECs3cret"}}},
      {"wecom", {{"key", "s3cret"}}},
      {"ntfy", {{"topic", "prices"}, {"token", "tk_s3cret"}}},
      {"gotify", {{"token", "As3cret"}}},
      {"pushover", {{"token", "as3cret"}, {"user", "us3cret"}}},
      {"bark", {{"device_key", "s3cret"}}},
      {"matrix", {{"token", "syt_s3cret"}, {"room", "!room:example.org"}}},
      {"serverchan", {{"key", "SCTs3cret"}}},
      {"twilio", {{"sid", "AC1"}, {"token", "s3cret"}, {"from", "+15550001"}, {"to", "+15550002"}}},
  };
  const auto found = kSamples.find(type);
  assert(found != kSamples.end());
  Values values = found->second;
  values.emplace_back("base_url", base_url);
  return values;
}

Delivery deliver(Channel& channel, HttpTransport& http, const Notification& notification,
                 milliseconds timeout) {
  std::optional<Delivery> delivery;
  channel.deliver(notification, timeout,
                  [&delivery](Delivery done) { delivery = std::move(done); });
  while (!delivery && http.drive(SteadyTime::max()) > 0) {
  }
  // A channel that never says what became of a message is a fault of its own.
  assert(delivery.has_value());
  return *std::move(delivery);
}

}  // namespace btcw::test
