#include "btcw/watch/polling_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace btcw {
namespace {

bool counts_as_unreachable(Errc code) {
  switch (code) {
    case Errc::unavailable:
    case Errc::rejected:
      return true;
    case Errc::invalid_input:
    case Errc::not_found:
    case Errc::rate_limited:
    case Errc::bad_data:
      return false;
  }
  return false;
}

bool same(const PollingOptions& a, const PollingOptions& b) {
  return a.requests == b.requests && a.order == b.order && a.interval == b.interval;
}

}  // namespace

PollingSource::PollingSource(PollingOptions options, FetchJob& job, Ports ports)
    : options_{std::move(options)},
      job_{&job},
      ports_{ports},
      schedule_{options_.interval, ports.clock.steady_now()},
      faults_{ports.log} {}

void PollingSource::reconfigure(PollingOptions options) {
  if (same(options, options_)) return;
  options_ = std::move(options);
  outdated_ = fetching_;
  schedule_.restart(options_.interval, ports_.clock.steady_now());
}

void PollingSource::reconfigure(PollingOptions options, FetchJob& job) {
  options_ = std::move(options);
  job_ = &job;
  fetching_ = false;
  schedule_.restart(options_.interval, ports_.clock.steady_now());
}

int PollingSource::fd() const { return fetching_ ? job_->fd() : -1; }

SteadyTime PollingSource::due() const {
  if (!fetching_) return schedule_.due();
  return job_->fd() < 0 ? SteadyTime::min() : SteadyTime::max();
}

Result<SourceState> PollingSource::take(TickSink sink) {
  if (!fetching_ && ports_.clock.steady_now() >= schedule_.due()) begin();
  if (!fetching_) return SourceState::running;
  auto answers = job_->take();
  if (!answers) return SourceState::running;
  fetching_ = false;
  hand_over(*answers, sink);
  return options_.once ? SourceState::ended : SourceState::running;
}

void PollingSource::begin() {
  std::vector<SymbolRequest> wanted = options_.requests;
  if (ports_.selection != nullptr) ports_.selection->select(wanted);
  if (wanted.empty()) {
    schedule_.succeeded(ports_.clock.steady_now());
    status_.next = schedule_.due();
    return;
  }
  fetching_ = true;
  began_ = ports_.clock.steady_now();
  job_->start(std::move(wanted), options_.order);
}

void PollingSource::hand_over(std::vector<Fetched>& answers, TickSink sink) {
  // The watch list may have changed since the fetch began.
  std::erase_if(answers, [this](const Fetched& answer) {
    return std::find(options_.requests.begin(), options_.requests.end(), answer.request) ==
           options_.requests.end();
  });
  count(answers);
  plan_next(answers);
  if (ports_.selection != nullptr) ports_.selection->answered(answers);
  batch_.clear();
  for (const Fetched& answer : answers) {
    if (!answer.ticker) continue;
    if (ports_.selection != nullptr && !ports_.selection->is_news(answer)) continue;
    batch_.push_back({*answer.ticker, scope_of(answer.request)});
  }
  if (!batch_.empty()) sink(batch_);
  if (!std::exchange(outdated_, false)) return;
  schedule_.restart(options_.interval, ports_.clock.steady_now());
  status_.next = schedule_.due();
}

void PollingSource::count(std::span<const Fetched> answers) {
  status_.cycles += 1;
  status_.last_at = ports_.clock.now();
  status_.last_took = std::chrono::round<milliseconds>(ports_.clock.steady_now() - began_);
  status_.answered = status_.failed = status_.unavailable = status_.rate_limited = 0;
  status_.first_error.reset();
  status_.retry_at.reset();
  for (const Fetched& answer : answers) {
    if (answer.ticker) {
      status_.answered += 1;
      auto& exchange = status_.exchanges[answer.ticker->exchange];
      exchange.tickers += 1;
      exchange.last_at = answer.ticker->received;
      continue;
    }
    status_.failed += 1;
    const Error& error = answer.ticker.error();
    if (!status_.first_error) status_.first_error = error.code;
    if (error.code == Errc::unavailable) status_.unavailable += 1;
    if (error.code != Errc::rate_limited) continue;
    status_.rate_limited += 1;
    if (error.retry_at && (!status_.retry_at || *error.retry_at < *status_.retry_at)) {
      status_.retry_at = error.retry_at;
    }
  }
}

void PollingSource::plan_next(std::span<const Fetched> answers) {
  const SteadyTime now = ports_.clock.steady_now();
  const bool nothing = status_.answered == 0 && !answers.empty();
  if (!nothing) {
    schedule_.succeeded(now);
  } else if (status_.rate_limited == answers.size() && status_.retry_at) {
    const auto pause = std::max(*status_.retry_at - ports_.clock.now(), milliseconds{0});
    schedule_.hold_until(now + pause, now);
  } else {
    schedule_.failed(now, ports_.random);
  }
  status_.next = schedule_.due();
  const bool unreachable =
      nothing && std::all_of(answers.begin(), answers.end(), [](const Fetched& answer) {
        return counts_as_unreachable(answer.ticker.error().code);
      });
  if (unreachable && !options_.once) {
    faults_.unreachable(answers, std::chrono::ceil<milliseconds>(schedule_.due() - now));
  } else {
    faults_.judge(answers);
  }
}

CacheScope PollingSource::scope_of(const SymbolRequest& request) const {
  const bool from_anywhere = !request.exchange && options_.order.empty();
  return from_anywhere ? CacheScope::any : CacheScope::exchange;
}

}  // namespace btcw
