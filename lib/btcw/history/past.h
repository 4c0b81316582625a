#pragma once

#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/history/history_store.h"

namespace btcw::history {

using btcw::joined;

/// Whether there can be candles of that interval: a whole number of seconds that divides a day, or
/// a week.
bool is_interval(milliseconds interval);

/// The shortest interval of candles that are kept, or a second, of which `span` has no more than
/// `most`; a day, where even those are more.
milliseconds fitting_interval(milliseconds span, std::size_t most);

/// The interval of the candles that make a window sharp enough: the longest of those kept that is
/// no more than a thirtieth of it, or a minute.
milliseconds window_interval(milliseconds window);

/// What is known of a series from `from` to `to`, in candles of `interval`, out of the longest that
/// are kept and fit, or out of the prices of each second.
/// Precondition: is_interval(). Errors: those of HistoryStore.
Result<std::vector<Candle>> past_candles(HistoryStore& store, std::string_view series,
                                         milliseconds interval, UtcTime from, UtcTime to);

}  // namespace btcw::history
