#pragma once

#include <span>

#include "btcw/base/symbol.h"
#include "btcw/history/history_store.h"
#include "btcw/history/indicator_set.h"

namespace btcw {

/// Puts what the history knows of the time before `now` into indicators that have seen no price
/// yet, so that they need not wait for their past. What cannot be read is left out.
///
/// Candles of an interval that is not kept are put together from shorter ones.
void seed_from_history(history::HistoryStore& store, const SymbolRequest& about,
                       history::IndicatorSet& indicators,
                       std::span<const IndicatorRequest> requests, UtcTime now);

}  // namespace btcw
