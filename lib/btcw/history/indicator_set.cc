#include "btcw/history/indicator_set.h"

#include <algorithm>
#include <utility>

#include "btcw/history/past.h"

namespace btcw::history {
namespace {

Bar bar_of(const Candle& candle) {
  return {candle.high.to_double(), candle.low.to_double(), candle.close.to_double()};
}

}  // namespace

std::size_t IndicatorSet::series_of(milliseconds interval) {
  const auto found = std::find_if(series_.begin(), series_.end(), [&](const Series& series) {
    return series.builder.interval() == interval;
  });
  const auto place = static_cast<std::size_t>(found - series_.begin());
  if (found == series_.end()) series_.push_back({CandleBuilder{interval}, {}});
  return place;
}

std::size_t IndicatorSet::add(const IndicatorRequest& request) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return entry.request == request; });
  const auto place = static_cast<std::size_t>(found - entries_.begin());
  if (found != entries_.end()) return place;
  Entry entry{.request = request};
  if (request.kind == IndicatorKind::change) {
    entry.past.emplace(request.span);
  } else if (request.kind == IndicatorKind::highest || request.kind == IndicatorKind::lowest) {
    const bool highest = request.kind == IndicatorKind::highest;
    entry.extreme.emplace(highest ? Extreme::highest : Extreme::lowest, request.span);
  } else {
    entry.of_candles = make_indicator(request);
    entry.series = series_of(request.span);
    series_[entry.series].entries.push_back(place);
  }
  entries_.push_back(std::move(entry));
  return place;
}

void IndicatorSet::close(const Series& series, const Candle& candle) {
  for (const std::size_t place : series.entries) entries_[place].of_candles->close(bar_of(candle));
}

void IndicatorSet::seed(const CandlesByInterval& past) {
  for (Series& series : series_) {
    const auto found = past.find(series.builder.interval());
    if (found == past.end()) continue;
    for (const Candle& candle : found->second) {
      if (const auto closed = series.builder.seed(candle)) close(series, *closed);
    }
  }
  for (Entry& entry : entries_) {
    if (entry.past || entry.extreme) seed_window(entry, past);
  }
}

void IndicatorSet::seed_window(Entry& entry, const CandlesByInterval& past) {
  // Of one interval alone: a window leaves out what is older than the last that it has seen.
  const auto sharp = past.find(window_interval(entry.request.span));
  const auto found = sharp != past.end() && !sharp->second.empty()
                         ? sharp
                         : std::find_if(past.begin(), past.end(),
                                        [](const auto& each) { return !each.second.empty(); });
  if (found == past.end() || entry.request.span < 4 * found->first) return;
  const bool highest = entry.request.kind == IndicatorKind::highest;
  for (const Candle& candle : found->second) {
    if (entry.past) entry.past->add(candle.start, candle.open);
    if (entry.extreme) entry.extreme->add(candle.start, highest ? candle.high : candle.low);
  }
}

void IndicatorSet::add_price(UtcTime time, Decimal price) {
  for (Series& series : series_) {
    if (const auto closed = series.builder.add(time, price)) close(series, *closed);
  }
  for (Entry& entry : entries_) {
    if (entry.past) {
      entry.past->add(time, price);
      const auto change = entry.past->change(time);
      entry.value = change ? IndicatorValue{*change} : IndicatorValue{};
    }
    if (entry.extreme) {
      const auto before = entry.extreme->value(time);
      entry.value = before ? IndicatorValue{*before} : IndicatorValue{};
      entry.extreme->add(time, price);
    }
  }
}

IndicatorValue IndicatorSet::value(std::size_t place) const {
  const Entry& entry = entries_[place];
  if (!entry.of_candles) return entry.value;
  const auto& running = series_[entry.series].builder.running();
  if (!running) return {};
  const auto value = entry.of_candles->value(bar_of(*running));
  return value ? IndicatorValue{*value} : IndicatorValue{};
}

}  // namespace btcw::history
