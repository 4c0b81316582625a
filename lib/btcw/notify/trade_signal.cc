#include "btcw/notify/trade_signal.h"

#include "btcw/base/quoted.h"
#include "btcw/notify/webhook_text.h"

namespace btcw {
namespace {

constexpr std::size_t kMostIndicators = 100;
const Decimal kStrongest = Decimal::from_parts(1, 0);

std::string line(const WebhookValue& object, std::initializer_list<std::string_view> names) {
  return webhook_line(object.first_scalar(names));
}

Result<void> read_strength(const WebhookValue& object, TradeSignal& signal) {
  const WebhookValue* const indicators = object.find("indicators");
  std::string_view text;
  if (indicators != nullptr) text = indicators->scalar("signal_strength");
  if (text.empty()) text = object.scalar("signal_strength");
  if (text.empty()) return {};
  const auto strength = Decimal::parse_rounded(text);
  if (!strength || strength->is_negative() || *strength > kStrongest) {
    return Error{Errc::bad_data,
                 "signal_strength: expected a number from 0 to 1, found " + btcw::quoted(text)};
  }
  signal.strength = *strength;
  signal.strength_text = strength->to_string();
  return {};
}

}  // namespace

bool is_trade_signal(const WebhookValue& object) {
  return object.kind == WebhookValue::Kind::object && !object.scalar("pair").empty() &&
         !object.first_scalar({"action", "signal"}).empty();
}

Result<TradeSignal> read_trade_signal(const WebhookValue& object) {
  if (object.kind != WebhookValue::Kind::object) return Error{Errc::bad_data, "not a JSON object"};
  TradeSignal signal{.pair = line(object, {"pair", "symbol"}),
                     .action = line(object, {"action", "signal", "side"}),
                     .current_rate = line(object, {"current_rate", "rate", "price", "close"}),
                     .strategy = line(object, {"strategy", "strategy_name"}),
                     .timeframe = line(object, {"timeframe"}),
                     .timestamp = line(object, {"timestamp", "time", "date"}),
                     .exchange = line(object, {"exchange"}),
                     .reason = line(object, {"reason", "exit_reason"}),
                     .tag = line(object, {"tag", "enter_tag", "entry_tag", "buy_tag"})};
  if (signal.pair.empty()) return Error{Errc::bad_data, "no pair"};
  if (signal.action.empty()) return Error{Errc::bad_data, "no action"};
  auto strength = read_strength(object, signal);
  if (!strength) return std::move(strength).error();
  const WebhookValue* const indicators = object.find("indicators");
  if (indicators == nullptr) return signal;
  for (const WebhookMember& member : indicators->members) {
    if (signal.indicators.size() == kMostIndicators) break;
    if (!member.value.is_scalar() || !is_webhook_utf8(member.key)) continue;
    signal.indicators.emplace_back(webhook_line(member.key), webhook_line(member.value.text));
  }
  return signal;
}

Priority default_priority_of(Decimal strength) {
  const Decimal strong = Decimal::from_parts(8, 1);
  const Decimal medium = Decimal::from_parts(6, 1);
  if (strength >= strong) return Priority::urgent;
  return strength >= medium ? Priority::normal : Priority::low;
}

}  // namespace btcw
