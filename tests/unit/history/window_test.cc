#include "btcw/history/window.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "btcw/history/candle.h"
#include "btcw/history/indicator_set.h"

using btcw::Decimal;
using btcw::from_unix_ms;
using btcw::IndicatorKind;
using btcw::IndicatorValue;
using btcw::milliseconds;
using btcw::UtcTime;
using btcw::history::Candle;
using btcw::history::candle_start;
using btcw::history::CandleBuilder;
using btcw::history::Extreme;
using btcw::history::IndicatorSet;
using btcw::history::PastPrice;
using btcw::history::WindowExtreme;
using namespace std::chrono_literals;

namespace {

Decimal price(std::int64_t whole) { return Decimal::from_parts(whole, 0); }
UtcTime at(milliseconds after) { return from_unix_ms(1'732'320'000'000) + after; }

}  // namespace

TEST_CASE("a candle begins at a multiple of its interval, that of a week on a Monday") {
  struct Case {
    std::string_view time;
    milliseconds interval;
    std::string_view start;
  };
  const auto row = GENERATE(values<Case>({
      {"2026-11-23T10:07:31.5Z", 1min, "2026-11-23T10:07:00Z"},
      {"2026-11-23T10:07:00Z", 1min, "2026-11-23T10:07:00Z"},
      {"2026-11-23T10:06:59.999Z", 1min, "2026-11-23T10:06:00Z"},
      {"2026-11-23T10:07:31Z", 1h, "2026-11-23T10:00:00Z"},
      {"2026-11-23T10:07:31Z", 4h, "2026-11-23T08:00:00Z"},
      {"2026-11-23T10:07:31Z", 24h, "2026-11-23T00:00:00Z"},
      {"2026-11-29T23:59:59Z", 168h, "2026-11-23T00:00:00Z"},
      {"2026-11-23T00:00:00Z", 168h, "2026-11-23T00:00:00Z"},
      {"1970-01-01T00:00:00Z", 168h, "1969-12-29T00:00:00Z"},
  }));
  CAPTURE(row.time);
  const auto start = candle_start(btcw::parse_time(row.time).value(), row.interval);
  CHECK(btcw::to_rfc3339(start) == row.start);
}

TEST_CASE("candles are built of prices, and an interval without one has none") {
  CandleBuilder builder{1min};
  CHECK_FALSE(builder.running());
  CHECK_FALSE(builder.add(at(1s), price(10)));
  CHECK_FALSE(builder.add(at(2s), price(12)));
  CHECK_FALSE(builder.add(at(3s), price(9)));
  CHECK_FALSE(builder.add(at(2s), price(11)));   // late, within the candle
  CHECK_FALSE(builder.add(at(-1s), price(99)));  // of the candle before
  CHECK(builder.running() == Candle{at(0s), price(10), price(12), price(9), price(11)});
  const auto closed = builder.add(at(180s), price(20));
  CHECK(closed == Candle{at(0s), price(10), price(12), price(9), price(11)});
  CHECK(builder.running() == Candle{at(180s), price(20), price(20), price(20), price(20)});
}

TEST_CASE("change is against the last price that is a window old") {
  PastPrice past{1h};
  CHECK_FALSE(past.value(at(0s)));
  past.add(at(0s), price(100));
  past.add(at(30min), price(110));
  CHECK_FALSE(past.change(at(59min)));
  past.add(at(60min), price(120));
  CHECK(past.change(at(60min)) == Approx(20));
  past.add(at(89min), price(121));
  CHECK(past.value(at(89min)) == price(100));
  past.add(at(90min), price(121));
  CHECK(past.value(at(90min)) == price(110));
  CHECK(past.change(at(90min)) == Approx(10));
}

TEST_CASE("change is not known over a gap of more than two windows") {
  PastPrice past{1h};
  past.add(at(0s), price(100));
  past.add(at(2h), price(110));
  CHECK(past.value(at(2h)) == price(100));
  past.add(at(5h), price(120));
  CHECK_FALSE(past.value(at(5h)));
  CHECK_FALSE(past.value(at(5h + 30min)));
  CHECK(past.value(at(6h)) == price(120));
}

TEST_CASE("a price that is older than the last is left out of a window") {
  PastPrice past{10s};
  past.add(at(0s), price(100));
  past.add(at(-5s), price(1));
  CHECK(past.value(at(10s)) == price(100));
  WindowExtreme lowest{Extreme::lowest, 10s};
  lowest.add(at(0s), price(100));
  lowest.add(at(-5s), price(1));
  CHECK(lowest.value(at(10s)) == price(100));
}

