#include "btcw/watch/alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/rules/parser.h"
#include "btcw/rules/rule_text.h"

namespace btcw {
namespace {

constexpr std::string_view kAny = "*";

// What an alert's options are made into, one after the other.
class Compilation {
 public:
  Compilation(const AlertOptions& options, std::string_view default_quote)
      : options_{options}, default_quote_{default_quote} {}

  Result<Alert> run() && {
    Alert alert{.name = options_.name,
                .priority = options_.priority,
                .channels = options_.channels,
                .tags = options_.tags,
                .ttl = options_.ttl};
    auto done = read_targets(alert);
    if (done) done = read_rule(alert);
    if (done) done = read_texts(alert);
    if (done) done = read_quiet(alert);
    if (!done) {
      return std::move(done).error().within(fmt::format("alert {}", btcw::quoted(options_.name)));
    }
    return alert;
  }

 private:
  Result<void> read_targets(Alert& alert) const {
    std::vector<std::string_view> texts{options_.symbols.begin(), options_.symbols.end()};
    if (!options_.symbol.empty()) texts.insert(texts.begin(), options_.symbol);
    if (texts.empty()) return Error{Errc::invalid_input, "symbol is missing"};
    for (const std::string_view text : texts) {
      auto target = AlertTarget::parse(text, default_quote_);
      if (!target) return std::move(target).error().within("symbol");
      alert.targets.push_back(*std::move(target));
    }
    return {};
  }

  Result<void> read_rule(Alert& alert) const {
    auto condition = rules::parse_expression(options_.when);
    if (!condition) return std::move(condition).error().within("when");
    const auto hysteresis = rules::parse_hysteresis(options_.hysteresis);
    if (!hysteresis) return Error{hysteresis.error()}.within("hysteresis");
    // Of what the alert does, only these decide what its state means.
    alert.fingerprint = fmt::format("{}|{}|{}", to_string(*condition), options_.hold_for.count(),
                                    to_string(*hysteresis));
    alert.rule = {.condition = *std::move(condition),
                  .hold_for = options_.hold_for,
                  .cooldown = options_.cooldown,
                  .hysteresis = *hysteresis,
                  .repeat = options_.repeat,
                  .expires = options_.expires};
    return {};
  }

  Result<void> read_texts(Alert& alert) const {
    auto title = rules::MessageTemplate::parse(options_.title);
    if (!title) return std::move(title).error().within("title");
    auto message = rules::MessageTemplate::parse(options_.message);
    if (!message) return std::move(message).error().within("message");
    auto resolve = rules::MessageTemplate::parse(options_.resolve_message);
    if (!resolve) return std::move(resolve).error().within("resolve_message");
    alert.title = *std::move(title);
    alert.message = *std::move(message);
    if (options_.resolve) alert.resolve_message = *std::move(resolve);
    return {};
  }

  Result<void> read_quiet(Alert& alert) const {
    if (options_.quiet.empty()) return {};
    auto zone = TimeZone::find(options_.timezone);
    if (!zone) return std::move(zone).error().within("timezone");
    auto quiet = QuietHours::parse(options_.quiet, *std::move(zone));
    if (!quiet) return std::move(quiet).error().within("quiet");
    alert.quiet = *std::move(quiet);
    return {};
  }

