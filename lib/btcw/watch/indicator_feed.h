#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "btcw/base/candle.h"
#include "btcw/history/indicator_set.h"
#include "btcw/watch/history_seed.h"

namespace btcw {

/// What is known of the time before the first price, and what somebody else may know of it.
struct KnownPast {
  CandlesByInterval candles = {};
  std::vector<PastNeed> open = {};
};

/// Indicators that came together: they share a past, and then the prices.
///
/// While a part of the past is still asked for, prices count at once and are kept; when it comes,
/// all begins anew with it, and the prices are played again behind it. Of what comes, only candles
/// that were over before the first price are taken, and only where we have none of our own.
class IndicatorFeed {
 public:
  IndicatorFeed(std::vector<IndicatorRequest> requests, KnownPast past);

  [[nodiscard]] std::span<const IndicatorRequest> requests() const { return requests_; }

  /// A price later than those before. Allocates nothing once the past is complete.
  void add_price(UtcTime time, Decimal price);
  /// As IndicatorSet::value(); `place` in requests().
  [[nodiscard]] IndicatorValue value(std::size_t place) const { return set_.value(place); }

  /// What is to be asked for, once. complete() answers each of them.
  std::vector<PastNeed> take_needs();
  /// The past of one of these; none: nobody knows it.
  void complete(milliseconds interval, std::span<const Candle> candles);

 private:
  struct Tick {
    UtcTime time;
    Decimal price;
  };
  /// As long as a part of the past is missing.
  struct Waiting {
    CandlesByInterval past;
    std::vector<PastNeed> needs;
    std::size_t unanswered;
    std::vector<Tick> ticks = {};
  };

  void begin(const CandlesByInterval& past);

  std::vector<IndicatorRequest> requests_;
  history::IndicatorSet set_;
  std::optional<Waiting> waiting_;
};

}  // namespace btcw
