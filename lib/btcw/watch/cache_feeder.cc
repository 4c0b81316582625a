#include "btcw/watch/cache_feeder.h"

namespace btcw {

Result<Flow> CacheFeeder::on_ticks(std::span<const CacheEntry> ticks) {
  const UtcTime latest = clock_.now() + std::chrono::minutes{1};
  for (const CacheEntry& tick : ticks) {
    if (tick.ticker.received <= latest) coalescer_.put(tick);
  }
  return Flow::go_on;
}

Result<Flow> CacheFeeder::on_time() {
  batches_ += 1;
  coalescer_.write_if_due();
  return Flow::go_on;
}

Result<void> CacheFeeder::finish() {
  if (coalescer_.due() == SteadyTime::max()) return {};
  batches_ += 1;
  coalescer_.flush();
  return {};
}

}  // namespace btcw
