#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/history/candle_ladder.h"
#include "btcw/history/history_store.h"
#include "btcw/watch/tick_observer.h"

namespace btcw {

/// Writes every ticker into the history: the last price of each second, and the candles. In one
/// transaction a second, whatever comes. A history that cannot be written to does not end the run:
/// what waits is kept for some time, and it is told.
///
/// A ticker received more than a minute from now is left out, as it is from the cache.
///
/// A series is a symbol, of one exchange where the ticker answers no other request:
/// "BTC/USDT", "kraken:BTC/EUR".
class HistoryFeeder final : public TickObserver {
 public:
  struct Ports {
    history::HistoryStore& store;
    const Clock& clock;
    Log& log;
  };
  /// All is borrowed.
  HistoryFeeder(HistoryOptions options, Ports ports) : options_{options}, ports_{ports} {}

  /// How long things are kept from now on.
  void set_options(const HistoryOptions& options) { options_ = options; }

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override;
  [[nodiscard]] SteadyTime due() const override;
  Result<Flow> on_time() override;
  Result<void> finish() override;

 private:
  struct Series {
    std::string name;
    ExchangeName exchange;  ///< empty: any
    history::CandleLadder ladder{};
    UtcTime second{};  ///< of `price`
    Decimal price{};
    bool changed = false;  ///< since the last flush
  };
  struct Book {
    std::vector<std::unique_ptr<Series>> series{};
  };

  Series& series_of(const CacheEntry& tick);
  void resume(Series& series);
  void take(Series& series, UtcTime received, Decimal price);
  void add_price(Series& series);
  void flush();
  void prune();

  HistoryOptions options_;
  Ports ports_;
  std::unordered_map<Symbol, Book> books_;
  std::vector<Series*> changed_;
  std::vector<history::HistoryRow> rows_;
  SteadyTime flush_at_ = SteadyTime::max();
  SteadyTime prune_at_ = SteadyTime::min();
  bool failing_ = false;
};

}  // namespace btcw
