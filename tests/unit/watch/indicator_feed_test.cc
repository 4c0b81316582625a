#include "btcw/watch/indicator_feed.h"

#include <catch2/catch.hpp>
#include <vector>

#include "btcw/watch/instrument_indicators.h"

using namespace btcw;
using namespace std::chrono_literals;

namespace {

// A whole minute.
const UtcTime kStart = from_unix_ms(1'732'290'000'000);
const IndicatorRequest kMean{.kind = IndicatorKind::sma, .periods = {3}, .span = 1min};

Decimal price(std::int64_t whole) { return Decimal::from_parts(whole, 0); }
Candle candle(milliseconds after, std::int64_t close) {
  return {kStart + after, price(close), price(close), price(close), price(close)};
}
KnownPast open_past(std::vector<Candle> own = {}) {
  return {.candles = {{1min, std::move(own)}}, .open = needs_of(std::vector{kMean})};
}

}  // namespace

TEST_CASE("the past that comes late is put before the prices that came meanwhile") {
  IndicatorFeed feed{{kMean}, open_past()};
  feed.add_price(kStart + 50s, price(100));
  feed.add_price(kStart + 70s, price(110));
  CHECK(feed.value(0) == IndicatorValue{});
  const auto needs = feed.take_needs();
  REQUIRE(needs.size() == 1);
  CHECK(needs[0].interval == 1min);
  CHECK(feed.take_needs().empty());

  feed.complete(1min, std::vector{candle(-2min, 10), candle(-1min, 40), candle(0min, 7777),
                                  candle(1min, 8888)});

  // -1: 40, 0: 100 as it was seen here, 1: 110 that runs.
  CHECK(std::get<double>(feed.value(0)) == Approx((40.0 + 100 + 110) / 3));
  feed.add_price(kStart + 71s, price(130));
  CHECK(std::get<double>(feed.value(0)) == Approx((40.0 + 100 + 130) / 3));
}

TEST_CASE("a candle of our own outweighs the exchange's, which fill the gaps") {
  IndicatorFeed feed{{kMean}, open_past({candle(-3min, 1), candle(-1min, 50)})};
  feed.add_price(kStart + 1s, price(90));
  CHECK(std::get<double>(feed.value(0)) == Approx((1.0 + 50 + 90) / 3));

  feed.complete(1min, std::vector{candle(-3min, 999), candle(-2min, 70), candle(-1min, 999)});

  CHECK(std::get<double>(feed.value(0)) == Approx((70.0 + 50 + 90) / 3));
}

TEST_CASE("a past that nobody knows changes nothing, and is not waited for any longer") {
  IndicatorFeed feed{{kMean}, open_past()};
  feed.add_price(kStart, price(90));
  feed.complete(1min, {});
  CHECK(feed.value(0) == IndicatorValue{});
  feed.complete(1min, std::vector{candle(-2min, 10), candle(-1min, 40)});
  CHECK(feed.value(0) == IndicatorValue{});
}

TEST_CASE("each part of the past comes by itself, in any order") {
  const IndicatorRequest hours{.kind = IndicatorKind::sma, .periods = {2}, .span = 1h};
  IndicatorFeed feed{{kMean, hours}, {.open = needs_of(std::vector{kMean, hours})}};
  feed.add_price(kStart + 1s, price(90));
  CHECK(feed.take_needs().size() == 2);

  feed.complete(1h, std::vector<Candle>{{candle_start(kStart, 1h) - 1h, price(10), price(10),
                                         price(10), price(10)}});
  CHECK(feed.value(0) == IndicatorValue{});
  CHECK(feed.value(1) == IndicatorValue{50.0});

  feed.complete(1min, std::vector{candle(-2min, 10), candle(-1min, 20)});
  CHECK(feed.value(0) == IndicatorValue{40.0});
  CHECK(feed.value(1) == IndicatorValue{50.0});
}

TEST_CASE("prices are not kept for ever for a past that does not come") {
  IndicatorFeed feed{{kMean}, open_past()};
  for (int i = 0; i < 25'000; ++i) feed.add_price(kStart + i * 1ms, price(90));
  feed.complete(1min, std::vector{candle(-2min, 10), candle(-1min, 40)});
  CHECK(feed.value(0) == IndicatorValue{});
  feed.add_price(kStart + 1min, price(90));
  feed.add_price(kStart + 2min, price(90));
  CHECK(feed.value(0) == IndicatorValue{90.0});
}

TEST_CASE("indicators that come later have a past of their own") {
  InstrumentIndicators indicators;
  const auto first = indicators.add(kMean);
  CHECK(indicators.add(kMean) == first);
  CHECK(indicators.value(first) == IndicatorValue{});
  indicators.begin({.candles = {{1min, {candle(-2min, 10), candle(-1min, 40)}}}});
  indicators.add_price(kStart, price(100));
  CHECK(indicators.value(first) == IndicatorValue{50.0});

  const IndicatorRequest longer{.kind = IndicatorKind::sma, .periods = {4}, .span = 1min};
  const auto second = indicators.add(longer);
  CHECK(indicators.fresh().size() == 1);
  CHECK(indicators.add(kMean) == first);
  indicators.begin({.candles = {{1min, {candle(-3min, 1), candle(-2min, 10), candle(-1min, 40)}}}});
  indicators.add_price(kStart + 1s, price(101));

  CHECK(std::get<double>(indicators.value(first)) == Approx((10.0 + 40 + 101) / 3));
  CHECK(indicators.value(second) == IndicatorValue{(1.0 + 10 + 40 + 101) / 4});
}

TEST_CASE("a need is open where the past has a gap or begins too late") {
  const auto needs = needs_of(std::vector{kMean});
  const auto at = [](std::initializer_list<int> minutes) {
    std::vector<Candle> candles;
    for (const int minute : minutes) candles.push_back(candle(minute * 1min, 100));
    return CandlesByInterval{{1min, candles}};
  };
  struct Case {
    CandlesByInterval past;
    bool open;
  };
  const auto row = GENERATE_COPY(values<Case>({
      {{}, true},
      {at({}), true},
      {at({-3, -2, -1}), false},
      {at({-5, -3, -1}), false},
      {at({-3, -2, -1, 0}), false},
      {at({-2, -1, 0}), true},
      {at({-9, -8, -7}), true},
  }));
  CHECK(open_needs(needs, row.past, kStart + 30s).size() == (row.open ? 1 : 0));
}

TEST_CASE("no exchange is asked for candles shorter than a minute") {
  const std::vector requests{
      IndicatorRequest{.kind = IndicatorKind::sma, .periods = {3}, .span = 30s},
      IndicatorRequest{.kind = IndicatorKind::sma, .periods = {3}, .span = 90s},
      IndicatorRequest{.kind = IndicatorKind::highest, .span = 2min},
      IndicatorRequest{.kind = IndicatorKind::highest, .span = 24h}};
  const auto open = open_needs(needs_of(requests), {}, kStart);
  REQUIRE(open.size() == 1);
  CHECK(open[0].interval == 15min);
  CHECK(open[0].least == 96);
}
