#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "btcw/base/indicator.h"
#include "btcw/history/candle.h"
#include "btcw/history/indicator.h"
#include "btcw/history/window.h"

namespace btcw::history {

/// All indicators that rules ask for of one symbol, each once, fed with its prices.
///
/// Candles are built from the prices, one series for each interval. highest and lowest are of the
/// window before the last price, so that `last > highest(24h)` is a new high.
class IndicatorSet {
 public:
  /// The place of the value of `request`; the same for the same request.
  /// Precondition: as make_indicator(), or a window.
  std::size_t add(const IndicatorRequest& request);

  /// What is known of the time before the first price; the last candle of an interval may still
  /// run. An indicator takes those of its interval, a window those of window_interval(), else the
  /// shortest that there are, where it is four of them long.
  void seed(const CandlesByInterval& past);

  /// A price later than those before. Allocates nothing in the steady state.
  void add_price(UtcTime time, Decimal price);

  /// As of the last price; nothing while too little is known.
  [[nodiscard]] IndicatorValue value(std::size_t place) const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Series {
    CandleBuilder builder;
    std::vector<std::size_t> entries;  // computed from it
  };
  struct Entry {
    IndicatorRequest request;
    std::size_t series = 0;
    std::unique_ptr<Indicator> of_candles = nullptr;
    std::optional<PastPrice> past = std::nullopt;
    std::optional<WindowExtreme> extreme = std::nullopt;
    IndicatorValue value{};  // of a window
  };

  void close(const Series& series, const Candle& candle);
  static void seed_window(Entry& entry, const CandlesByInterval& past);
  std::size_t series_of(milliseconds interval);

  std::vector<Series> series_;
  std::vector<Entry> entries_;
};

}  // namespace btcw::history
