#include "btcw/market/exchange_record.h"

#include <algorithm>
#include <utility>

#include "btcw/market/call_rate.h"

namespace btcw {
namespace {

constexpr auto kUnknownFor = std::chrono::hours{1};
// A fetch asks for every symbol whether there is a limit; the file is read for one of them.
constexpr milliseconds kLookAgain{200};

std::string base_url(const Exchange& exchange, const ExchangeOptions& options) {
  std::string url = options.rest_url.empty() ? std::string{exchange.rest_url} : options.rest_url;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

CallBudget budget_of(const Exchange& exchange, const ExchangeOptions& options) {
  const auto rate = parse_call_rate(options.rate);
  if (!rate) return exchange.budget;  // none is set: the configuration takes no other text
  return {.burst = std::min(exchange.budget.burst, rate->calls),
          .interval = rate->per / rate->calls};
}

}  // namespace

ExchangeRecord::ExchangeRecord(const Exchange& exchange, ExchangeName name,
                               const ExchangeOptions& options, const Clock& clock,
                               RequestBudget* budget)
    : exchange_{exchange},
      name_{name},
      base_url_{base_url(exchange, options)},
      enabled_{options.enabled},
      own_budget_{budget_of(exchange, options)},
      key_{options.key},
      clock_{clock},
      budget_{budget},
      look_again_{clock.steady_now()},
      paid_until_{clock.steady_now()} {}

HttpRequest ExchangeRecord::request(const RestCall& call) const {
  HttpRequest request{.url = base_url_ + call.target, .headers = {{"Accept", "application/json"}}};
  const std::string_view header = key_header(exchange_.name, base_url_);
  if (key_ && !key_->empty() && !header.empty()) {
    request.headers.emplace_back(header, key_->reveal());
  }
  return request;
}

void ExchangeRecord::look_at_budget() {
  const SteadyTime now = clock_.steady_now();
  if (budget_ == nullptr || now < look_again_) return;
  look_again_ = now + kLookAgain;
  if (const auto until = budget_->closed_until(base_url_)) {
    keep_limit({Errc::rate_limited, "it has told this user to wait", *until});
  }
}

std::optional<Error> ExchangeRecord::limit() {
  look_at_budget();
  if (!limit_ || clock_.steady_now() >= limit_->until) return std::nullopt;
  return limit_->error;
}

std::optional<Error> ExchangeRecord::objection(const Symbol& symbol) {
  if (auto limited = limit()) return limited;
  const auto unknown = unknown_.find(symbol);
  if (unknown == unknown_.end() || clock_.steady_now() >= unknown->second.until) {
    return std::nullopt;
  }
  return Error{Errc::not_found, unknown->second.why};
}

void ExchangeRecord::remember_limit(const Error& limited) {
  if (!limited.retry_at) return;
  if (budget_ != nullptr) budget_->close(base_url_, *limited.retry_at);
  keep_limit(limited);
}

void ExchangeRecord::keep_limit(const Error& limited) {
  const SteadyTime until = clock_.steady_now() + (*limited.retry_at - clock_.now());
  if (limit_ && limit_->until >= until) return;
  limit_ = Limit{until, limited};
}

void ExchangeRecord::remember_unknown(const Symbol& symbol, const Error& unknown) {
  const SteadyTime now = clock_.steady_now();
  std::erase_if(unknown_, [now](const auto& each) { return now >= each.second.until; });
  unknown_.insert_or_assign(symbol, Unknown{now + kUnknownFor, unknown.message});
}

std::optional<SteadyTime> ExchangeRecord::pay_for_call(int weight) {
  // A leaky bucket: each call is paid for with its weight in intervals, `burst` intervals may be
  // owed. What weighs more than that waits until nothing is.
  const CallBudget& budget = own_budget_;
  const SteadyTime now = clock_.steady_now();
  const SteadyTime allowed =
      paid_until_ - (std::max(budget.burst, weight) - weight) * budget.interval;
  if (allowed > now) return allowed;
  if (budget_ != nullptr) {
    const auto wait = budget_->take(base_url_, {budget.burst, budget.interval}, weight);
    if (wait) return now + *wait;
  }
  paid_until_ = std::max(paid_until_, now) + weight * budget.interval;
  return std::nullopt;
}

bool ExchangeRecord::note_failure() { return !std::exchange(failing_, true); }

bool ExchangeRecord::note_answer() { return std::exchange(failing_, false); }

}  // namespace btcw
