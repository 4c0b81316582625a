#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/market/market.h"
#include "btcw/watch/ticker_source.h"

namespace btcw {

struct DemoOptions {
  std::vector<Symbol> symbols;
  milliseconds interval = seconds{1};
  std::uint64_t seed = 0;
  /// One cycle, then the source has ended.
  bool once = false;
};

/// The simulated market, one ticker of each symbol every interval.
///
/// The n-th tickers of two runs with the same seed, symbols and interval have the same prices: they
/// are those of the moment n × interval after the start, however late the process gets to run.
/// Cached for requests that name the exchange "demo" only, so that no simulated price ever answers
/// a real question.
class DemoSource final : public TickerSource {
 public:
  /// Precondition: options.interval > 0.
  DemoSource(const DemoOptions& options, const Clock& clock);

  /// Other symbols or another interval from the next tick on; the market goes on where it is.
  void reconfigure(const std::vector<Symbol>& symbols, milliseconds interval);

  [[nodiscard]] int fd() const override { return -1; }
  [[nodiscard]] SteadyTime due() const override;
  Result<SourceState> take(TickSink sink) override;
  [[nodiscard]] bool settled() const override { return settled_; }

 private:
  /// The moment of the tick, not that of the machine.
  class TickClock final : public Clock {
   public:
    TickClock(UtcTime now, SteadyTime steady) : now_{now}, steady_{steady} {}
    [[nodiscard]] UtcTime now() const override { return now_; }
    [[nodiscard]] SteadyTime steady_now() const override { return steady_; }
    void wait_until(SteadyTime, std::span<const int>) const override {}
    void set(UtcTime now, SteadyTime steady) {
      now_ = now;
      steady_ = steady;
    }

   private:
    UtcTime now_;
    SteadyTime steady_;
  };

  void set_symbols(const std::vector<Symbol>& symbols);

  const Clock& clock_;
  UtcTime start_;
  SteadyTime steady_start_;
  TickClock tick_clock_;
  std::unique_ptr<Market> market_;
  std::vector<SymbolRequest> requests_;
  std::vector<CacheEntry> batch_;
  milliseconds interval_;
  milliseconds offset_{0};  ///< of the next tick, from the start
  bool once_;
  bool settled_ = false;
};

}  // namespace btcw
