#include "btcw/config/agenda_sections.h"

#include <algorithm>
#include <set>

#include "btcw/base/quoted.h"
#include "btcw/config/url_text.h"
#include "btcw/schedule/timetable.h"

namespace btcw {
namespace {

// The fault of a list of channels, or an empty text.
std::string channel_fault(const Config& config, const std::vector<std::string>& channels) {
  for (const std::string& name : channels) {
    // Without any channel configured, one called "file" stands in.
    const bool stands_in = config.channels.empty() && name == "file";
    if (!stands_in && !config.channels.contains(name)) {
      return "there is no channel " + btcw::quoted(name);
    }
  }
  return {};
}

}  // namespace

Result<std::string> read_cron(std::string_view text) {
  const auto timetable = schedule::parse_timetable(text);
  if (!timetable) return timetable.error();
  return std::string{text};
}

Result<std::string> read_ping_url(std::string_view text) {
  const std::string_view address = text.substr(0, std::min(text.find('?'), text.size()));
  const std::string_view query = text.substr(address.size());
  const bool is_clean = std::all_of(query.begin(), query.end(),
                                    [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
  const auto url = read_http_url(address);
  if (is_clean && url && !url->empty()) return std::string{text};
  return Error{Errc::invalid_input,
               "expected an address that begins with http:// or https://, without a user"};
}

std::vector<ListFault> find_schedule_faults(const Config& config) {
  std::vector<ListFault> faults;
  std::set<std::string> names;
  for (std::size_t i = 0; i < config.schedules.size(); ++i) {
    const ScheduleOptions& one = config.schedules[i];
    if (!names.insert(one.name).second) {
      faults.push_back({i, "name", "another schedule has the name " + btcw::quoted(one.name)});
    }
    const ScheduleFault fault = find_fault(one);
    if (!fault.message.empty()) faults.push_back({i, fault.key, fault.message});
    std::string channel = channel_fault(config, one.channels);
    if (!channel.empty()) faults.push_back({i, "channels", std::move(channel)});
    if (one.ping_url.empty()) continue;
    const auto url = read_ping_url(one.ping_url);
    if (!url) faults.push_back({i, "ping_url", url.error().message});
  }
  return faults;
}

std::vector<ListFault> find_heartbeat_faults(const Config& config) {
  std::vector<ListFault> faults;
  std::set<std::string> names;
  for (std::size_t i = 0; i < config.heartbeats.size(); ++i) {
    const HeartbeatOptions& one = config.heartbeats[i];
    if (!names.insert(one.name).second) {
      faults.push_back({i, "name", "another heartbeat has the name " + btcw::quoted(one.name)});
    }
    if (one.every > one.max_age) {
      faults.push_back({i, "every", "longer than max_age: it would be noticed late"});
    }
    std::string channel = channel_fault(config, one.channels);
    if (!channel.empty()) faults.push_back({i, "channels", std::move(channel)});
  }
  return faults;
}

std::optional<std::string> find_wrong_strengths(const Config& config) {
  const SignalOptions& signals = config.signals;
  if (signals.strong >= signals.medium && signals.medium >= signals.weak) return std::nullopt;
  return "signals.strong, medium and weak have to go down";
}

std::optional<std::string> find_unknown_signal_channel(const Config& config) {
  std::string fault = channel_fault(config, config.signals.channels);
  if (fault.empty()) return std::nullopt;
  return "signals.channels: " + fault;
}

}  // namespace btcw
