#pragma once

#include <cstdint>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/cache/price_cache.h"

namespace btcw {

/// Collects what is to go into a cache and writes it in one batch every tenth of a second: of each
/// symbol, exchange and scope the last.
///
/// An event loop calls put() as tickers come, waits no longer than until due(), and calls
/// write_if_due(). When the cache fails, its entries stay to be written with later ones, and the
/// log hears of it once, and once when it works again. One thread uses an object. What is still
/// waiting when it is destroyed is lost: flush() first.
class WriteCoalescer {
 public:
  static constexpr milliseconds kInterval{100};
  static constexpr milliseconds kRetryInterval{1000};

  /// All of them outlive it.
  WriteCoalescer(PriceCache& cache, const Clock& clock, Log& log);

  /// Never touches the cache. Allocates only while there are more keys at once than ever before.
  void put(const CacheEntry& entry);

  /// When write_if_due() has something to do: SteadyTime::max() while nothing waits.
  [[nodiscard]] SteadyTime due() const { return due_; }

  void write_if_due();
  /// Writes what waits now.
  void flush();

 private:
  /// Where in pending_ an entry lies; it counts only in its own round.
  struct Place {
    std::uint32_t round = 0;
    std::uint32_t index = 0;
  };

  [[nodiscard]] Place& place_of(const CacheEntry& entry);
  void grow();
  void report(const Result<void>& written);

  PriceCache& cache_;
  const Clock& clock_;
  Log& log_;
  SteadyTime due_ = SteadyTime::max();
  std::vector<CacheEntry> pending_;
  std::vector<Place> places_;  // open addressing; a power of two
  std::uint32_t round_ = 1;
  bool has_failed_ = false;
};

}  // namespace btcw
