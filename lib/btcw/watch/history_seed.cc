#include "btcw/watch/history_seed.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

#include "btcw/history/candle_ladder.h"

namespace btcw {
namespace {

using history::Candle;
using history::kResolutions;

constexpr std::int64_t kMostCandles = 20'000;

bool is_window(IndicatorKind kind) {
  return kind == IndicatorKind::change || kind == IndicatorKind::highest ||
         kind == IndicatorKind::lowest;
}

/// The longest of those kept that `fits`; nullopt: none.
template <typename Fits>
std::optional<milliseconds> longest_kept(Fits fits) {
  const auto found = std::find_if(kResolutions.rbegin(), kResolutions.rend(), fits);
  if (found == kResolutions.rend()) return std::nullopt;
  return *found;
}

struct Need {
  milliseconds interval;  ///< of the candles
  milliseconds reach;     ///< how far back
};

std::optional<Need> need_of(const IndicatorRequest& request) {
  if (is_window(request.kind)) {
    // A window's edge is as sharp as a thirtieth of it, where there are candles that short.
    const auto interval = longest_kept([&](milliseconds kept) {
      return kept <= std::max<milliseconds>(request.span / 30, kResolutions.front());
    });
    if (!interval || *interval * 4 > request.span) return std::nullopt;
    return Need{*interval, request.span * 2};
  }
  // What grows with all candles since the first needs some more for its beginning not to matter.
  constexpr int kWarmUp = 6;
  const auto periods =
      std::accumulate(request.periods.begin(), request.periods.end(), std::int64_t{2});
  return Need{request.span, request.span * std::min(periods * kWarmUp, kMostCandles)};
}

/// Candles of `interval` out of shorter ones.
std::vector<Candle> joined(const std::vector<Candle>& parts, milliseconds interval) {
  std::vector<Candle> candles;
  for (const Candle& part : parts) {
    const UtcTime start = history::candle_start(part.start, interval);
    if (candles.empty() || candles.back().start != start) {
      candles.push_back(part);
      candles.back().start = start;
      continue;
    }
    Candle& candle = candles.back();
    candle.high = std::max(candle.high, part.high);
    candle.low = std::min(candle.low, part.low);
    candle.close = part.close;
  }
  return candles;
}

std::vector<Candle> candles_of(history::HistoryStore& store, const std::string& series,
                               const Need& need, UtcTime now) {
  const auto kept = longest_kept([&](milliseconds each) {
    return each <= need.interval && need.interval % each == milliseconds{0};
  });
  if (!kept) return {};
  const UtcTime from = now - std::min(need.reach, *kept * kMostCandles);
  auto candles = store.candles(series, *kept, from, now + milliseconds{1});
  if (!candles) return {};
  return *kept == need.interval ? *std::move(candles) : joined(*candles, need.interval);
}

}  // namespace

void seed_from_history(history::HistoryStore& store, const SymbolRequest& about,
                       history::IndicatorSet& indicators,
                       std::span<const IndicatorRequest> requests, UtcTime now) {
  // The shortest first: what is older than a window's last price is left out.
  std::map<milliseconds, milliseconds> reaches;
  for (const IndicatorRequest& request : requests) {
    const auto need = need_of(request);
    if (!need) continue;
    auto& reach = reaches[need->interval];
    reach = std::max(reach, need->reach);
  }
  const std::string series = about.to_string();
  for (const auto& [interval, reach] : reaches) {
    indicators.seed(interval, candles_of(store, series, {interval, reach}, now));
  }
}

}  // namespace btcw
