#include "btcw/agenda/digest.h"

#include <catch2/catch.hpp>
#include <vector>

#include "btcw/agenda/day_past.h"
#include "support/watch_fakes.h"

using btcw::CacheEntry;
using btcw::Decimal;
using btcw::DigestRow;
using btcw::from_unix_ms;
using btcw::make_digest_text;
using btcw::PriceTrail;
using btcw::sparkline;
using btcw::Ticker;
using btcw::UtcTime;
using btcw::test::request;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

Decimal number(std::string_view text) { return Decimal::parse(text).value(); }

Ticker ticker_at(std::string_view last, UtcTime received, std::string_view exchange = "kraken") {
  return btcw::test::ticker("BTC/USDT", exchange, last, received);
}

const UtcTime kStart = from_unix_ms(1'732'287'600'000);  // a whole hour

}  // namespace

TEST_CASE("a digest is a table with change, high, low and a sparkline") {
  Ticker bitcoin = ticker_at("97123.4", kStart);
  bitcoin.percentage = number("2.2352");
  bitcoin.high = number("98000");
  bitcoin.low = number("94000.10");
  Ticker ether = btcw::test::ticker("ETH/USDT", "kraken", "3400.5", kStart - hours{2});
  ether.percentage = number("-0.004");
  const std::vector<DigestRow> rows{
      {request("BTC/USDT"), btcw::TrailPrices{bitcoin, {number("1"), number("3"), number("2")}}},
      {request("kraken:ETH/USDT"), btcw::TrailPrices{ether, {}}},
      {request("XRP/USDT"), std::nullopt},
  };
  CHECK(make_digest_text(rows, kStart) ==
        "                    last      24h   high      low\n"
        "BTC/USDT         97123.4  +2.24 %  98000  94000.1  ▁█▅\n"
        "kraken:ETH/USDT   3400.5   0.00 %      -        -  2h old\n"
        "XRP/USDT               -        -      -        -");
}

TEST_CASE("a sparkline goes from the lowest to the highest") {
  const auto line = [](std::vector<std::string_view> texts) {
    std::vector<Decimal> values;
    for (const std::string_view text : texts) values.push_back(number(text));
    return sparkline(values);
  };
  CHECK(line({}).empty());
  CHECK(line({"1"}).empty());
  CHECK(line({"5", "5", "5"}) == "▁▁▁");
  CHECK(line({"0", "1", "2", "3", "4", "5", "6", "7"}) == "▁▂▃▄▅▆▇█");
  CHECK(line({"100000.01", "100000.02"}) == "▁█");
}

TEST_CASE("a trail keeps the last price of each hour of a day") {
  PriceTrail trail;
  trail.keep(PriceTrail::Keeping::prices);
  for (int hour = 0; hour < 30; ++hour) {
    if (hour == 20) continue;
    for (const std::string_view last : {"1", "2"}) {
      const std::string text = std::to_string(hour) + "." + std::string{last};
      REQUIRE(trail.on_ticks(std::vector{CacheEntry{ticker_at(text, kStart + hours{hour})}}));
    }
  }
  const auto prices = trail.find(request("BTC/USDT"));
  REQUIRE(prices);
  CHECK(prices->last.last == number("29.2"));
  REQUIRE(prices->closes.size() == 23);
  CHECK(prices->closes.front() == number("6.2"));
  CHECK(prices->closes.back() == number("29.2"));
}

TEST_CASE("a trail that is younger than a day shows what it has seen") {
  PriceTrail trail;
  trail.keep(PriceTrail::Keeping::prices);
  std::size_t most = 0;
  for (int second = 0; second < 4000; ++second) {
    const auto at = kStart + btcw::seconds{second};
    REQUIRE(trail.on_ticks(std::vector{CacheEntry{ticker_at(std::to_string(second + 1), at)}}));
    const auto closes = trail.find(request("BTC/USDT"))->closes;
    most = std::max(most, closes.size());
    if (second >= 1) REQUIRE(closes.size() >= 2);
    REQUIRE(std::is_sorted(closes.begin(), closes.end()));
  }
  CHECK(most == 24);
  CHECK(trail.find(request("BTC/USDT"))->closes.back() == number("4000"));
}

