#include "btcw/agenda/day_past.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "btcw/history/past.h"

namespace btcw {
namespace {

constexpr milliseconds kHour = std::chrono::hours{1};
constexpr milliseconds kDay = std::chrono::hours{24};

void complete(Ticker& ticker, const std::vector<history::Candle>& day) {
  if (!ticker.open) ticker.open = day.front().open;
  if (!ticker.percentage) ticker.percentage = percent_change(*ticker.open, ticker.last);
  Decimal high = ticker.last;
  Decimal low = ticker.last;
  for (const history::Candle& candle : day) {
    high = std::max(high, candle.high);
    low = std::min(low, candle.low);
  }
  if (!ticker.high) ticker.high = high;
  if (!ticker.low) ticker.low = low;
}

}  // namespace

Result<std::vector<history::Candle>> day_of(history::HistoryStore& store, std::string_view series,
                                            UtcTime now) {
  return history::past_candles(store, series, kHour, now - kDay, now + milliseconds{1});
}

TrailPrices with_past(TrailPrices seen, const std::vector<history::Candle>& day, UtcTime now) {
  if (day.empty()) return seen;
  const bool goes_farther = !seen.since || day.front().start + kHour <= *seen.since;
  if (day.size() > 1 && goes_farther) {
    seen.closes.clear();
    for (const history::Candle& candle : day) seen.closes.push_back(candle.close);
    // The history is a second behind.
    seen.closes.back() = seen.last.last;
  }
  if (day.front().start <= now - kDay + kHour) complete(seen.last, day);
  return seen;
}

}  // namespace btcw
