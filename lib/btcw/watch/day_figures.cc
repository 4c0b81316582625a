#include "btcw/watch/day_figures.h"

#include <algorithm>

namespace btcw {
namespace {

constexpr int kPercentPlaces = 4;  // as percent_change() has them

/// `percent` belongs to the price `from`; what is it at `to`, measured from the same open?
std::optional<Decimal> carried(Decimal percent, Decimal from, Decimal to) {
  constexpr int kRatioPlaces = 17;
  const Decimal hundred = Decimal::from_parts(100, 0);
  const auto whole = add(percent, hundred);
  const auto ratio = divide(to, from, kRatioPlaces);
  if (!whole || !ratio) return std::nullopt;
  const auto moved = multiply(*whole, *ratio);
  if (!moved) return std::nullopt;
  const auto change = subtract(*moved, hundred);
  return change ? std::optional{change->rounded(kPercentPlaces)} : std::nullopt;
}

}  // namespace

void DayFigures::note(Place& place, const std::optional<Decimal>& told, SteadyTime now) {
  if (told) place = Figure{*told, now};
}

std::optional<Decimal> DayFigures::recall(const Place& place, SteadyTime oldest) {
  return place && place->at > oldest ? std::optional{place->value} : std::nullopt;
}

void DayFigures::learn(const Ticker& answer, SteadyTime now) {
  note(open_, answer.open, now);
  note(high_, answer.high, now);
  note(low_, answer.low, now);
  note(base_volume_, answer.base_volume, now);
  note(quote_volume_, answer.quote_volume, now);
  note(percentage_, answer.percentage, now);
  if (answer.percentage) told_with_ = answer.last;
  asked_ = now;
}

bool DayFigures::ask(SteadyTime now) {
  if (asked_ && now - *asked_ < kAskEvery) return false;
  asked_ = now;
  return true;
}

void DayFigures::complete(Ticker& ticker, SteadyTime oldest) {
  // Kept: a peak between two answers is one of the day when the price has come back from it.
  if (high_) high_->value = std::max(high_->value, ticker.last);
  if (low_) low_->value = std::min(low_->value, ticker.last);
  if (!ticker.open) ticker.open = recall(open_, oldest);
  if (!ticker.high) ticker.high = recall(high_, oldest);
  if (!ticker.low) ticker.low = recall(low_, oldest);
  if (!ticker.base_volume) ticker.base_volume = recall(base_volume_, oldest);
  if (!ticker.quote_volume) ticker.quote_volume = recall(quote_volume_, oldest);
  if (!ticker.percentage) ticker.percentage = percentage_at(ticker, oldest);
}

std::optional<Decimal> DayFigures::percentage_at(const Ticker& ticker, SteadyTime oldest) const {
  if (ticker.open) {
    if (const auto percent = percent_change(*ticker.open, ticker.last)) return percent;
  }
  const auto percent = recall(percentage_, oldest);
  return percent ? carried(*percent, told_with_, ticker.last) : std::nullopt;
}

}  // namespace btcw