  const AlertOptions& options_;
  std::string_view default_quote_;
};

/// "*" or a code, as Symbol has it.
Result<std::string> read_half(std::string_view half, const Result<Symbol>& symbol,
                              std::string_view (Symbol::*part)() const) {
  if (half == kAny) return std::string{};
  if (!symbol) return symbol.error();
  return std::string{((*symbol).*part)()};
}

}  // namespace

Result<AlertTarget> AlertTarget::parse(std::string_view text, std::string_view default_quote) {
  if (text.find('*') == std::string_view::npos) {
    const auto request = SymbolRequest::parse(text, default_quote);
    if (!request) return request.error();
    return AlertTarget{.exchange = request->exchange,
                       .base = std::string{request->symbol.base()},
                       .quote = std::string{request->symbol.quote()}};
  }
  AlertTarget target;
  std::string_view pair = text;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const auto exchange = ExchangeName::parse(text.substr(0, colon));
    if (!exchange) return exchange.error();
    target.exchange = *exchange;
    pair = text.substr(colon + 1);
  }
  const auto slash = pair.find('/');
  if (slash == std::string_view::npos) {
    return Error{
        Errc::invalid_input,
        fmt::format("expected a pair such as \"*/USDT\" or \"BTC/*\", not {}", btcw::quoted(text))};
  }
  const std::string_view base = pair.substr(0, slash);
  const std::string_view quote = pair.substr(slash + 1);
  const auto symbol = Symbol::of(base == kAny ? "BTC" : base, quote == kAny ? "USDT" : quote);
  auto read_base = read_half(base, symbol, &Symbol::base);
  if (!read_base) return std::move(read_base).error();
  auto read_quote = read_half(quote, symbol, &Symbol::quote);
  if (!read_quote) return std::move(read_quote).error();
  target.base = *std::move(read_base);
  target.quote = *std::move(read_quote);
  return target;
}

bool AlertTarget::matches(const Symbol& symbol) const {
  return (base.empty() || base == symbol.base()) && (quote.empty() || quote == symbol.quote());
}

bool AlertTarget::is_met_by(const SymbolRequest& request) const {
  if (!matches(request.symbol)) return false;
  // What is asked of one exchange alone answers no request that names none; but whichever answers
  // a request that names none may be the exchange that is meant.
  return !request.exchange || request.exchange == exchange;
}

std::string AlertTarget::to_string() const {
  std::string text = exchange ? std::string{exchange->text()} + ':' : std::string{};
  text.append(base.empty() ? kAny : base).append("/");
  return text.append(quote.empty() ? kAny : quote);
}

std::optional<SymbolRequest> AlertTarget::request() const {
  if (base.empty() || quote.empty()) return std::nullopt;
  const auto symbol = Symbol::of(base, quote);
  if (!symbol) return std::nullopt;
  return SymbolRequest{*symbol, exchange};
}

Result<Alert> compile_alert(const AlertOptions& options, std::string_view default_quote) {
  return Compilation{options, default_quote}.run();
}

Result<std::vector<Alert>> compile_alerts(std::span<const AlertOptions> options,
                                          std::string_view default_quote) {
  std::vector<Alert> alerts;
  std::set<std::string_view> names;
  for (const AlertOptions& one : options) {
    if (!names.insert(one.name).second) {
      return Error{Errc::invalid_input,
                   fmt::format("alert {} stands there twice", btcw::quoted(one.name))};
    }
    auto alert = compile_alert(one, default_quote);
    if (!alert) return std::move(alert).error();
    if (one.enabled) alerts.push_back(*std::move(alert));
  }
  return alerts;
}

std::vector<SymbolRequest> requests_of(std::span<const Alert> alerts) {
  std::vector<SymbolRequest> requests;
  const auto add = [&](const SymbolRequest& request) {
    if (std::find(requests.begin(), requests.end(), request) == requests.end()) {
      requests.push_back(request);
    }
  };
  for (const Alert& alert : alerts) {
    for (const AlertTarget& target : alert.targets) {
      const auto request = target.request();
      if (!request) continue;
      add(*request);
      for (const ExchangeName& other : alert.rule.condition.exchanges) {
        add({request->symbol, other});
      }
    }
  }
  return requests;
}

std::vector<UnwatchedTarget> unwatched_targets(std::span<const Alert> alerts,
                                               std::span<const SymbolRequest> watched) {
  std::vector<UnwatchedTarget> unwatched;
  for (const Alert& alert : alerts) {
    for (const AlertTarget& target : alert.targets) {
      const bool is_met =
          std::any_of(watched.begin(), watched.end(),
                      [&](const SymbolRequest& request) { return target.is_met_by(request); });
      if (!is_met) unwatched.push_back({alert.name, target.to_string()});
    }
  }
  return unwatched;
}

}  // namespace btcw
