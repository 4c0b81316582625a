#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "btcw/base/notification.h"
#include "btcw/base/result.h"

namespace btcw {

/// Programs whose webhook bodies are understood.
enum class WebhookSource { freqtrade, tradingview, alertmanager };
std::string_view to_string(WebhookSource source);
/// Errors: invalid_input with the names there are.
Result<WebhookSource> parse_webhook_source(std::string_view name);

/// A longer body is no webhook.
inline constexpr std::size_t kMaxWebhookBytes = std::size_t{1024} * 1024;

/// The messages that a webhook's body stands for. They have no id yet; `created` is `now`.
///
/// Freqtrade (docs: webhook config, and the fields of its messages in JSON or as a form): one
/// message. TradingView: one message; a JSON object's known members, or the text as it is.
/// Alertmanager (version 4): one message for each alert of the group, for each has a fate and an
/// identity of its own; a group over 20 alerts becomes one message that lists them.
/// Errors: bad_data (too long, not UTF-8, not what the source sends, nothing to tell).
Result<std::vector<Notification>> read_webhook(WebhookSource source, std::string_view body,
                                               UtcTime now);

}  // namespace btcw
