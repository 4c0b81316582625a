// TradingView alerts: https://www.tradingview.com/support/solutions/43000529348/ - the body is the
// alert's message as its owner wrote it, JSON or not.
#include "btcw/notify/webhook_sources.h"
#include "btcw/notify/webhook_text.h"

namespace btcw {
namespace {

/// What the owner wrote as an object, by the names that are in use.
Notification from_object(const WebhookValue& alert, UtcTime now) {
  Notification message{};
  message.created = now;
  const std::string_view ticker = alert.first_scalar({"ticker", "symbol", "pair"});
  const std::string_view action = alert.first_scalar({"action", "side", "order_action"});
  message.title = webhook_line(alert.first_scalar({"title", "subject"}));
  if (message.title.empty()) {
    const std::string what = std::string{action} + " " + std::string{ticker};
    message.title = webhook_line(what);
    if (message.title.empty()) message.title = "TradingView";
  }
  message.body = webhook_text(alert.first_scalar(
      {"text", "message", "body", "content", "alert_message", "comment", "alert"}));
  if (message.body.empty()) {
    message.body =
        webhook_text(webhook_lines(alert, {"title", "subject", "priority", "dedup_key"}));
  }
  if (const auto priority = parse_priority(alert.scalar("priority"))) message.priority = *priority;
  add_webhook_tag(message.tags, "tradingview");
  add_webhook_tag(message.tags, ticker);
  message.dedup_key = webhook_line(alert.scalar("dedup_key"));
  return message;
}

}  // namespace

Result<std::vector<Notification>> read_tradingview(std::string_view body, UtcTime now) {
  const auto alert = read_webhook_json(body);
  Notification message{};
  message.created = now;
  if (alert && alert->kind == WebhookValue::Kind::object) {
    message = from_object(*alert, now);
  } else {
    // Also what only looks like JSON: a placeholder with a quote or a line end in it breaks the
    // owner's template, and the alert is still to be told.
    message.title = "TradingView";
    message.body = webhook_text(body);
    add_webhook_tag(message.tags, "tradingview");
  }
  if (message.body.empty()) return Error{Errc::bad_data, "nothing to tell"};
  return std::vector{std::move(message)};
}

}  // namespace btcw
