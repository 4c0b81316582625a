#include "btcw/watch/history_feeder.h"

#include <algorithm>
#include <chrono>

namespace btcw {
namespace {

constexpr milliseconds kFlushEvery = seconds{1};
constexpr milliseconds kAfterFailure = seconds{5};
constexpr milliseconds kPruneEvery = std::chrono::minutes{10};
constexpr milliseconds kPruneOn = seconds{1};
constexpr std::size_t kManyRows = 20'000;
constexpr std::size_t kMostRows = 200'000;

}  // namespace

HistoryFeeder::Series& HistoryFeeder::series_of(const CacheEntry& tick) {
  const ExchangeName exchange =
      tick.scope == CacheScope::any ? ExchangeName{} : tick.ticker.exchange;
  Book& book = books_[tick.ticker.symbol];
  for (const auto& series : book.series) {
    if (series->exchange == exchange) return *series;
  }
  SymbolRequest request{tick.ticker.symbol};
  if (!exchange.empty()) request.exchange = exchange;
  book.series.push_back(
      std::make_unique<Series>(Series{.name = request.to_string(), .exchange = exchange}));
  resume(*book.series.back());
  return *book.series.back();
}

/// The candles that ran when the last run ended go on.
void HistoryFeeder::resume(Series& series) {
  for (const milliseconds interval : history::kResolutions) {
    constexpr int kFarthest = 2;
    const UtcTime now = ports_.clock.now();
    const auto candles =
        ports_.store.candles(series.name, interval, now - interval * kFarthest, now + interval);
    if (candles && !candles->empty()) series.ladder.resume(interval, candles->back());
  }
}

Result<Flow> HistoryFeeder::on_ticks(std::span<const CacheEntry> ticks) {
  const UtcTime latest = ports_.clock.now() + std::chrono::minutes{1};
  for (const CacheEntry& tick : ticks) {
    if (tick.ticker.received > latest) continue;
    take(series_of(tick), tick.ticker.received, tick.ticker.last);
  }
  if (changed_.empty()) return Flow::go_on;
  const SteadyTime now = ports_.clock.steady_now();
  if (flush_at_ == SteadyTime::max()) flush_at_ = now + kFlushEvery;
  // A recording at full speed leaves no time between its batches.
  if (rows_.size() >= kManyRows && (!failing_ || now >= flush_at_)) flush();
  return Flow::go_on;
}

void HistoryFeeder::take(Series& series, UtcTime received, Decimal price) {
  const UtcTime second = std::chrono::floor<seconds>(received);
  if (series.changed && series.second != second) add_price(series);
  series.second = second;
  series.price = price;
  if (!series.changed) changed_.push_back(&series);
  series.changed = true;
  series.ladder.add(received, price, [&](milliseconds interval, const history::Candle& candle) {
    rows_.push_back({.series = series.name, .interval = interval, .candle = candle});
  });
}

void HistoryFeeder::add_price(Series& series) {
  rows_.push_back(
      {.series = series.name, .candle = {.start = series.second, .close = series.price}});
}

SteadyTime HistoryFeeder::due() const {
  // Nothing is removed before anything has come.
  return books_.empty() ? SteadyTime::max() : std::min(flush_at_, prune_at_);
}

Result<Flow> HistoryFeeder::on_time() {
  const SteadyTime now = ports_.clock.steady_now();
  if (now >= flush_at_) flush();
  if (now >= prune_at_) prune();
  return Flow::go_on;
}

Result<void> HistoryFeeder::finish() {
  flush();
  return {};
}

void HistoryFeeder::flush() {
  // In one piece: growing by half as much again would hold it twice.
  rows_.reserve(rows_.size() + changed_.size() * (1 + history::kResolutions.size()));
  for (Series* series : changed_) {
    add_price(*series);
    series->ladder.flush([&](milliseconds interval, const history::Candle& candle) {
      rows_.push_back({.series = series->name, .interval = interval, .candle = candle});
    });
    series->changed = false;
  }
  changed_.clear();
  flush_at_ = SteadyTime::max();
  if (rows_.empty()) return;
  const auto written = ports_.store.write(rows_);
  if (written) {
    rows_.clear();
    failing_ = false;
    return;
  }
  if (!failing_) ports_.log.error("prices are not remembered: " + written.error().message);
  failing_ = true;
  // The oldest go first, where it takes too long.
  if (rows_.size() > kMostRows) rows_.erase(rows_.begin(), rows_.end() - kMostRows / 2);
  flush_at_ = ports_.clock.steady_now() + kAfterFailure;
}

void HistoryFeeder::prune() {
  const auto more = ports_.store.prune(options_, ports_.clock.now());
  if (!more) ports_.log.warning("the history cannot be cleared up: " + more.error().message);
  prune_at_ = ports_.clock.steady_now() + (more && *more ? kPruneOn : kPruneEvery);
}

}  // namespace btcw
