// Freqtrade's webhooks: https://www.freqtrade.io/en/stable/webhook-config/ - JSON, a form, or raw
// text, whose members the bot's owner chose and filled with Freqtrade's fields.
#include <array>
#include <optional>

#include "btcw/base/decimal.h"
#include "btcw/notify/trade_signal.h"
#include "btcw/notify/webhook_sources.h"
#include "btcw/notify/webhook_text.h"

namespace btcw {
namespace {

/// A kind of message; `type` is the word in Freqtrade's own field of that name.
struct Event {
  std::string_view type;
  std::string_view label;
  Priority priority;
};

constexpr std::array kEvents{
    Event{"entry", "Entry", Priority::normal},
    Event{"entry_fill", "Entry filled", Priority::normal},
    Event{"entry_cancel", "Entry cancelled", Priority::low},
    Event{"exit", "Exit", Priority::normal},
    Event{"exit_fill", "Exit filled", Priority::normal},
    Event{"exit_cancel", "Exit cancelled", Priority::low},
    // Before 2022.
    Event{"buy", "Entry", Priority::normal},
    Event{"buy_fill", "Entry filled", Priority::normal},
    Event{"buy_cancel", "Entry cancelled", Priority::low},
    Event{"sell", "Exit", Priority::normal},
    Event{"sell_fill", "Exit filled", Priority::normal},
    Event{"sell_cancel", "Exit cancelled", Priority::low},
    Event{"status", "Status", Priority::low},
    Event{"startup", "Startup", Priority::low},
    Event{"strategy_msg", "Strategy", Priority::normal},
    Event{"protection_trigger", "Protection", Priority::normal},
    // All pairs stop trading.
    Event{"protection_trigger_global", "Global protection", Priority::urgent},
    Event{"warning", "Warning", Priority::urgent},
    Event{"exception", "Exception", Priority::urgent},
};

const Event* find_event(std::string_view type) {
  // What an older Python makes of the enumerator.
  constexpr std::string_view kPrefix = "RPCMessageType.";
  if (type.starts_with(kPrefix)) type.remove_prefix(kPrefix.size());
  std::string word{type};
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const Event& event : kEvents) {
    if (event.type == word) return &event;
  }
  return nullptr;
}

/// "+2.13 %" of "0.0213"; what is no number stays as it is.
std::string percent(std::string_view ratio) {
  const auto value = Decimal::parse_rounded(ratio);
  const auto shifted = value ? value->times_power_of_ten(2) : value;
  if (!shifted) return std::string{ratio};
  return (shifted->is_negative() ? "" : "+") + shifted->to_fixed(2) + " %";
}

/// Puts words together, without those that are not there.
class Line {
 public:
  Line& add(std::string_view before, std::string_view value, std::string_view after = {}) {
    if (value.empty()) return *this;
    if (!text_.empty()) text_ += ' ';
    text_.append(before).append(value).append(after);
    return *this;
  }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::string text() const { return text_.empty() ? "" : text_ + "\n"; }

