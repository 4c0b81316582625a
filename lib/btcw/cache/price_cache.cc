#include "btcw/cache/price_cache.h"

#include <utility>

namespace btcw {
namespace {

constexpr UtcTime kFirstTime = from_unix_ms(0);
constexpr UtcTime kLastTime = from_unix_ms(253'402'300'799'999);  // 9999-12-31T23:59:59.999Z

bool is_sane(UtcTime time) { return time >= kFirstTime && time <= kLastTime; }

}  // namespace

Result<std::vector<std::optional<CachedTicker>>> PriceCache::look_up(
    std::span<const SymbolRequest> requests) {
  auto tickers = get(requests);
  if (!tickers) return std::move(tickers).error();
  std::vector<std::optional<CachedTicker>> answers(tickers->size());
  for (std::size_t i = 0; i < tickers->size(); ++i) {
    if ((*tickers)[i]) answers[i] = {*(*tickers)[i], CachePlace::local};
  }
  return answers;
}

bool is_cacheable(const Ticker& ticker) {
  if (ticker.symbol.empty() || ticker.exchange.empty()) return false;
  if (ticker.last.is_zero() || ticker.last.is_negative()) return false;
  return is_sane(ticker.received) && (!ticker.timestamp || is_sane(*ticker.timestamp));
}

}  // namespace btcw
