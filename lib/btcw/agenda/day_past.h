#pragma once

#include <string_view>
#include <vector>

#include "btcw/agenda/price_trail.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/history/candle.h"
#include "btcw/history/history_store.h"

namespace btcw {

/// What a history knows of the last 24 hours of a series, in candles of an hour, the oldest first.
/// Errors: those of HistoryStore.
Result<std::vector<history::Candle>> day_of(history::HistoryStore& store, std::string_view series,
                                            UtcTime now);

/// Completes what was seen of a symbol by what a history remembers of the day before `now`: the
/// closes, where those go farther back, and, where the exchange does not say them and the day is
/// remembered from its beginning, the 24 hours' open, high, low and change.
TrailPrices with_past(TrailPrices seen, const std::vector<history::Candle>& day, UtcTime now);

}  // namespace btcw