 private:
  std::string text_;
};

std::string with_unit(std::string_view value, std::string_view unit) {
  if (value.empty() || unit.empty()) return std::string{value};
  return std::string{value} + " " + std::string{unit};
}

/// What happened, in Freqtrade's own figures.
std::string describe(const WebhookValue& fields) {
  const std::string_view stake_currency = fields.scalar("stake_currency");
  const std::string_view ratio = fields.first_scalar({"profit_ratio", "profit_percent"});
  const bool is_ratio = fields.scalar("profit_ratio") == ratio;
  const std::string_view leverage = fields.scalar("leverage");
  Line order;
  order.add("", fields.scalar("direction"))
      .add("", leverage, "x")
      .add("", with_unit(fields.scalar("amount"), fields.scalar("base_currency")))
      .add("at ", fields.first_scalar({"close_rate", "order_rate", "limit", "open_rate"}))
      .add("stake ", with_unit(fields.scalar("stake_amount"), stake_currency));
  Line profit;
  profit.add("profit ", with_unit(fields.scalar("profit_amount"), stake_currency))
      .add("(", is_ratio && !ratio.empty() ? percent(ratio) : std::string{ratio}, ")");
  Line about;
  about.add("reason: ", fields.first_scalar({"exit_reason", "sell_reason", "reason"}))
      .add("until ", fields.scalar("lock_end_time"))
      .add("tag: ", fields.first_scalar({"enter_tag", "buy_tag"}))
      .add("on ", fields.scalar("exchange"));
  return order.text() + profit.text() + about.text();
}

/// Freqtrade repeats a body when our answer is lost. A trade may have several orders of one kind,
/// which differ in amount or rate.
std::string dedup_key(const WebhookValue& fields, const Event* event) {
  if (event == nullptr || fields.scalar("trade_id").empty()) return {};
  std::string key = "freqtrade";
  for (const std::string_view name :
       {"bot_name", "exchange", "pair", "trade_id", "amount", "limit", "open_rate", "close_rate"}) {
    key.append(":").append(webhook_line(fields.scalar(name)));
  }
  return key.append(":").append(event->type);
}

/// What a strategy says it would do, in place of what the bot did: the fields of the folder of
/// signals. nullopt: it is no signal.
std::optional<Notification> from_signal(const WebhookValue& fields, UtcTime now) {
  if (!fields.scalar("type").empty() || !is_trade_signal(fields)) return std::nullopt;
  const auto signal = read_trade_signal(fields);
  if (!signal) return std::nullopt;
  Notification message{};
  message.created = now;
  message.title = webhook_line(signal->action + " " + signal->pair);
  Line line;
  line.add("", signal->strategy, ":")
      .add("", signal->action)
      .add("", signal->pair)
      .add("at ", signal->current_rate)
      .add("strength ", signal->strength_text)
      .add("tag: ", signal->tag)
      .add("reason: ", signal->reason);
  message.body = webhook_text(line.text());
  message.priority = default_priority_of(signal->strength);
  if (const auto chosen = parse_priority(fields.scalar("priority"))) message.priority = *chosen;
  add_webhook_tag(message.tags, "freqtrade");
  add_webhook_tag(message.tags, "signal");
  add_webhook_tag(message.tags, signal->pair);
  return message;
}

Notification from_fields(const WebhookValue& fields, UtcTime now) {
  Notification message{};
  message.created = now;
  const Event* const event = find_event(fields.scalar("type"));
  const std::string_view pair = fields.scalar("pair");
  message.title = webhook_line(fields.first_scalar({"title", "subject"}));
  if (message.title.empty()) {
    const std::string label{event == nullptr ? "Freqtrade" : event->label};
    message.title = webhook_line(label + " " + std::string{pair});
  }
  message.body =
      webhook_text(fields.first_scalar({"text", "message", "body", "content", "msg", "status"}));
  if (message.body.empty() && event != nullptr) message.body = webhook_text(describe(fields));
  if (message.body.empty()) {
    message.body = webhook_text(webhook_lines(fields, {"title", "subject", "priority", "type"}));
  }
  message.priority = event == nullptr ? Priority::normal : event->priority;
  if (const auto chosen = parse_priority(fields.scalar("priority"))) message.priority = *chosen;
  add_webhook_tag(message.tags, "freqtrade");
  if (event != nullptr) add_webhook_tag(message.tags, event->type);
  add_webhook_tag(message.tags, pair);
  message.dedup_key = dedup_key(fields, event);
  return message;
}

}  // namespace

Result<std::vector<Notification>> read_freqtrade(std::string_view body, UtcTime now) {
  const auto begin = body.find_first_not_of(" \t\r\n");
  const bool is_json = begin != std::string_view::npos && body[begin] == '{';
  const auto fields = is_json ? read_webhook_json(body) : read_webhook_form(body);
  if (is_json && !fields) return Error{Errc::bad_data, "not JSON, or cut short"};
  Notification message{};
  message.created = now;
  if (fields) {
    // A form's bytes are ASCII; what they stand for is still to be seen.
    for (const WebhookMember& member : fields->members) {
      if (!is_webhook_utf8(member.key) || !is_webhook_utf8(member.value.text)) {
        return Error{Errc::bad_data, "not UTF-8"};
      }
    }
    auto signal = from_signal(*fields, now);
    message = signal ? *std::move(signal) : from_fields(*fields, now);
  } else {
    message.title = "Freqtrade";
    message.body = webhook_text(body);
    add_webhook_tag(message.tags, "freqtrade");
  }
  if (message.body.empty()) return Error{Errc::bad_data, "nothing to tell"};
  return std::vector{std::move(message)};
}

}  // namespace btcw
