#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
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

  /// What an exchange knows of the time before the first price: candles of one interval in the
  /// order of time, the last of which may still run. They are for the indicators of that interval,
  /// and for the windows that are at least four of them long.
  void seed(milliseconds interval, std::span<const Candle> candles);

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
  std::size_t series_of(milliseconds interval);

  std::vector<Series> series_;
  std::vector<Entry> entries_;
};

}  // namespace btcw::history
