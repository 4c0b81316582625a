#pragma once

#include <cstdint>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/cache/price_cache.h"
#include "btcw/cache/write_coalescer.h"
#include "btcw/watch/tick_observer.h"

namespace btcw {

/// Puts every ticker into the cache, in one batch every tenth of a second. A cache that fails does
/// not end the run.
///
/// A ticker received more than a minute from now (a recording of another clock) is left out: it
/// would pass for fresh until then.
class CacheFeeder final : public TickObserver {
 public:
  CacheFeeder(PriceCache& cache, const Clock& clock, Log& log)
      : clock_{clock}, coalescer_{cache, clock, log} {}

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override;
  [[nodiscard]] SteadyTime due() const override { return coalescer_.due(); }
  Result<Flow> on_time() override;
  Result<void> finish() override;

  /// Batches that were written, or tried.
  [[nodiscard]] std::uint64_t batches() const { return batches_; }

 private:
  const Clock& clock_;
  WriteCoalescer coalescer_;
  std::uint64_t batches_ = 0;
};

}  // namespace btcw
