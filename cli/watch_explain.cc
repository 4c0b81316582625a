#include "watch_explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/history/history_store.h"
#include "btcw/store/journal.h"
#include "btcw/watch/history_seed.h"
#include "known_history.h"
#include "printable.h"
#include "redis_stage.h"

namespace btcw::cli {
namespace {

std::string state_text(const RuleDesk::View& view) {
  const rules::RuleState& state = view.state;
  std::string text =
      state.fired == 0 ? "has not fired" : fmt::format("has fired {} times", state.fired);
  if (state.fired == 1) text = "has fired once";
  if (state.fired_at) text += ", last at " + to_rfc3339(*state.fired_at);
  if (state.active) text += ", and is not over";
  if (state.since) text += "; holds since " + to_rfc3339(*state.since);
  if (view.due) text += "; looked at again at " + to_rfc3339(*view.due);
  const auto& expires = view.alert.rule.expires;
  if (expires && view.reading.now >= *expires) text += "; expired " + to_rfc3339(*expires);
  return text;
}

std::string ticker_text(const RuleDesk::View& view) {
  if (view.reading.ticker == nullptr) return "no price is known";
  const Ticker& ticker = *view.reading.ticker;
  const milliseconds age = std::max(milliseconds{0}, view.reading.now - ticker.received);
  return fmt::format("{} at {}, {} old", ticker.last.to_string(), ticker.exchange.text(),
                     to_string(std::chrono::floor<seconds>(age)));
}

std::string explanation_of(const RuleDesk::View& view) {
  std::string text =
      fmt::format("{}: {}\n  {}\n", view.about.to_string(), ticker_text(view), state_text(view));
  std::string lines = to_string(explain(view.alert.rule, view.state, view.reading));
  std::string_view rest = lines;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    text.append("  ").append(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return text;
}

/// What the cache knows of all that the alert is about.
void feed_from_cache(RuleDesk& desk, PriceCache& cache) {
  auto tickers = cache.list();
  if (!tickers) return;
  std::sort(tickers->begin(), tickers->end(),
            [](const Ticker& a, const Ticker& b) { return a.received < b.received; });
  for (const Ticker& ticker : *tickers) desk.skip_ticker(ticker, RuleDesk::Answers::exchange);
  std::vector<SymbolRequest> requests;
  for (const Ticker& ticker : *tickers) requests.push_back({ticker.symbol});
  const auto answers = cache.get(requests);
  if (!answers) return;
  for (const auto& ticker : *answers) {
    if (ticker) desk.skip_ticker(*ticker, RuleDesk::Answers::any);
  }
}

Result<std::vector<KeptState>> states_of(const Config& config) {
  const std::filesystem::path file = journal_file(config.general.state_dir);
  std::error_code ignored;  // then there is nothing to be read either
  if (!std::filesystem::exists(file, ignored)) return std::vector<KeptState>{};
  const auto journal = open_journal(file);
  if (!journal) return journal.error();
  return (*journal)->states("");
}

RuleDesk::Seeder seeder_from(history::HistoryStore* store, const Clock& clock) {
  if (store == nullptr) return {};
  return [store, &clock](const SymbolRequest& about, std::span<const IndicatorRequest> requests) {
    return KnownPast{.candles = past_from_history(*store, about, needs_of(requests), clock.now()),
                     .open = {}};
  };
}

}  // namespace

Result<void> require_alert(std::span<const Alert> alerts, std::string_view name) {
  std::vector<std::string_view> known;
  for (const Alert& alert : alerts) known.push_back(alert.name);
  if (std::find(known.begin(), known.end(), name) != known.end()) return {};
  std::string message = "no alert that is enabled is called " + btcw::quoted(name);
  const auto near = nearest(name, known, 1);
  if (!near.empty()) message += ": did you mean " + btcw::quoted(near.front()) + "?";
  return Error{Errc::invalid_input, std::move(message)};
}

void print_explanation(const RuleDesk& desk, std::string_view name, UtcTime now, Session& session) {
  std::string text;
  desk.view(name, now, [&](const RuleDesk::View& view) { text += explanation_of(view); });
  if (text.empty()) text = "no symbol that it is about is known yet\n";
  fmt::print(session.out, "{}\n{}", printable(name), text);
}

ExitCode explain_alert(const WatchArguments& arguments, Session& session) {
  const auto config = session.load_config(SecretFetching::redis_only);
  if (!config) return fail(config.error(), session);
  auto alerts = compile_alerts(config->alerts, config->general.quote);
  if (!alerts) return fail(alerts.error(), session);
  const std::string& name = *arguments.explain;
  if (auto known = require_alert(*alerts, name); !known) return fail(known.error(), session);
  const auto states = states_of(*config);
  if (!states) return fail(states.error(), session);
  const auto history = open_known_history(*config, session.log);
  RuleDesk desk{*std::move(alerts), *states, seeder_from(history.get(), session.clock)};
  DeployedCache cache{*config, session};
  feed_from_cache(desk, cache.cache());
  print_explanation(desk, name, session.clock.now(), session);
  return ExitCode::ok;
}

}  // namespace btcw::cli
