#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/watch/tick_observer.h"

namespace btcw {

/// What was seen of one symbol.
struct TrailPrices {
  Ticker last;
  /// Up to 24 prices of the 24 hours that end with `last`, oldest first: the last one of each hour
  /// that had one or, as long as less was seen than a day, of a shorter time.
  std::vector<Decimal> closes;
  std::optional<UtcTime> since = std::nullopt;  ///< when the first of them was
};

/// Remembers a day's prices of all that passes, for digests.
///
/// on_ticks() belongs to the runner; find() may be called from any thread. Allocates for a symbol
/// that is new and never again.
class PriceTrail final : public TickObserver {
 public:
  static constexpr std::size_t kCloses = 24;

  enum class Keeping { prices, nothing };
  /// At first nothing; what was kept goes. From any thread.
  void keep(Keeping what);

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override;

  /// nullopt: nothing came yet. A request that names an exchange means that one alone.
  [[nodiscard]] std::optional<TrailPrices> find(const SymbolRequest& request) const;

 private:
  struct Close {
    UtcTime at;
    Decimal last;
  };
  struct Trail {
    Ticker last;
    std::vector<Close> closes = {};
    std::size_t width = 0;  ///< the number of how long a close stands for
  };
  void add(const SymbolRequest& request, const Ticker& ticker);
  static void widen(Trail& trail);

  std::atomic<bool> keeps_ = false;
  mutable std::mutex mutex_;
  std::map<SymbolRequest, Trail> trails_;
};

}  // namespace btcw
