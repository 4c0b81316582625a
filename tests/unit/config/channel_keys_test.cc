// What a kind of channel can be told, the configuration can say, and the other way round.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <string_view>

#include "btcw/config/keys.h"
#include "btcw/notify/channel.h"

using btcw::channel_kinds;
using btcw::ChannelKind;
using btcw::ChannelOption;
using btcw::config_keys;
using btcw::ConfigKey;

namespace {

constexpr std::string_view kFamily = "channel.*.";

/// What every section may say, whatever its type: the routing.
const std::set<std::string_view> kOfEveryKind{
    "type",    "enabled", "default",  "tags",  "per_minute",  "per_hour",
    "per_day", "quiet",   "timezone", "batch", "escalate_to", "escalate_after",
};

/// "headers" is a list in the configuration and an option a header in the kind.
std::string key_of(const ChannelOption& option) {
  return std::string{kFamily}.append(option.key == "header.*" ? "headers" : option.key);
}

const ConfigKey* find(std::string_view path) {
  const auto keys = config_keys();
  const auto* const found = std::find_if(keys.data(), keys.data() + keys.size(),
                                         [&](const ConfigKey& key) { return key.path == path; });
  return found == keys.data() + keys.size() ? nullptr : found;
}

}  // namespace

TEST_CASE("every option of every kind of channel is a key of the configuration") {
  for (const ChannelKind& kind : channel_kinds()) {
    for (const ChannelOption& option : kind.options) {
      CAPTURE(kind.type, option.key);
      const ConfigKey* const key = find(key_of(option));
      REQUIRE(key != nullptr);
      // What is a secret of one kind must not stand in the clear for any: a plain option of another
      // kind may share its key.
      const bool is_headers = option.key == "header.*";
      if (option.secret && !is_headers) CHECK(key->is_secret());
      CHECK(kOfEveryKind.count(option.key) == 0);
    }
  }
}

TEST_CASE("every key of a channel's section is an option of some kind, or of the routing") {
  std::set<std::string> known;
  for (const std::string_view key : kOfEveryKind) known.insert(std::string{kFamily}.append(key));
  for (const ChannelKind& kind : channel_kinds()) {
    for (const ChannelOption& option : kind.options) known.insert(key_of(option));
  }
  std::set<std::string> there;
  for (const ConfigKey& key : config_keys()) {
    if (key.path.starts_with(kFamily)) there.emplace(key.path);
  }
  CHECK(there == known);
}
