#include "btcw/cache/fallback_cache.h"

#include <algorithm>
#include <map>
#include <utility>

namespace btcw {

Result<void> FallbackCache::put(std::span<const CacheEntry> entries) {
  if (!redis_is_away_) {
    if (const auto written = redis_.put(entries); !written) give_up(written.error());
  }
  return local_.put(entries);
}

Result<std::vector<std::optional<Ticker>>> FallbackCache::get(
    std::span<const SymbolRequest> requests) {
  auto found = look_up(requests);
  if (!found) return std::move(found).error();
  std::vector<std::optional<Ticker>> tickers(found->size());
  for (std::size_t i = 0; i < found->size(); ++i) {
    if ((*found)[i]) tickers[i] = (*found)[i]->ticker;
  }
  return tickers;
}

Result<std::vector<std::optional<CachedTicker>>> FallbackCache::look_up(
    std::span<const SymbolRequest> requests) {
  std::vector<std::optional<CachedTicker>> answers(requests.size());
  if (!redis_is_away_) {
    auto shared = redis_.get(requests);
    if (!shared) give_up(shared.error());
    for (std::size_t i = 0; shared && i < requests.size(); ++i) {
      if ((*shared)[i]) answers[i] = {*(*shared)[i], CachePlace::redis};
    }
  }
  auto known = local_.get(requests);
  // The local cache is not needed while Redis knows it all.
  const bool complete = std::all_of(answers.begin(), answers.end(),
                                    [](const auto& answer) { return answer.has_value(); });
  if (!known && !complete) return std::move(known).error();
  for (std::size_t i = 0; known && i < requests.size(); ++i) {
    const std::optional<Ticker>& ticker = (*known)[i];
    if (!ticker) continue;
    if (answers[i] && answers[i]->ticker.received >= ticker->received) continue;
    answers[i] = {*ticker, CachePlace::local};
  }
  return answers;
}

Result<std::vector<Ticker>> FallbackCache::list() {
  auto tickers = local_.list();
  if (redis_is_away_) return tickers;
  auto shared = redis_.list();
  if (!shared) {
    give_up(shared.error());
    return tickers;
  }
  if (!tickers) return shared;
  std::map<std::pair<Symbol, ExchangeName>, Ticker> all;
  for (auto* const each : {&*tickers, &*shared}) {
    for (const Ticker& ticker : *each) {
      Ticker& held = all.try_emplace({ticker.symbol, ticker.exchange}, ticker).first->second;
      if (held.received < ticker.received) held = ticker;
    }
  }
  std::vector<Ticker> united;
  united.reserve(all.size());
  for (const auto& [key, ticker] : all) united.push_back(ticker);
  return united;
}

Result<std::size_t> FallbackCache::remove_older(UtcTime before) {
  if (!redis_is_away_) {
    if (const auto removed = redis_.remove_older(before); !removed) give_up(removed.error());
  }
  return local_.remove_older(before);
}

void FallbackCache::give_up(const Error& error) {
  redis_is_away_ = true;
  log_.warning("Redis is away, the local cache stands in", {{"why", error.message}});
}

}  // namespace btcw
