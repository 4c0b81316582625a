#include "btcw/watch/indicator_feed.h"

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

// Some minutes of a busy market. What takes longer comes too late.
constexpr std::size_t kMostTicks = 20'000;

}  // namespace

IndicatorFeed::IndicatorFeed(std::vector<IndicatorRequest> requests, KnownPast past)
    : requests_{std::move(requests)} {
  begin(past.candles);
  if (past.open.empty()) return;
  const std::size_t unanswered = past.open.size();
  waiting_ = Waiting{std::move(past.candles), std::move(past.open), unanswered};
}

void IndicatorFeed::begin(const CandlesByInterval& past) {
  set_ = {};
  for (const IndicatorRequest& request : requests_) set_.add(request);
  set_.seed(past);
}

void IndicatorFeed::add_price(UtcTime time, Decimal price) {
  set_.add_price(time, price);
  if (!waiting_) return;
  if (waiting_->ticks.size() == kMostTicks) {
    waiting_.reset();
  } else {
    waiting_->ticks.push_back({time, price});
  }
}

std::vector<PastNeed> IndicatorFeed::take_needs() {
  if (!waiting_) return {};
  return std::exchange(waiting_->needs, {});
}

void IndicatorFeed::complete(milliseconds interval, std::span<const Candle> candles) {
  if (!waiting_) return;
  if (!candles.empty() && !waiting_->ticks.empty()) {
    const UtcTime first = history::candle_start(waiting_->ticks.front().time, interval);
    std::vector<Candle>& past = waiting_->past[interval];
    const auto earlier = [](const Candle& a, const Candle& b) { return a.start < b.start; };
    const std::size_t own = past.size();
    for (const Candle& candle : candles) {
      const bool is_known = std::binary_search(
          past.begin(), past.begin() + static_cast<std::ptrdiff_t>(own), candle, earlier);
      if (candle.start < first && !is_known) past.push_back(candle);
    }
    std::sort(past.begin(), past.end(), earlier);
    begin(waiting_->past);
    for (const Tick& tick : waiting_->ticks) set_.add_price(tick.time, tick.price);
  }
  if (--waiting_->unanswered == 0) waiting_.reset();
}

}  // namespace btcw
