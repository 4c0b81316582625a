#pragma once

#include <cstddef>
#include <vector>

#include "btcw/base/candle.h"
#include "btcw/market/candles/forms.h"
#include "btcw/net/http.h"

namespace btcw {

/// More rows than any exchange puts into an answer.
inline constexpr std::size_t kMaxCandles = 5'000;

/// Reads the answer to a GET of candle_target(), whatever its status: the candles in the order of
/// time, prices digit for digit, the running one included where the exchange tells it. A high and a
/// low cover the open and the close also where the exchange says otherwise.
/// Errors: those of the exchange's own Exchange::read() for what is no list of candles; bad_data
/// for a row that cannot be used: a price that is missing or not positive, a time that no candle of
/// that length begins at or that comes twice; for no row and for more than kMaxCandles.
/// Precondition: the exchange of `form` is in the table; `length` as of candle_target().
Result<std::vector<Candle>> read_candles(const CandleForm& form, const Symbol& symbol,
                                         std::size_t length, const HttpResponse& response);

}  // namespace btcw
