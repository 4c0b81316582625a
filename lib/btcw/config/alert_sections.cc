#include "btcw/config/alert_sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/config/exchange_text.h"
#include "btcw/market/exchange_names.h"
#include "btcw/rules/message_template.h"
#include "btcw/rules/parser.h"
#include "btcw/rules/rule_text.h"

namespace btcw {
namespace {

constexpr std::size_t kLongestName = 64;

/// The text itself where it was read well.
template <typename T>
Result<std::string> same(std::string_view text, const Result<T>& read) {
  if (!read) return read.error();
  return std::string{text};
}

std::optional<std::string> find_unknown_channel(const AlertOptions& alert,
                                                const ChannelRoutes& channels) {
  // Without any there is one that needs no section.
  if (channels.empty()) return std::nullopt;
  std::vector<std::string_view> known;
  for (const auto& [name, route] : channels) known.push_back(name);
  for (const std::string& name : alert.channels) {
    if (channels.contains(name)) continue;
    const auto near = nearest(name, known, 1);
    const std::string hint = near.empty()
                                 ? std::string{}
                                 : fmt::format(": did you mean {}?", btcw::quoted(near.front()));
    return fmt::format("alert {}: there is no channel {}{}", btcw::quoted(alert.name),
                       btcw::quoted(name), hint);
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> read_alert_name(std::string_view text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
  });
  if (!text.empty() && text.size() <= kLongestName && is_plain) {
    return std::string{text};
  }
  return Error{Errc::invalid_input,
               fmt::format("expected a name of 1 to {} bytes without control characters, not {}",
                           kLongestName, btcw::quoted(text))};
}

Result<std::string> read_alert_symbol(std::string_view text) {
  const auto target = AlertTarget::parse(text, "USDT");
  if (target && target->exchange && !is_made_up_source(target->exchange->text())) {
    if (auto exchange = read_exchange(target->exchange->text()); !exchange) {
      return std::move(exchange).error();
    }
  }
  return same(text, target);
}

Result<std::string> read_condition(std::string_view text) {
  const std::span<const std::string_view> exchanges = exchange_names();
  return same(text, rules::parse_expression(text, {.exchanges = exchanges}));
}

Result<std::string> read_hysteresis(std::string_view text) {
  return same(text, rules::parse_hysteresis(text));
}

Result<std::string> read_message_template(std::string_view text) {
  return same(text, rules::MessageTemplate::parse(text));
}

std::optional<std::string> find_alert_fault(const Config& config) {
  const auto alerts = compile_alerts(config.alerts, config.general.quote);
  if (!alerts) return alerts.error().message;
  for (const AlertOptions& alert : config.alerts) {
    if (auto fault = find_unknown_channel(alert, config.channels)) return fault;
  }
  return std::nullopt;
}

}  // namespace btcw
