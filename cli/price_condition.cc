#include "price_condition.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "btcw/history/history_store.h"
#include "btcw/history/indicator_set.h"
#include "btcw/market/exchange_names.h"
#include "btcw/rules/explain.h"
#include "btcw/rules/parser.h"
#include "btcw/rules/truth.h"
#include "btcw/watch/history_seed.h"
#include "known_history.h"
#include "price_report.h"

namespace btcw::cli {
namespace {

using rules::Truth;

// One call of judge_prices().
class Judging {
 public:
  Judging(const rules::Expression& condition, PriceLookup& lookup, const PriceLookupOptions& how,
          const Config& config, Session& session)
      : rule_{.condition = condition}, lookup_{lookup}, how_{how}, session_{session} {
    if (!condition.indicators.empty()) history_ = open_known_history(config, session.log);
  }

  Truth judge(const SymbolRequest& about, const Ticker& ticker) {
    read_indicators(about, ticker);
    read_prices(about);
    const rules::Reading reading{
        .ticker = &ticker, .now = session_.clock.now(), .indicators = values_, .prices = prices_};
    const Truth truth = evaluate(rule_, {}, reading).truth;
    if (truth == Truth::unknown) {
      const std::string reason = why_unknown(explain(rule_, {}, reading));
      session_.log.error(fmt::format("{}: it cannot be told: {}", about.to_string(), reason));
    }
    return truth;
  }

 private:
  void read_indicators(const SymbolRequest& about, const Ticker& ticker) {
    history::IndicatorSet set;
    std::vector<std::size_t> places;
    for (const IndicatorRequest& request : rule_.condition.indicators) {
      places.push_back(set.add(request));
    }
    if (history_) {
      seed_from_history(*history_, about, set, rule_.condition.indicators, ticker.received);
    }
    if (!places.empty()) set.add_price(ticker.received, ticker.last);
    values_.clear();
    for (const std::size_t place : places) values_.push_back(set.value(place));
  }

  void read_prices(const SymbolRequest& about) {
    std::vector<SymbolRequest> requests;
    for (const ExchangeName& exchange : rule_.condition.exchanges) {
      requests.push_back({about.symbol, exchange});
    }
    prices_.clear();
    if (requests.empty()) return;
    for (const PriceAnswer& answer : lookup_.find(requests, how_)) {
      prices_.push_back(answer.price ? std::optional{answer.price->ticker.last} : std::nullopt);
    }
  }

  rules::Rule rule_;
  PriceLookup& lookup_;
  const PriceLookupOptions& how_;
  Session& session_;
  std::unique_ptr<history::HistoryStore> history_;
  std::vector<IndicatorValue> values_;
  std::vector<std::optional<Decimal>> prices_;
};

}  // namespace

Result<rules::Expression> read_condition_option(std::string_view text) {
  return rules::parse_expression(text, {.exchanges = exchange_names()});
}

ExitCode judge_prices(const rules::Expression& condition, std::span<const PriceAnswer> answers,
                      PriceLookup& lookup, const PriceLookupOptions& how, const Config& config,
                      Session& session) {
  Judging judging{condition, lookup, how, config, session};
  bool any_false = false;
  bool any_unknown = false;
  std::vector<PriceAnswer> missing;
  for (const PriceAnswer& answer : answers) {
    if (!answer.price) {
      missing.push_back(answer);
      continue;
    }
    const Truth truth = judging.judge(answer.request, answer.price->ticker);
    any_false = any_false || truth == Truth::no;
    any_unknown = any_unknown || truth == Truth::unknown;
  }
  if (!missing.empty()) {
    report_failures(missing, {}, session.log);
    // That there is no price must not pass for a condition that is false.
    const ExitCode code = exit_code_for(missing);
    return code == ExitCode::failed ? ExitCode::no_data : code;
  }
  if (any_false) return ExitCode::failed;
  return any_unknown ? ExitCode::no_data : ExitCode::ok;
}

}  // namespace btcw::cli
