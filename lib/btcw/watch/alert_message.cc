#include "btcw/watch/alert_message.h"

#include <fmt/format.h>

#include "btcw/base/notification_json.h"

namespace btcw {
namespace {

/// For channels that hand the message on to a program.
std::string details_of(const AlertEvent& event) {
  std::string name;
  append_json_escaped(name, event.alert.name);
  std::string details =
      fmt::format(R"({{"alert":"{}","event":"{}","symbol":"{}")", name,
                  event.event.kind == rules::EventKind::fired ? "fired" : "resolved",
                  event.about.symbol.text());
  if (event.reading.ticker != nullptr) {
    fmt::format_to(std::back_inserter(details), R"(,"exchange":"{}","last":{})",
                   event.reading.ticker->exchange.text(), event.reading.ticker->last.to_string());
  }
  return details += '}';
}

}  // namespace

std::optional<Notification> message_of(const AlertEvent& event) {
  const Alert& alert = event.alert;
  const bool resolved = event.event.kind == rules::EventKind::resolved;
  if (resolved && !alert.resolve_message) return std::nullopt;
  // Without a ticker a rule is not known to hold, and does not fire.
  if (event.reading.ticker == nullptr) return std::nullopt;
  const rules::MessageContext context{
      .name = alert.name, .rule = alert.rule, .reading = event.reading, .event = event.event};
  // What was simulated says so, whatever the text is.
  const bool is_simulated = event.reading.ticker->exchange.text() == "demo";
  return Notification{.id = event_id(event),
                      .title = (is_simulated ? "DEMO: " : "") + alert.title.render(context),
                      .body = (resolved ? *alert.resolve_message : alert.message).render(context),
                      .priority = alert.priority,
                      .channels = alert.channels,
                      .tags = alert.tags,
                      .created = event.event.at,
                      .extra_json = details_of(event)};
}

UtcTime due_of(const AlertEvent& event) {
  const UtcTime now = event.event.at;
  if (!event.alert.quiet || event.alert.priority == Priority::urgent) return now;
  return event.alert.quiet->ends(now).value_or(now);
}

}  // namespace btcw
