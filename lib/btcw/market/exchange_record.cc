#include "btcw/market/exchange_record.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

constexpr auto kUnknownFor = std::chrono::hours{1};

std::string base_url(const Exchange& exchange, const ExchangeOptions& options) {
  std::string url = options.rest_url.empty() ? std::string{exchange.rest_url} : options.rest_url;
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

ExchangeRecord::ExchangeRecord(const Exchange& exchange, ExchangeName name,
                               const ExchangeOptions& options, const Clock& clock)
    : exchange_{exchange},
      name_{name},
      base_url_{base_url(exchange, options)},
      enabled_{options.enabled},
      clock_{clock},
      paid_until_{clock.steady_now()} {}

std::string ExchangeRecord::url(const RestCall& call) const { return base_url_ + call.target; }

std::optional<Error> ExchangeRecord::limit() const {
  if (!limit_ || clock_.steady_now() >= limit_->until) return std::nullopt;
  return limit_->error;
}

std::optional<Error> ExchangeRecord::objection(const Symbol& symbol) const {
  if (auto limited = limit()) return limited;
  const auto unknown = unknown_.find(symbol);
  if (unknown == unknown_.end() || clock_.steady_now() >= unknown->second.until) {
    return std::nullopt;
  }
  return Error{Errc::not_found, unknown->second.why};
}

void ExchangeRecord::remember_limit(const Error& limited) {
  if (!limited.retry_at) return;
  const SteadyTime until = clock_.steady_now() + (*limited.retry_at - clock_.now());
  if (limit_ && limit_->until >= until) return;
  limit_ = Limit{until, limited};
}

void ExchangeRecord::remember_unknown(const Symbol& symbol, const Error& unknown) {
  const SteadyTime now = clock_.steady_now();
  std::erase_if(unknown_, [now](const auto& each) { return now >= each.second.until; });
  unknown_.insert_or_assign(symbol, Unknown{now + kUnknownFor, unknown.message});
}

SteadyTime ExchangeRecord::next_call() const {
  // A leaky bucket: each call is paid for with one interval, `burst` intervals may be owed.
  const CallBudget& budget = exchange_.budget;
  return paid_until_ - (budget.burst - 1) * budget.interval;
}

void ExchangeRecord::count_call() {
  paid_until_ = std::max(paid_until_, clock_.steady_now()) + exchange_.budget.interval;
}

bool ExchangeRecord::note_failure() { return !std::exchange(failing_, true); }

bool ExchangeRecord::note_answer() { return std::exchange(failing_, false); }

}  // namespace btcw
