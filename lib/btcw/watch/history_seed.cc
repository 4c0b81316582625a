#include "btcw/watch/history_seed.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "btcw/history/past.h"

namespace btcw {
namespace {

using history::Candle;

constexpr std::int64_t kMostCandles = 20'000;

bool is_window(IndicatorKind kind) {
  return kind == IndicatorKind::change || kind == IndicatorKind::highest ||
         kind == IndicatorKind::lowest;
}

std::int64_t periods_of(const IndicatorRequest& request) {
  return std::accumulate(request.periods.begin(), request.periods.end(), std::int64_t{0});
}

std::optional<PastNeed> need_of(const IndicatorRequest& request) {
  if (is_window(request.kind)) {
    const milliseconds interval = history::window_interval(request.span);
    if (interval * 4 > request.span) return std::nullopt;
    return PastNeed{interval, request.span * 2, (request.span - milliseconds{1}) / interval + 1};
  }
  // What grows with all candles since the first needs some more for its beginning not to matter.
  constexpr int kWarmUp = 6;
  const std::int64_t periods = periods_of(request);
  const auto reach = std::min((periods + 2) * kWarmUp, kMostCandles);
  return PastNeed{request.span, request.span * reach, periods};
}

std::vector<Candle> candles_of(history::HistoryStore& store, const std::string& series,
                               const PastNeed& need, UtcTime now) {
  const UtcTime from = now - std::min(need.reach, need.interval * kMostCandles);
  auto candles = history::past_candles(store, series, need.interval, from, now + milliseconds{1});
  if (!candles) return {};
  return *std::move(candles);
}

}  // namespace

std::vector<PastNeed> needs_of(std::span<const IndicatorRequest> requests) {
  std::map<milliseconds, PastNeed> needs;
  for (const IndicatorRequest& request : requests) {
    const auto need = need_of(request);
    if (!need) continue;
    PastNeed& most = needs.try_emplace(need->interval, *need).first->second;
    most.reach = std::max(most.reach, need->reach);
    most.least = std::max(most.least, need->least);
  }
  std::vector<PastNeed> all;
  for (const auto& [interval, need] : needs) all.push_back(need);
  return all;
}

CandlesByInterval past_from_history(history::HistoryStore& store, const SymbolRequest& about,
                                    std::span<const PastNeed> needs, UtcTime now) {
  CandlesByInterval past;
  const std::string series = about.to_string();
  for (const PastNeed& need : needs) past[need.interval] = candles_of(store, series, need, now);
  return past;
}

std::vector<PastNeed> open_needs(std::span<const PastNeed> needs, const CandlesByInterval& past,
                                 UtcTime now) {
  // A restart may have cost a candle.
  constexpr int kMayMiss = 2;
  std::vector<PastNeed> open;
  for (const PastNeed& need : needs) {
    if (need.interval % std::chrono::minutes{1} != milliseconds{0}) continue;
    const UtcTime end = history::candle_start(now, need.interval);
    const UtcTime begin = end - need.interval * (need.least + kMayMiss);
    const auto known = past.find(need.interval);
    const auto count =
        known == past.end()
            ? 0
            : std::count_if(known->second.begin(), known->second.end(), [&](const Candle& candle) {
                return candle.start >= begin && candle.start < end;
              });
    if (count < need.least) open.push_back(need);
  }
  return open;
}

void seed_from_history(history::HistoryStore& store, const SymbolRequest& about,
                       history::IndicatorSet& indicators,
                       std::span<const IndicatorRequest> requests, UtcTime now) {
  indicators.seed(past_from_history(store, about, needs_of(requests), now));
}

}  // namespace btcw
