#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/notification.h"
#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/net/http.h"

namespace btcw {

/// What became of one attempt.
enum class DeliveryResult {
  delivered,
  transient,     ///< try again later
  rate_limited,  ///< nothing to this channel before `retry_at`
  permanent,     ///< trying again will not help
  ambiguous,     ///< sent, but no answer: it may have arrived
};

struct Delivery {
  DeliveryResult result = DeliveryResult::delivered;
  std::string detail = {};  ///< one line; never a secret
  std::optional<UtcTime> retry_at = std::nullopt;
};
using DeliveryDone = std::function<void(Delivery)>;

/// One key of a `[channel.NAME]` section.
struct ChannelOption {
  std::string_view key;
  std::string_view help;
  bool required = false;
  bool secret = false;
  std::string_view fallback = {};
};

/// The values of one section: checked against the kind's options, secrets fetched.
struct ChannelSettings {
  std::string name;  ///< the NAME of the section
  std::map<std::string, std::string, std::less<>> values = {};
  std::map<std::string, Secret, std::less<>> secrets = {};
};

/// What a channel may use.
struct ChannelPorts {
  HttpTransport& http;
  const Clock& clock;
};

/// One place where people read. One thread uses an object; attempts to one channel are made one
/// after the other.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Begins one attempt; `done` is called once, from ChannelPorts::http.drive() or before start()
  /// returns.
  virtual void deliver(const Notification& notification, DeliveryDone done) = 0;
  /// What an attempt would send, with secrets as "********": for --dry-run.
  virtual std::string preview(const Notification& notification) = 0;
};

/// A row of the table of channels.
struct ChannelKind {
  std::string_view type;  ///< "telegram"
  std::span<const ChannelOption> options;
  /// Errors: invalid_input (a value that cannot be), rejected (a secret that is missing).
  Result<std::unique_ptr<Channel>> (*make)(ChannelSettings settings, ChannelPorts ports);
  /// The settings that an Apprise URL of this kind stands for; nullopt where `scheme` is of another
  /// kind. Errors: invalid_input, without the URL in the message.
  std::optional<Result<ChannelSettings>> (*from_url)(std::string_view url);
};

std::span<const ChannelKind> channel_kinds();
/// nullptr when there is none of that type.
const ChannelKind* find_channel_kind(std::string_view type);

}  // namespace btcw
