#pragma once

#include "btcw/base/log.h"
#include "btcw/cache/price_cache.h"

namespace btcw {

/// Redis and the local cache as one, for a command that is over soon: what Redis does not know, or
/// knows less recently, the local cache answers; what is put goes to both.
///
/// When Redis fails, that is said once, and from then on it is not asked any more. Errors are those
/// of the local cache. One thread uses an object.
class FallbackCache final : public PriceCache {
 public:
  /// All of them outlive it.
  FallbackCache(PriceCache& redis, PriceCache& local, Log& log)
      : redis_{redis}, local_{local}, log_{log} {}

  Result<void> put(std::span<const CacheEntry> entries) override;
  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest> requests) override;
  Result<std::vector<std::optional<CachedTicker>>> look_up(
      std::span<const SymbolRequest> requests) override;
  Result<std::vector<Ticker>> list() override;
  Result<std::size_t> remove_older(UtcTime before) override;

 private:
  void give_up(const Error& error);

  PriceCache& redis_;
  PriceCache& local_;
  Log& log_;
  bool redis_is_away_ = false;
};

}  // namespace btcw
