#include "btcw/config/channel_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/base/time_zone.h"
#include "btcw/config/keys.h"
#include "btcw/schedule/quiet_hours.h"

namespace btcw {
namespace {

std::string types_near(std::string_view type) {
  std::vector<std::string_view> known;
  for (const ChannelKind& kind : channel_kinds()) known.push_back(kind.type);
  const auto near = nearest(type, known, 1);
  if (!near.empty()) return fmt::format("did you mean '{}'?", near.front());
  std::string all;
  for (const std::string_view each : known) all += (all.empty() ? "" : ", ") + std::string{each};
  return "there are " + all;
}

/// What a webhook has as one option a header stands in the configuration as one list.
constexpr std::string_view kHeaders = "headers";
constexpr std::string_view kAnyHeader = "header.*";

const ChannelOption* find_option(const ChannelKind& kind, std::string_view key) {
  const auto found = std::find_if(kind.options.begin(), kind.options.end(),
                                  [&](const ChannelOption& option) { return option.key == key; });
  return found == kind.options.end() ? nullptr : &*found;
}

/// Whether a key is read as a secret, which may not have been fetched.
bool is_secret_somewhere(std::string_view key) {
  const auto keys = config_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const ConfigKey& row) {
    return row.is_secret() && row.path == "channel.*." + std::string{key};
  });
}

std::optional<std::string> find_wrong_key(const ChannelKind& kind,
                                          const ChannelSettings& settings) {
  std::vector<std::string_view> given;
  for (const auto& [key, value] : settings.values) given.push_back(key);
  for (const auto& [key, value] : settings.secrets) given.push_back(key);
  for (const std::string_view key : given) {
    if (find_option(kind, key) != nullptr) continue;
    if (key == kHeaders && find_option(kind, kAnyHeader) != nullptr) continue;
    std::string known;
    for (const ChannelOption& option : kind.options) {
      known += (known.empty() ? "" : ", ");
      known += option.key == kAnyHeader ? kHeaders : option.key;
    }
    return fmt::format("'{}' is no key of a channel of type {}; its keys are {}", key, kind.type,
                       known);
  }
  return std::nullopt;
}

std::optional<std::string> find_fault_of(const ChannelRoute& route, const ChannelRoutes& all) {
  if (route.type.empty()) return "type is missing: " + types_near("");
  const ChannelKind* const kind = find_channel_kind(route.type);
  if (kind == nullptr) {
    return fmt::format("no such type of channel: {}: {}", btcw::quoted(route.type),
                       types_near(route.type));
  }
  if (auto wrong = find_wrong_key(*kind, route.settings)) return wrong;
  for (const ChannelOption& option : kind->options) {
    if (option.required && !is_secret_somewhere(option.key) &&
        !route.settings.values.contains(option.key)) {
      return fmt::format("{} is missing: {}", option.key, option.help);
    }
  }
  if (!route.escalate_to.empty() && !all.contains(route.escalate_to)) {
    return fmt::format("escalate_to: there is no channel {}", btcw::quoted(route.escalate_to));
  }
  return std::nullopt;
}

void take_headers(ChannelSettings& settings) {
  const auto found = settings.values.find(kHeaders);
  if (found == settings.values.end()) return;
  std::string_view lines = found->second;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const auto colon = std::min(line.find(':'), line.size());
    std::string_view value = line.substr(std::min(line.size(), colon + 1));
    while (value.starts_with(' ')) value.remove_prefix(1);
    settings.secrets.insert_or_assign("header." + std::string{line.substr(0, colon)},
                                      Secret{std::string{value}});
  }
  settings.values.erase(found);
}

}  // namespace

Result<void> check_channel_name(std::string_view name) {
  if (name.size() <= 64) return {};
  return Error{Errc::invalid_input, "the name of a channel has at most 64 characters"};
}

Result<std::string> read_time_zone(std::string_view text) {
  const auto zone = TimeZone::find(text);
  if (!zone) return zone.error();
  return std::string{text};
}

Result<std::string> read_quiet_hours(std::string_view text) {
  if (text.empty()) return std::string{};
  const auto hours = QuietHours::parse(text, TimeZone::utc());
  if (!hours) return hours.error();
  return std::string{text};
}

std::optional<std::string> find_channel_fault(const Config& config) {
  for (const auto& [name, route] : config.channels) {
    if (auto fault = find_fault_of(route, config.channels)) {
      return fmt::format("channel.{}: {}", name, *fault);
    }
  }
  return std::nullopt;
}

void sort_channel_settings(Config& config) {
  for (auto& [name, route] : config.channels) {
    route.settings.name = name;
    const ChannelKind* const kind = find_channel_kind(route.type);
    if (kind == nullptr) continue;
    if (find_option(*kind, kAnyHeader) != nullptr) take_headers(route.settings);
    auto& secrets = route.settings.secrets;
    for (auto at = secrets.begin(); at != secrets.end();) {
      const ChannelOption* const option = find_option(*kind, at->first);
      if (option == nullptr || option->secret) {
        ++at;
        continue;
      }
      route.settings.values.insert_or_assign(at->first, std::string{at->second.reveal()});
      at = secrets.erase(at);
    }
  }
}

}  // namespace btcw
