#include "btcw/price/price_lookup.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "btcw/store/flight_lock.h"

namespace btcw {
namespace {

/// A price from further in the future than this comes from a clock that was wrong, then or now.
constexpr milliseconds kClockSlack = std::chrono::minutes{1};

/// One question to the cache, and the request that it is for.
struct CacheQuestion {
  SymbolRequest request;
  std::size_t place;
};

std::vector<CacheQuestion> questions_for(std::span<const SymbolRequest> requests,
                                         std::span<const ExchangeName> exchanges) {
  std::vector<CacheQuestion> questions;
  questions.reserve(requests.size() * std::max<std::size_t>(exchanges.size(), 1));
  for (std::size_t place = 0; place < requests.size(); ++place) {
    const SymbolRequest& request = requests[place];
    if (request.exchange || exchanges.empty()) {
      questions.push_back({request, place});
      continue;
    }
    for (const ExchangeName& exchange : exchanges) {
      questions.push_back({{.symbol = request.symbol, .exchange = exchange}, place});
    }
  }
  return questions;
}

CacheScope scope_of(const SymbolRequest& request, const PriceLookupOptions& options) {
  const bool from_anywhere = !request.exchange && options.exchanges.empty();
  return from_anywhere ? CacheScope::any : CacheScope::exchange;
}

PriceSource source_of(CachePlace place) {
  return place == CachePlace::redis ? PriceSource::redis : PriceSource::cache;
}

/// What a lookup is about, as a number: the same for the same question.
std::uint64_t flight_of(std::span<const SymbolRequest> requests,
                        const PriceLookupOptions& options) {
  std::uint64_t value = 0xcbf29ce484222325U;
  const auto add = [&value](std::string_view text) {
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    value = (value ^ 0xffU) * 0x100000001b3U;
  };
  for (const SymbolRequest& request : requests) add(request.to_string());
  for (const ExchangeName& exchange : options.exchanges) add(exchange.text());
  return value;
}

}  // namespace

std::string_view to_string(PriceSource source) {
  switch (source) {
    case PriceSource::cache:
      return "cache";
    case PriceSource::redis:
      return "redis";
    case PriceSource::rest:
      return "rest";
    case PriceSource::demo:
      return "demo";
  }
  return "unknown";
}

ExchangeName demo_exchange() { return *ExchangeName::parse("demo"); }

std::vector<PriceAnswer> PriceLookup::find(std::span<const SymbolRequest> requests,
                                           const PriceLookupOptions& options) {
  std::vector<PriceAnswer> answers;
  answers.reserve(requests.size());
  for (const SymbolRequest& request : requests) answers.push_back({.request = request});
  std::vector<std::size_t> wanted = answer_from_cache(answers, options);
  std::optional<FlightLock> turn;
  if (!wanted.empty() && options.reach == Reach::cache_first && !options.flight_file.empty()) {
    turn = FlightLock::acquire(options.flight_file, flight_of(requests, options),
                               options.flight_patience);
    if (turn && turn->waited()) wanted = answer_from_cache(answers, options);
  }
  if (wanted.empty()) return answers;

  if (options.reach == Reach::cache_only) {
    for (const std::size_t i : wanted) {
      answers[i].error =
          Error{Errc::unavailable, answers[i].price ? "the cache has nothing younger, and the "
                                                      "network is not asked"
                                                    : "not in the cache, and the network is not "
                                                      "asked"};
    }
  } else {
    fetch(answers, wanted, options);
  }
  for (PriceAnswer& answer : answers) {
    if (answer.price && answer.error) answer.price->stale = true;
  }
  return answers;
}

std::vector<std::size_t> PriceLookup::answer_from_cache(std::vector<PriceAnswer>& answers,
                                                        const PriceLookupOptions& options) {
  std::vector<std::optional<FoundPrice>> known(answers.size());
  if (options.reach != Reach::exchanges_only) {
    std::vector<SymbolRequest> requests;
    requests.reserve(answers.size());
    for (const PriceAnswer& answer : answers) requests.push_back(answer.request);
    known = look_into_cache(requests, options);
  }
  std::vector<std::size_t> wanted;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (known[i]) answers[i].price = std::move(known[i]);
    if (!answers[i].price || !is_fresh(*answers[i].price, options.max_age)) wanted.push_back(i);
  }
  return wanted;
}

std::vector<std::optional<FoundPrice>> PriceLookup::look_into_cache(
    std::span<const SymbolRequest> requests, const PriceLookupOptions& options) {
  std::vector<std::optional<FoundPrice>> known(requests.size());
  const std::vector<CacheQuestion> questions = questions_for(requests, options.exchanges);
  std::vector<SymbolRequest> asked;
  asked.reserve(questions.size());
  for (const CacheQuestion& question : questions) asked.push_back(question.request);
  auto tickers = cache_.look_up(asked);
  if (!tickers) {
    log_.warning("the cache cannot be read", {{"reason", tickers.error().message}});
    return known;
  }
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const std::optional<CachedTicker>& cached = (*tickers)[i];
    if (!cached) continue;
    std::optional<FoundPrice>& best = known[questions[i].place];
    const FoundPrice candidate = found(cached->ticker, source_of(cached->place));
    // The first exchange of the order that has a fresh one; with none fresh, the youngest.
    const bool fresh = is_fresh(candidate, options.max_age);
    const bool younger = best && candidate.ticker.received > best->ticker.received;
    if (!best || (!is_fresh(*best, options.max_age) && (fresh || younger))) {
      best = candidate;
    }
  }
  return known;
}

void PriceLookup::fetch(std::vector<PriceAnswer>& answers, std::span<const std::size_t> wanted,
                        const PriceLookupOptions& options) {
  std::vector<SymbolRequest> requests;
  requests.reserve(wanted.size());
  for (const std::size_t i : wanted) requests.push_back(answers[i].request);
  auto fetched = market_.fetch(requests, {.order = options.exchanges});

  std::vector<CacheEntry> entries;
  std::vector<std::size_t> failed;
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    PriceAnswer& answer = answers[wanted[k]];
    if (!fetched[k].ticker) {
      answer.error = std::move(fetched[k].ticker).error();
      if (!answer.price) failed.push_back(wanted[k]);
      continue;
    }
    const Ticker& ticker = *fetched[k].ticker;
    const bool simulated = ticker.exchange == demo_exchange();
    answer.price = found(ticker, simulated ? PriceSource::demo : PriceSource::rest);
    if (!simulated) entries.push_back({ticker, scope_of(answer.request, options)});
  }
  if (!entries.empty()) {
    if (const auto stored = cache_.put(entries); !stored) {
      log_.warning("the cache cannot be written", {{"reason", stored.error().message}});
    }
  }
  if (options.reach != Reach::exchanges_only || failed.empty()) return;

  std::vector<SymbolRequest> lost;
  for (const std::size_t i : failed) lost.push_back(answers[i].request);
  auto known = look_into_cache(lost, options);
  for (std::size_t k = 0; k < failed.size(); ++k) answers[failed[k]].price = std::move(known[k]);
}

FoundPrice PriceLookup::found(const Ticker& ticker, PriceSource source) const {
  return {.ticker = ticker,
          .source = source,
          .age = std::max(clock_.now() - ticker.received, milliseconds{0})};
}

bool PriceLookup::is_fresh(const FoundPrice& price, milliseconds max_age) const {
  return price.age <= max_age && price.ticker.received - clock_.now() <= kClockSlack;
}

}  // namespace btcw
