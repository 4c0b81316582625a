// Alertmanager's webhook, version 4:
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config - Grafana sends the same
// as version 1.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "btcw/base/quoted.h"
#include "btcw/notify/webhook_sources.h"
#include "btcw/notify/webhook_text.h"

namespace btcw {
namespace {

constexpr std::size_t kMostMessages = 20;
constexpr std::size_t kMostListed = 30;

constexpr std::array<std::string_view, 7> kUrgent{"critical", "page",  "emergency", "fatal",
                                                  "disaster", "error", "high"};
constexpr std::array<std::string_view, 5> kLow{"info", "informational", "notice", "low", "none"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const WebhookValue& object_or_empty(const WebhookValue& parent, std::string_view key) {
  static const WebhookValue kEmpty{};
  const WebhookValue* const value = parent.find(key);
  return value == nullptr ? kEmpty : *value;
}

bool is_resolved(const WebhookValue& alert) { return alert.scalar("status") == "resolved"; }

/// What is over is one step less pressing.
Priority priority_of(const WebhookValue& alert) {
  std::string severity{object_or_empty(alert, "labels").first_scalar({"severity", "priority"})};
  for (char& c : severity) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const bool resolved = is_resolved(alert);
  if (contains(kUrgent, severity)) return resolved ? Priority::normal : Priority::urgent;
  return resolved || contains(kLow, severity) ? Priority::low : Priority::normal;
}

std::string title_of(const WebhookValue& alert) {
  const WebhookValue& labels = object_or_empty(alert, "labels");
  std::string title = is_resolved(alert) ? "Resolved: " : "Firing: ";
  const std::string_view name = labels.scalar("alertname");
  title.append(name.empty() ? "alert" : name);
  const std::string_view where = labels.first_scalar({"instance", "pod", "host", "job"});
  if (!where.empty()) title.append(" (").append(where).append(")");
  return webhook_line(title);
}

std::string body_of(const WebhookValue& alert) {
  const WebhookValue& notes = object_or_empty(alert, "annotations");
  std::string body;
  const auto add = [&body](std::string_view before, std::string_view text) {
    if (!text.empty()) body.append(before).append(text).append("\n");
  };
  const std::string_view summary = notes.first_scalar({"summary", "title"});
  const std::string_view description = notes.first_scalar({"description", "message"});
  add("", summary);
  if (description != summary) add("", description);
  body += webhook_lines(object_or_empty(alert, "labels"), {"alertname"});
  add("since ", alert.scalar("startsAt"));
  if (is_resolved(alert)) add("until ", alert.scalar("endsAt"));
  add("", notes.scalar("runbook_url"));
  add("", alert.scalar("generatorURL"));
  return webhook_text(body);
}

/// Alertmanager tells of one alert again and again; it is the same while its status and its begin
/// are.
std::string dedup_key(const WebhookValue& alert) {
  const std::string_view fingerprint = alert.scalar("fingerprint");
  if (fingerprint.empty()) return {};
  return webhook_line(fmt::format("alertmanager:{}:{}:{}", fingerprint,
                                  is_resolved(alert) ? "resolved" : "firing",
                                  alert.scalar("startsAt")));
}

Notification message_of(const WebhookValue& alert, UtcTime now) {
  const WebhookValue& labels = object_or_empty(alert, "labels");
  Notification message{};
  message.title = title_of(alert);
  message.created = now;
  message.body = body_of(alert);
  if (message.body.empty()) message.body = message.title;
  message.priority = priority_of(alert);
  add_webhook_tag(message.tags, "alertmanager");
  add_webhook_tag(message.tags, labels.scalar("alertname"));
  add_webhook_tag(message.tags, labels.scalar("severity"));
  message.dedup_key = dedup_key(alert);
  return message;
}

/// Many at once: people read one list rather than fifty messages.
Notification summary_of(const WebhookValue& group, const std::vector<WebhookMember>& alerts,
                        UtcTime now) {
  Notification message{};
  message.created = now;
  message.priority = Priority::low;
  std::size_t firing = 0;
  for (const WebhookMember& alert : alerts) {
    if (!is_resolved(alert.value)) ++firing;
    message.priority = std::min(message.priority, priority_of(alert.value));  // urgent is first
  }
  const std::string_view name = object_or_empty(group, "groupLabels").scalar("alertname");
  message.title = webhook_line(fmt::format("{} firing, {} resolved: {}", firing,
                                           alerts.size() - firing, name.empty() ? "alerts" : name));
  for (std::size_t i = 0; i < std::min(alerts.size(), kMostListed); ++i) {
    message.body += title_of(alerts[i].value) + "\n";
  }
  if (alerts.size() > kMostListed) {
    message.body += fmt::format("and {} more\n", alerts.size() - kMostListed);
  }
  message.body = webhook_text(message.body);
  add_webhook_tag(message.tags, "alertmanager");
  add_webhook_tag(message.tags, name);
  return message;
}

Error not_a_group(std::string_view why) { return {Errc::bad_data, std::string{why}}; }

/// The alerts of a group that is one.
Result<const std::vector<WebhookMember>*> alerts_of(const std::optional<WebhookValue>& group) {
  if (!group) return not_a_group("not JSON, or cut short");
  if (group->kind != WebhookValue::Kind::object) return not_a_group("not an object");
  const std::string_view version = group->scalar("version");
  if (!version.empty() && version != "4" && version != "1") {
    return not_a_group("version " + quoted(version) + ", expected 4");
  }
  const WebhookValue* const alerts = group->find("alerts");
  if (alerts == nullptr || alerts->kind != WebhookValue::Kind::list) {
    return not_a_group("no list of alerts");
  }
  for (const WebhookMember& alert : alerts->members) {
    if (alert.value.kind != WebhookValue::Kind::object) return not_a_group("an alert is no object");
  }
  if (alerts->members.empty()) return not_a_group("nothing to tell");
  return &alerts->members;
}

}  // namespace

Result<std::vector<Notification>> read_alertmanager(std::string_view body, UtcTime now) {
  const auto group = read_webhook_json(body);
  const auto alerts = alerts_of(group);
  if (!alerts) return alerts.error();
  std::vector<Notification> messages;
  if ((*alerts)->size() > kMostMessages) {
    messages.push_back(summary_of(*group, **alerts, now));
  } else {
    for (const WebhookMember& alert : **alerts) messages.push_back(message_of(alert.value, now));
  }
  const std::string_view left_out = group->scalar("truncatedAlerts");
  if (!left_out.empty() && left_out != "0") {
    messages.back().body += "\n(Alertmanager left out more alerts: " + webhook_line(left_out) + ")";
  }
  return messages;
}

}  // namespace btcw
