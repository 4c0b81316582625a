#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "btcw/base/function_ref.h"
#include "btcw/watch/indicator_feed.h"

namespace btcw {

/// All indicators that rules ask for of one instrument, each once. What is asked for later, after a
/// reload, has a past of its own: it is not mixed with what ticks already.
class InstrumentIndicators {
 public:
  /// The place of the value of `request`; the same for the same request. It has no value before
  /// begin(). Precondition: as IndicatorSet::add().
  std::size_t add(const IndicatorRequest& request);
  /// What was added since the last begin().
  [[nodiscard]] std::span<const IndicatorRequest> fresh() const { return fresh_; }
  /// From now on they see prices, behind that past.
  void begin(KnownPast past);

  /// A price later than those before.
  void add_price(UtcTime time, Decimal price);
  [[nodiscard]] IndicatorValue value(std::size_t place) const;
  [[nodiscard]] bool empty() const { return feeds_.empty(); }

  /// Calls `ask` for what is missing of the past and was not asked for yet. After the first price.
  void take_needs(FunctionRef<void(std::size_t feed, const PastNeed&)> ask);
  /// The answer; without candles: nobody knows it.
  void complete(std::size_t feed, milliseconds interval, std::span<const Candle> candles);

 private:
  struct Place {
    std::size_t feed;
    std::size_t place;
  };

  std::vector<IndicatorFeed> feeds_;
  std::vector<IndicatorRequest> fresh_;  ///< of the next feed
  std::vector<Place> places_;
  std::size_t asked_ = 0;  ///< so many feeds have been looked at for what they miss
};

}  // namespace btcw