TEST_CASE("a trail knows exchanges apart, and keeps nothing until it is asked to") {
  PriceTrail trail;
  const std::vector<CacheEntry> ticks{{ticker_at("1", kStart, "kraken")},
                                      {ticker_at("2", kStart, "okx")}};
  REQUIRE(trail.on_ticks(ticks));
  CHECK_FALSE(trail.find(request("BTC/USDT")));
  trail.keep(PriceTrail::Keeping::prices);
  REQUIRE(trail.on_ticks(ticks));
  CHECK(trail.find(request("kraken:BTC/USDT"))->last.last == number("1"));
  CHECK(trail.find(request("BTC/USDT"))->last.last == number("2"));
  CHECK_FALSE(trail.find(request("gate:BTC/USDT")));
  trail.keep(PriceTrail::Keeping::nothing);
  CHECK_FALSE(trail.find(request("BTC/USDT")));
}

TEST_CASE("a trail forgets what is older than a day, and takes no price from before") {
  PriceTrail trail;
  trail.keep(PriceTrail::Keeping::prices);
  REQUIRE(trail.on_ticks(std::vector{CacheEntry{ticker_at("1", kStart)}}));
  REQUIRE(trail.on_ticks(std::vector{CacheEntry{ticker_at("2", kStart + hours{100})}}));
  REQUIRE(trail.on_ticks(std::vector{CacheEntry{ticker_at("3", kStart)}}));
  const auto prices = trail.find(request("BTC/USDT"));
  REQUIRE(prices);
  CHECK(prices->closes == std::vector{number("2")});
  CHECK(prices->last.last == number("2"));
}

namespace {

/// A candle of each of the `hours` hours before `end`; the oldest opens at 100.
std::vector<btcw::history::Candle> candles(int count, UtcTime end) {
  std::vector<btcw::history::Candle> day;
  for (int i = 0; i < count; ++i) {
    const Decimal base = Decimal::from_parts(100 + i, 0);
    day.push_back({.start = end - hours{count - 1 - i},
                   .open = base,
                   .high = Decimal::from_parts(200 + i, 0),
                   .low = Decimal::from_parts(50 + i, 0),
                   .close = base});
  }
  return day;
}

}  // namespace

TEST_CASE("a digest knows the day from the history where watch has not seen it") {
  const UtcTime now = kStart + minutes{30};
  btcw::TrailPrices seen{ticker_at("110", now), {number("109"), number("110")}, now - minutes{2}};

  const auto whole = btcw::with_past(seen, candles(24, kStart), now);
  CHECK(whole.closes.size() == 24);
  CHECK(whole.closes.front() == number("100"));
  CHECK(whole.closes.back() == number("110"));
  CHECK(whole.last.high == number("223"));
  CHECK(whole.last.low == number("50"));
  CHECK(whole.last.open == number("100"));
  CHECK(whole.last.percentage == number("10"));
  CHECK(whole.last.last == number("110"));
}

TEST_CASE("a digest takes no part of a day for the day, and the exchange's own word first") {
  const UtcTime now = kStart + minutes{30};
  btcw::TrailPrices seen{ticker_at("110", now), {number("109"), number("110")}, now - minutes{2}};

  SECTION("what was seen goes back as far") {
    seen.since = kStart - hours{3};
    CHECK(btcw::with_past(seen, candles(3, kStart), now).closes.size() == 2);
  }
  SECTION("a part of the day") {
    const auto part = btcw::with_past(seen, candles(12, kStart), now);
    CHECK(part.closes.size() == 12);
    CHECK_FALSE(part.last.high);
    CHECK_FALSE(part.last.percentage);
  }
  SECTION("the exchange says some of it") {
    seen.last.high = number("300");
    seen.last.percentage = number("-1");
    const auto both = btcw::with_past(seen, candles(24, kStart), now);
    CHECK(both.last.high == number("300"));
    CHECK(both.last.low == number("50"));
    CHECK(both.last.percentage == number("-1"));
  }
  SECTION("nothing is remembered") { CHECK(btcw::with_past(seen, {}, now).closes.size() == 2); }
}
