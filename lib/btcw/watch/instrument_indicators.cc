#include "btcw/watch/instrument_indicators.h"

#include <algorithm>
#include <utility>

namespace btcw {

std::size_t InstrumentIndicators::add(const IndicatorRequest& request) {
  for (std::size_t place = 0; place < places_.size(); ++place) {
    const auto [feed, at] = places_[place];
    const auto known =
        feed < feeds_.size() ? feeds_[feed].requests() : std::span<const IndicatorRequest>{fresh_};
    if (known[at] == request) return place;
  }
  places_.push_back({feeds_.size(), fresh_.size()});
  fresh_.push_back(request);
  return places_.size() - 1;
}

void InstrumentIndicators::begin(KnownPast past) {
  if (!fresh_.empty()) feeds_.emplace_back(std::exchange(fresh_, {}), std::move(past));
}

void InstrumentIndicators::add_price(UtcTime time, Decimal price) {
  for (IndicatorFeed& feed : feeds_) feed.add_price(time, price);
}

IndicatorValue InstrumentIndicators::value(std::size_t place) const {
  const auto [feed, at] = places_[place];
  return feed < feeds_.size() ? feeds_[feed].value(at) : IndicatorValue{};
}

void InstrumentIndicators::take_needs(FunctionRef<void(std::size_t, const PastNeed&)> ask) {
  for (; asked_ < feeds_.size(); ++asked_) {
    for (const PastNeed& need : feeds_[asked_].take_needs()) ask(asked_, need);
  }
}

void InstrumentIndicators::complete(std::size_t feed, milliseconds interval,
                                    std::span<const Candle> candles) {
  feeds_[feed].complete(interval, candles);
}

}  // namespace btcw
