#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/base/time.h"

namespace btcw {

/// The `[cache]` section.
struct CacheOptions {
  milliseconds ttl = seconds{30};  ///< how long an entry counts as fresh
  milliseconds keep =
      std::chrono::hours{168};     ///< how long it serves as "last known" before it is cleaned up
  std::size_t max_entries = 4096;  ///< of the local cache file; the oldest goes first
};

/// For which requests a ticker is the answer.
enum class CacheScope {
  any,       ///< for a request that names no exchange, and for one that names its exchange
  exchange,  ///< only for a request that names its exchange
};

struct CacheEntry {
  Ticker ticker;
  CacheScope scope = CacheScope::any;
};

/// Which cache a ticker was found in.
enum class CachePlace {
  local,  ///< on this host
  redis,
};

struct CachedTicker {
  Ticker ticker;
  CachePlace place = CachePlace::local;
};

/// The last known ticker of each symbol, per exchange and over all.
///
/// An entry is never replaced by one received earlier, except where it lies in the future by more
/// than a minute.
class PriceCache {
 public:
  virtual ~PriceCache() = default;

  /// Best effort in one batch; no reader ever sees half an entry. An entry that is not
  /// is_cacheable() is passed over.
  /// Errors: unavailable (disk, lock, server).
  virtual Result<void> put(std::span<const CacheEntry> entries) = 0;

  /// One place a request, in their order; nullopt: nothing known. Age is for the caller to judge by
  /// `received`, which may lie in the future after the clock was set back. Errors: unavailable.
  virtual Result<std::vector<std::optional<Ticker>>> get(
      std::span<const SymbolRequest> requests) = 0;

  /// As get(), and says where each was found: in a cache of one place, here.
  virtual Result<std::vector<std::optional<CachedTicker>>> look_up(
      std::span<const SymbolRequest> requests);

  /// Every ticker there is, one per symbol and exchange, in no order.
  virtual Result<std::vector<Ticker>> list() = 0;

  /// Removes what was received before `before`; returns how many tickers of list() that were.
  virtual Result<std::size_t> remove_older(UtcTime before) = 0;
};

/// Whether a ticker received at `offered` takes the place of one received at `held`.
constexpr bool may_replace(UtcTime held, UtcTime offered, UtcTime now) {
  return offered >= held || held > now + std::chrono::minutes{1};
}

/// Whether a cache takes it: symbol and exchange are named, `last` is positive, the times lie
/// within the years 1970 to 9999.
bool is_cacheable(const Ticker& ticker);

}  // namespace btcw
