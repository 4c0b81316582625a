#pragma once

#include <span>
#include <vector>

#include "btcw/base/candle.h"
#include "btcw/base/symbol.h"
#include "btcw/history/history_store.h"
#include "btcw/history/indicator_set.h"

namespace btcw {

/// Which candles indicators need to know something at once.
struct PastNeed {
  milliseconds interval{0};
  milliseconds reach{0};   ///< how far back they are of use
  std::int64_t least = 0;  ///< without so many of the latest, something stays unknown
};

/// One an interval, the shortest first.
std::vector<PastNeed> needs_of(std::span<const IndicatorRequest> requests);

/// What the history knows of the time before `now`, as far as it is needed. Candles of an interval
/// that is not kept are put together from shorter ones. What cannot be read is left out.
CandlesByInterval past_from_history(history::HistoryStore& store, const SymbolRequest& about,
                                    std::span<const PastNeed> needs, UtcTime now);

/// The needs that `past` leaves open, of those that an exchange can have candles for: there is a
/// gap in what was before `now`, or it begins too late.
std::vector<PastNeed> open_needs(std::span<const PastNeed> needs, const CandlesByInterval& past,
                                 UtcTime now);

/// Puts what the history knows of the time before `now` into indicators that have seen no price
/// yet, so that they need not wait for their past.
void seed_from_history(history::HistoryStore& store, const SymbolRequest& about,
                       history::IndicatorSet& indicators,
                       std::span<const IndicatorRequest> requests, UtcTime now);

}  // namespace btcw
