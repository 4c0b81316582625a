#pragma once

#include <cstdio>
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
#include "btcw/net/mail.h"
#include "btcw/notify/channel_url.h"
#include "btcw/process/command_runner.h"

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
  /// Always with rate_limited. With another result where the service says when the next request
  /// will be taken, after a success too.
  std::optional<UtcTime> retry_at = std::nullopt;
};
using DeliveryDone = std::function<void(Delivery)>;

/// One key of a `[channel.NAME]` section.
struct ChannelOption {
  std::string_view key;  ///< "header.*" stands for "header." with anything behind it
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

/// What a channel may use. All of it is borrowed and outlives the channel.
struct ChannelPorts {
  HttpTransport* http;  ///< never null for a kind that reaches the network
  MailTransport* mail;  ///< likewise
  CommandRunner& commands;
  const Clock& clock;
  std::FILE* out;  ///< where the channel `stdout` writes
  /// HMAC-SHA256 of `data`: 32 bytes.
  std::string (*hmac_sha256)(std::string_view key, std::string_view data);
  /// A short-lived JWT of btcw's own key for that audience, for Bearer authorization.
  std::function<Result<std::string>(std::string_view audience)> bearer_token;
};

/// One place where people read. One thread uses an object; attempts to one channel are made one
/// after the other.
class Channel {
 public:
  virtual ~Channel() = default;
  /// Begins one attempt that takes at most `timeout`; `done` is called once, from
  /// HttpTransport::drive(), CommandRunner::poll() or before this returns. A text that the service
  /// takes in several pieces goes piece after piece; a failure of a later piece is ambiguous, for
  /// the earlier ones have arrived, unless it is permanent.
  virtual void deliver(const Notification& notification, milliseconds timeout,
                       DeliveryDone done) = 0;
  /// What an attempt would send, with secrets as "********": for --dry-run. Lines of text.
  virtual std::string preview(const Notification& notification) = 0;
};

/// Whether a kind needs the network module.
enum class ChannelReach { local, network };

/// A row of the table of channels.
struct ChannelKind {
  std::string_view type;  ///< "telegram"
  ChannelReach reach;
  std::span<const ChannelOption> options;
  /// Errors: invalid_input (a value that cannot be), rejected (a secret that is missing).
  Result<std::unique_ptr<Channel>> (*make)(ChannelSettings settings, ChannelPorts ports);
  /// The Apprise schemes that stand for this kind: "tgram".
  std::span<const std::string_view> schemes;
  /// The settings that such a URL stands for. Errors: invalid_input, without the URL in the
  /// message.
  Result<ChannelSettings> (*from_url)(const ChannelUrl& url);
};

std::span<const ChannelKind> channel_kinds();
/// nullptr when there is none of that type.
const ChannelKind* find_channel_kind(std::string_view type);
/// The kind that an Apprise URL names, and the settings it stands for; `name` becomes theirs.
struct AdHocChannel {
  const ChannelKind* kind;
  ChannelSettings settings;
};
/// Errors: invalid_input (not a URL, an unknown scheme with the known ones nearest to it, a part
/// that is missing); never with the URL in the message.
Result<AdHocChannel> channel_from_url(std::string_view url, std::string_view name);

}  // namespace btcw
