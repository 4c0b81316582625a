#include "btcw/price/price_lookup.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

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
  std::vector<std::size_t> wanted;
  const bool cache_counts = options.reach != Reach::exchanges_only;
  std::vector<std::optional<FoundPrice>> known;
  if (cache_counts) known = look_into_cache(requests, options);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    PriceAnswer& answer = answers.emplace_back(PriceAnswer{.request = requests[i]});
    if (cache_counts && known[i]) answer.price = std::move(known[i]);
    if (!answer.price || !is_fresh(*answer.price, options.max_age)) wanted.push_back(i);
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
