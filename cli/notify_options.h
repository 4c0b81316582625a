#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "adhoc_channels.h"
#include "btcw/base/notification.h"
#include "btcw/config/config.h"
#include "btcw/notify/webhook_body.h"
#include "btcw/queue/queue.h"
#include "session.h"

namespace btcw::cli {

/// What `btcw notify` was asked for.
struct NotifyOptions {
  std::vector<std::string> words = {};  ///< the text
  std::string title = {};
  std::optional<Priority> priority = std::nullopt;
  std::vector<std::string> channels = {};
  std::vector<std::string> tags = {};
  std::vector<std::string> urls = {};
  std::vector<std::string> attachments = {};
  std::string dedup_key = {};
  std::optional<milliseconds> dedup_window = std::nullopt;
  std::optional<milliseconds> ttl = std::nullopt;
  std::optional<milliseconds> delay = std::nullopt;
  std::optional<UtcTime> at = std::nullopt;
  std::optional<WebhookSource> from = std::nullopt;
  bool now = false;
  bool dry_run = false;
  bool ndjson = false;
};

/// Turns what was asked for, and what stands on stdin, into messages. It borrows what it is made
/// with.
class NotifyMessages {
 public:
  NotifyMessages(const NotifyOptions& options, const Config& config, AdHocChannels& adhoc,
                 Session& session)
      : options_{options}, config_{config}, adhoc_{adhoc}, session_{session} {}

  /// The channels of the options: checked, ad-hoc ones kept. Called first.
  /// Errors: invalid_input (no such channel, not a URL), unavailable.
  Result<void> find_channels();
  /// The messages of one call without --ndjson.
  /// Errors: invalid_input (neither text nor title, a file that is not there), bad_data (of
  /// --from).
  Result<std::vector<Queue::NewMessage>> read();
  /// The message of one line of --ndjson.
  /// Errors: bad_data, invalid_input.
  Result<Queue::NewMessage> read_line(std::string_view line);

 private:
  Result<std::string> text();
  Result<void> add_attachments(Notification& message) const;
  /// What the options say about any message, and what the queue needs.
  Queue::NewMessage complete(Notification message) const;
  [[nodiscard]] Result<void> check_channels(const std::vector<std::string>& names) const;

  const NotifyOptions& options_;
  const Config& config_;
  AdHocChannels& adhoc_;
  Session& session_;
  std::vector<std::string> channels_ = {};
};

}  // namespace btcw::cli
