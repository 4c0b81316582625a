#include "btcw/market/rest_fetch.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "btcw/market/exchanges/limit_headers.h"

namespace btcw {
namespace {

constexpr milliseconds kShortestTimeout{500};

/// Whether an error speaks of the exchange as a whole, not of a symbol or of one answer.
bool concerns_exchange(Errc code) {
  switch (code) {
    case Errc::unavailable:
    case Errc::rate_limited:
    case Errc::rejected:
      return true;
    case Errc::invalid_input:
    case Errc::not_found:
    case Errc::bad_data:
      return false;
  }
  return false;
}

bool is_readable(std::span<const int> fds) {
  std::vector<pollfd> polled;
  polled.reserve(fds.size());
  for (const int fd : fds) polled.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  return !polled.empty() && ::poll(polled.data(), polled.size(), 0) > 0;
}

}  // namespace

RestFetch::RestFetch(FetchTools tools, std::span<const SymbolRequest> requests,
                     const FetchOptions& options)
    : tools_{tools}, options_{options}, begun_{tools.clock.steady_now()} {
  quests_.reserve(requests.size());
  for (const SymbolRequest& request : requests) {
    quests_.push_back({.request = request, .candidates = candidates_of(request)});
  }
}

std::vector<ExchangeName> RestFetch::candidates_of(const SymbolRequest& request) const {
  if (request.exchange) return {*request.exchange};
  const auto& order = options_.order.empty() ? tools_.options.order : options_.order;
  return {order.rbegin(), order.rend()};
}

std::vector<Fetched> RestFetch::run() {
  for (std::size_t i = 0; i < quests_.size(); ++i) pass_on(i);
  while (true) {
    form_calls();
    if (all_settled() || has_stopped()) break;
    const SteadyTime more_at = start_calls();
    if (!answers_.empty() || !wanted_.empty()) {
      take_answers();
      continue;
    }
    if (under_way_ == 0 && more_at == SteadyTime::max()) break;
    wait(std::min(more_at, options_.until));
    take_answers();
  }
  stop();
  std::vector<Fetched> fetched;
  fetched.reserve(quests_.size());
  for (Quest& quest : quests_) fetched.push_back(conclude(quest));
  return fetched;
}

void RestFetch::pass_on(std::size_t index) {
  Quest& quest = quests_[index];
  quest.asking.reset();
  while (!quest.candidates.empty()) {
    const ExchangeName name = quest.candidates.back();
    quest.candidates.pop_back();
    const auto record = tools_.records.find(name);
    if (record == tools_.records.end()) {
      quest.failed.push_back({name, Error{Errc::invalid_input, "no such exchange"}});
      continue;
    }
    if (!record->second.enabled()) {
      quest.failed.push_back(
          {name, Error{Errc::invalid_input, "not enabled in the configuration"}});
      continue;
    }
    if (auto objection = record->second.objection(quest.request.symbol)) {
      quest.failed.push_back({name, *std::move(objection)});
      continue;
    }
    Job& job = jobs_[{name, quest.request.symbol}];
    if (job.outcome && !*job.outcome) {
      quest.failed.push_back({name, job.outcome->error()});
      continue;
    }
    if (job.outcome) {
      quest.found = **job.outcome;
      return;
    }
    quest.asking = name;
    if (job.quests.empty()) wanted_[name].push_back(quest.request.symbol);
    job.quests.push_back(index);
    return;
  }
}

void RestFetch::form_calls() {
  for (const auto& [name, symbols] : std::exchange(wanted_, {})) {
    const ExchangeRecord& record = tools_.records.at(name);
    for (RestCall& call : record.exchange().calls(symbols)) {
      for (const Symbol& symbol : call.symbols) ++jobs_[{name, symbol}].open_parts;
      waiting_[name].push_back(std::move(call));
    }
  }
}

SteadyTime RestFetch::start_calls() {
  SteadyTime more_at = SteadyTime::max();
  for (auto& [name, calls] : waiting_) {
    ExchangeRecord& record = tools_.records.at(name);
    while (!calls.empty()) {
      std::optional<Error> refused = record.limit();
      if (const auto down = down_.find(name); !refused && down != down_.end()) {
        refused = down->second;
      }
      Call call{name, std::move(calls.front())};
      calls.pop_front();
      if (is_pointless(call)) continue;
      if (refused) {
        fail_call(call, *refused);
        continue;
      }
      const auto later = record.pay_for_call(call.rest.weight);
      if (later && is_too_late(name, *later)) {
        const SteadyTime now = tools_.clock.steady_now();
        drop_call(call, {Errc::rate_limited, "what it may be asked is used up by other processes",
                         tools_.clock.now() + std::chrono::ceil<milliseconds>(*later - now)});
        continue;
      }
      if (later) {
        more_at = std::min(more_at, *later);
        calls.push_front(std::move(call.rest));
        break;
      }
      last_paid_.insert_or_assign(name, tools_.clock.steady_now());
      start(std::move(call));
    }
  }
  return more_at;
}

bool RestFetch::is_too_late(const ExchangeName& exchange, SteadyTime later) const {
  // A long list of calls of our own goes on a call at a time.
  const auto paid = last_paid_.find(exchange);
  const SteadyTime since = paid == last_paid_.end() ? begun_ : paid->second;
  return later - since > tools_.options.timeout;
}

bool RestFetch::is_pointless(const Call& call) const {
  return std::all_of(call.rest.symbols.begin(), call.rest.symbols.end(), [&](const Symbol& symbol) {
    return jobs_.at({call.exchange, symbol}).outcome.has_value();
  });
}

void RestFetch::start(Call call) {
  HttpRequest request = tools_.records.at(call.exchange).request(call.rest);
  request.connect_timeout = tools_.options.connect_timeout;
  request.timeout = timeout_of(call);
  tools_.log.debug("asking", {{"exchange", call.exchange.text()}, {"target", call.rest.target}});
  ++under_way_;
  tools_.http.start(std::move(request),
                    [this, call = std::move(call)](Result<HttpResponse> response) mutable {
                      --under_way_;
                      answers_.push_back({std::move(call), std::move(response)});
                    });
}

milliseconds RestFetch::timeout_of(const Call& call) const {
  const milliseconds usual = tools_.options.timeout;
  if (options_.until == SteadyTime::max()) return usual;
  const auto left = std::chrono::ceil<milliseconds>(options_.until - tools_.clock.steady_now());
  // An exchange that hangs leaves the next one half of the time.
  const bool has_next = std::any_of(quests_.begin(), quests_.end(), [&call](const Quest& quest) {
    return quest.asking == call.exchange && !quest.candidates.empty();
  });
  return std::min(usual, std::max(has_next ? left / 2 : left, kShortestTimeout));
}

void RestFetch::wait(SteadyTime until) {
  if (under_way_ > 0) {
    tools_.http.drive(until, options_.wake_fds);
  } else {
    tools_.clock.wait_until(until, options_.wake_fds);
  }
}

void RestFetch::take_answers() {
  for (Answer& answer : std::exchange(answers_, {})) {
    const Call& call = answer.call;
    if (!answer.response) {
      take(call, std::move(answer.response).error(), {});
      continue;
    }
    const UtcTime received = answer.response->received;
    if (const auto until = pause_told(call.exchange.text(), *answer.response)) {
      tools_.records.at(call.exchange)
          .remember_limit({Errc::rate_limited, "its limit is nearly used up", *until});
    }
    take(call, tools_.records.at(call.exchange).exchange().read(call.rest, *answer.response),
         received);
  }
}

void RestFetch::take(const Call& call, Result<RestAnswer> answer, UtcTime received) {
  if (!answer) {
    if (answer.error().code == Errc::not_found && call.rest.symbols.size() > 1) {
      return ask_in_halves(call);
    }
    return fail_call(call, answer.error());
  }
  for (const Symbol& symbol : call.rest.symbols) {
    const auto is_it = [&symbol](const auto& each) { return each.symbol == symbol; };
    const auto update = std::find_if(answer->updates.begin(), answer->updates.end(), is_it);
    const auto bad = std::find_if(answer->unreadable.begin(), answer->unreadable.end(), is_it);
    if (update != answer->updates.end()) {
      finish_part(call, symbol, *update, received);
    } else if (bad != answer->unreadable.end()) {
      finish_part(call, symbol, bad->error, received);
    } else {
      finish_part(call, symbol, Error{Errc::not_found, "not among its pairs"}, received);
    }
  }
}

void RestFetch::ask_in_halves(const Call& call) {
  const std::span<const Symbol> symbols{call.rest.symbols};
  const std::size_t half = symbols.size() / 2;
  for (const auto some : {symbols.first(half), symbols.subspan(half)}) {
    for (RestCall& each : tools_.records.at(call.exchange).exchange().calls(some)) {
      // The other parts of these symbols are under way already.
      if (each.part == call.rest.part) waiting_[call.exchange].push_back(std::move(each));
    }
  }
}

void RestFetch::fail_call(const Call& call, const Error& error) {
  ExchangeRecord& record = tools_.records.at(call.exchange);
  if (error.code == Errc::rate_limited) record.remember_limit(error);
  drop_call(call, error);
}

void RestFetch::drop_call(const Call& call, const Error& error) {
  if (concerns_exchange(error.code)) down_.emplace(call.exchange, error);
  for (const Symbol& symbol : call.rest.symbols) finish_part(call, symbol, error, {});
}

void RestFetch::finish_part(const Call& call, const Symbol& symbol, Result<TickerUpdate> update,
                            UtcTime received) {
  const JobKey key{call.exchange, symbol};
  Job& job = jobs_.at(key);
  --job.open_parts;
  if (job.outcome) return;
  if (call.rest.part == 0) {
    if (!update) return finish_job(key, job, std::move(update).error());
    job.price = *std::move(update);
    job.received = received;
  } else if (update) {
    if (!job.extra) job.extra = TickerUpdate{.symbol = symbol};
    merge(*job.extra, *update);
  } else {
    tools_.log.debug("a part is missing", {{"exchange", call.exchange.text()},
                                           {"symbol", symbol.text()},
                                           {"reason", update.error().message}});
  }
  if (job.open_parts > 0) return;
  TickerUpdate whole = job.extra.value_or(TickerUpdate{.symbol = symbol});
  merge(whole, *job.price);
  finish_job(key, job, to_ticker(whole, call.exchange, job.received));
}

void RestFetch::finish_job(const JobKey& key, Job& job, Result<Ticker> outcome) {
  ExchangeRecord& record = tools_.records.at(key.first);
  if (!outcome && outcome.error().code == Errc::not_found) {
    record.remember_unknown(key.second, outcome.error());
  }
  if (outcome && record.note_answer()) {
    tools_.log.info("the exchange answers again", {{"exchange", key.first.text()}});
  }
  if (!outcome) report_failure(record, outcome.error());
  job.outcome = std::move(outcome);
  for (const std::size_t index : std::exchange(job.quests, {})) {
    Quest& quest = quests_[index];
    if (*job.outcome) {
      quest.found = **job.outcome;
      quest.asking.reset();
      continue;
    }
    quest.failed.push_back({key.first, job.outcome->error()});
    pass_on(index);
  }
}

void RestFetch::report_failure(ExchangeRecord& record, const Error& error) {
  const bool first = error.code != Errc::not_found && record.note_failure();
  tools_.log.write(first ? LogLevel::info : LogLevel::debug,
                   "the exchange gives no price, others are asked where there are any",
                   {{"exchange", record.name().text()}, {"reason", error.message}});
}

bool RestFetch::all_settled() const {
  return std::none_of(quests_.begin(), quests_.end(),
                      [](const Quest& quest) { return quest.asking.has_value(); });
}

bool RestFetch::has_stopped() const {
  return tools_.clock.steady_now() >= options_.until || is_readable(options_.wake_fds);
}

void RestFetch::stop() {
  if (under_way_ > 0) tools_.http.cancel_all();
  // A price that only lacks its further parts is a price.
  for (auto& [key, job] : jobs_) {
    if (job.outcome || !job.price) continue;
    TickerUpdate whole = job.extra.value_or(TickerUpdate{.symbol = key.second});
    merge(whole, *job.price);
    job.outcome = to_ticker(whole, key.first, job.received);
    for (const std::size_t index : job.quests) {
      if (*job.outcome) quests_[index].found = **job.outcome;
    }
  }
  for (Quest& quest : quests_) {
    if (quest.found || !quest.asking) continue;
    quest.failed.push_back({*quest.asking, Error{Errc::unavailable, "no answer in time"}});
  }
}

const RestFetch::Attempt& RestFetch::telling(const std::vector<Attempt>& attempts) {
  const auto any = [&attempts](std::initializer_list<Errc> codes) {
    return std::any_of(attempts.begin(), attempts.end(), [&codes](const Attempt& each) {
      return std::find(codes.begin(), codes.end(), each.error.code) != codes.end();
    });
  };
  const bool unknown = !any({Errc::bad_data, Errc::rejected});
  const bool asked = any({Errc::unavailable, Errc::rejected, Errc::bad_data, Errc::not_found});
  const bool limited = any({Errc::rate_limited});
  const Attempt* chosen = &attempts.front();
  for (const Attempt& each : attempts) {
    switch (each.error.code) {
      case Errc::unavailable:
      case Errc::rejected:
      case Errc::bad_data:
        chosen = &each;
        break;
      case Errc::not_found:
        if (unknown) chosen = &each;
        break;
      case Errc::rate_limited:
        if (!asked && (chosen->error.code != Errc::rate_limited ||
                       each.error.retry_at < chosen->error.retry_at)) {
          chosen = &each;
        }
        break;
      case Errc::invalid_input:
        if (!asked && !limited) chosen = &each;
        break;
    }
  }
  return *chosen;
}

Fetched RestFetch::conclude(Quest& quest) const {
  if (quest.found) return {quest.request, *std::move(quest.found)};
  if (quest.failed.empty()) {
    return {quest.request, Error{Errc::invalid_input, "no exchange is enabled"}};
  }
  const Attempt& chosen = telling(quest.failed);
  std::string reasons;
  for (const Attempt& attempt : quest.failed) {
    if (!reasons.empty()) reasons += "; ";
    reasons += std::string{attempt.exchange.text()} + ": " + attempt.error.message;
  }
  return {quest.request, Error{chosen.error.code, std::move(reasons), chosen.error.retry_at}};
}

}  // namespace btcw