TEST_CASE("the highest and the lowest are of the window, once it is covered") {
  WindowExtreme highest{Extreme::highest, 10s};
  WindowExtreme lowest{Extreme::lowest, 10s};
  const auto add = [&](milliseconds time, std::int64_t whole) {
    highest.add(at(time), price(whole));
    lowest.add(at(time), price(whole));
  };
  add(0s, 5);
  add(3s, 9);
  add(6s, 2);
  CHECK_FALSE(highest.value(at(9s)));
  CHECK(highest.value(at(10s)) == price(9));
  CHECK(lowest.value(at(10s)) == price(2));
  add(12s, 4);
  add(14s, 3);
  CHECK(highest.value(at(14s)) == price(4));
  CHECK(lowest.value(at(14s)) == price(2));
  CHECK_FALSE(highest.value(at(24s + 1ms)));  // nothing came in all of it
  add(40s, 7);
  CHECK_FALSE(highest.value(at(40s)));
  CHECK_FALSE(highest.value(at(49s)));
  CHECK(highest.value(at(50s)) == price(7));
}

TEST_CASE("the extremes of a window are those of a search through all its prices") {
  std::mt19937_64 random{3};
  const milliseconds window = GENERATE(10s, 60s, 600s);
  WindowExtreme highest{Extreme::highest, window};
  WindowExtreme lowest{Extreme::lowest, window};
  struct Tick {
    UtcTime time;
    Decimal price;
  };
  std::vector<Tick> ticks;
  for (int i = 0; i < 1'500; ++i) {
    ticks.push_back({at(i * 1s), price(1'000 + static_cast<std::int64_t>(random() % 200))});
    highest.add(ticks.back().time, ticks.back().price);
    lowest.add(ticks.back().time, ticks.back().price);
    if (i * 1s < window || i % 7 != 0) continue;
    // One piece of the window is a second: a price counts until its second is over.
    std::optional<Decimal> top;
    std::optional<Decimal> bottom;
    for (const Tick& tick : ticks) {
      if (tick.time + 1s <= ticks.back().time - window) continue;
      top = top ? std::max(*top, tick.price) : tick.price;
      bottom = bottom ? std::min(*bottom, tick.price) : tick.price;
    }
    REQUIRE(highest.value(ticks.back().time) == top);
    REQUIRE(lowest.value(ticks.back().time) == bottom);
  }
}

TEST_CASE("highest leaves out the price that is judged, so that a new high is above it") {
  IndicatorSet set;
  const auto place = set.add({.kind = IndicatorKind::highest, .span = 10s});
  for (int i = 0; i <= 12; ++i) set.add_price(at(i * 1s), price(100));
  set.add_price(at(13s), price(101));
  CHECK(set.value(place) == IndicatorValue{price(100)});
  set.add_price(at(14s), price(100));
  CHECK(set.value(place) == IndicatorValue{price(101)});
}

TEST_CASE("windows are seeded with candles, and go on with prices") {
  IndicatorSet set;
  const auto change = set.add({.kind = IndicatorKind::change, .span = 1h});
  const auto highest = set.add({.kind = IndicatorKind::highest, .span = 1h});
  const auto lowest = set.add({.kind = IndicatorKind::lowest, .span = 1h});
  const auto minute = set.add({.kind = IndicatorKind::lowest, .span = 1min});
  std::vector<Candle> candles;
  for (int i = 0; i < 8; ++i) {
    candles.push_back(
        {at(i * 15min), price(100 + i), price(110 + i), price(90 + i), price(101 + i)});
  }
  set.seed({{15min, candles}});
  set.add_price(at(7 * 15min + 60s), price(107));
  // Of the candle that began an hour ago.
  CHECK(std::get<double>(set.value(change)) == Approx(100.0 * (107 - 103) / 103));
  CHECK(set.value(highest) == IndicatorValue{price(117)});
  CHECK(set.value(lowest) == IndicatorValue{price(94)});
  CHECK(set.value(minute) == IndicatorValue{});
}

TEST_CASE("a window is seeded with candles that are as short as it needs, beside longer ones") {
  IndicatorSet set;
  const auto hour = set.add({.kind = IndicatorKind::change, .span = 1h});
  const auto day = set.add({.kind = IndicatorKind::highest, .span = 24h});
  std::vector<Candle> minutes;
  for (int i = 0; i < 120; ++i) {
    minutes.push_back({at(46h + i * 1min), price(100 + i), price(300), price(50), price(100 + i)});
  }
  std::vector<Candle> quarters;
  for (int i = 0; i < 4 * 48; ++i) {
    quarters.push_back({at(i * 15min), price(200), price(400), price(50), price(200)});
  }
  set.seed({{1min, minutes}, {15min, quarters}});
  set.add_price(at(48h), price(320));
  CHECK(std::get<double>(set.value(hour)) == Approx(100.0 * (320 - 160) / 160));
  CHECK(set.value(day) == IndicatorValue{price(400)});
}
