#include "btcw/watch/demo_source.h"

#include <utility>

#include "btcw/market/demo_market.h"

namespace btcw {

DemoSource::DemoSource(const DemoOptions& options, const Clock& clock)
    : clock_{clock},
      start_{clock.now()},
      steady_start_{clock.steady_now()},
      tick_clock_{start_, steady_start_},
      market_{make_demo_market(options.seed, start_, tick_clock_)},
      interval_{options.interval},
      once_{options.once} {
  set_symbols(options.symbols);
}

void DemoSource::reconfigure(const std::vector<Symbol>& symbols, milliseconds interval) {
  set_symbols(symbols);
  if (interval == interval_) return;
  // The next tick lies on the new grid, after the last one.
  const milliseconds last = offset_ - interval_;
  interval_ = interval;
  offset_ = (last / interval_ + 1) * interval_;
}

SteadyTime DemoSource::due() const { return steady_start_ + offset_; }

Result<SourceState> DemoSource::take(TickSink sink) {
  const SteadyTime now = clock_.steady_now();
  if (now < due()) return SourceState::running;
  // Ticks that were slept through are left out.
  const auto late = std::chrono::floor<milliseconds>(now - due());
  offset_ += late / interval_ * interval_;
  tick_clock_.set(start_ + offset_, due());
  offset_ += interval_;

  batch_.clear();
  for (Fetched& answer : market_->fetch(requests_, {})) {
    if (answer.ticker) batch_.push_back({*answer.ticker, CacheScope::exchange});
  }
  settled_ = true;
  if (!batch_.empty()) sink(batch_);
  return once_ ? SourceState::ended : SourceState::running;
}

void DemoSource::set_symbols(const std::vector<Symbol>& symbols) {
  requests_.clear();
  for (const Symbol& symbol : symbols) requests_.push_back({symbol});
}

}  // namespace btcw
