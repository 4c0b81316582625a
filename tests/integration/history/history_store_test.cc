#include "btcw/history/history_store.h"

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "btcw/history/past.h"
#include "btcw/store/database.h"
#include "btcw/watch/history_feeder.h"
#include "btcw/watch/history_seed.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/temp_folder.h"
#include "support/watch_fakes.h"

using namespace btcw;
using namespace btcw::test;
using namespace std::chrono_literals;
using history::Candle;
using history::HistoryRow;
using history::HistoryStore;
using history::PricePoint;
namespace fs = std::filesystem;

namespace {

const UtcTime kStart = from_unix_ms(1'732'290'000'000);  // 15:40 UTC

Decimal number(std::string_view text) { return Decimal::parse(text).value(); }

Candle candle(UtcTime start, std::string_view open, std::string_view high, std::string_view low,
              std::string_view close) {
  return {start, number(open), number(high), number(low), number(close)};
}

std::unique_ptr<HistoryStore> opened(const fs::path& file) {
  auto store = history::open_history_store(file);
  REQUIRE(store);
  return *std::move(store);
}

/// A feeder with a store of its own.
struct Feeding {
  explicit Feeding(const TempFolder& folder)
      : store{opened(folder / "history.db")}, feeder{{}, {*store, clock, log}} {}

  void tick(std::string_view last, milliseconds after, CacheScope scope = CacheScope::any) {
    const CacheEntry entry{ticker("BTC/USDT", "kraken", last, kStart + after), scope};
    REQUIRE(feeder.on_ticks(std::span{&entry, 1}));
  }
  [[nodiscard]] std::vector<Candle> candles(milliseconds interval) {
    return store->candles("BTC/USDT", interval, kStart - 48h, kStart + 48h).value();
  }

  FakeClock clock{kStart + 1h};
  RecordingLog log;
  std::unique_ptr<HistoryStore> store;
  HistoryFeeder feeder;
};

}  // namespace

TEST_CASE("a history has exactly what was written, and a candle as it was written last") {
  const TempFolder folder;
  const fs::path file = folder / "history.db";
  const Candle first = candle(kStart, "1.10", "2", "0.000000012", "1.5");
  const Candle later = candle(kStart, "1.10", "3", "0.000000012", "2.5");
  const Candle next = candle(kStart + 1min, "2", "2", "2", "2");
  {
    const auto store = opened(file);
    REQUIRE(store->write(std::vector<HistoryRow>{
        {"BTC/USDT", 1min, first},
        {"BTC/USDT", 1min, later},
        {"BTC/USDT", 1min, next},
        {"kraken:BTC/USDT", 1min, first},
        {"BTC/USDT", 0ms, {.start = kStart, .close = number("97123.40")}}}));
  }

  const auto store = opened(file);

  CHECK(store->candles("BTC/USDT", 1min, kStart, kStart + 1h).value() == std::vector{later, next});
  CHECK(store->candles("BTC/USDT", 1min, kStart + 1s, kStart + 1h).value() == std::vector{next});
  CHECK(store->candles("BTC/USDT", 1min, kStart, kStart + 1min).value() == std::vector{later});
  CHECK(store->candles("BTC/USDT", 5min, kStart, kStart + 1h).value().empty());
  CHECK(store->candles("ETH/USDT", 1min, kStart, kStart + 1h).value().empty());
  CHECK(store->prices("BTC/USDT", kStart, kStart + 1s).value() ==
        std::vector<PricePoint>{{kStart, number("97123.4")}});
  CHECK(store->series().value() == std::vector<std::string>{"BTC/USDT", "kraken:BTC/USDT"});
}

TEST_CASE("what is older than it is kept goes, of each resolution by itself") {
  const TempFolder folder;
  const auto store = opened(folder / "history.db");
  const UtcTime now = kStart;
  std::vector<HistoryRow> rows;
  for (const milliseconds age : {milliseconds{1h}, milliseconds{72h}, milliseconds{24h * 60}}) {
    for (const milliseconds interval : {0ms, milliseconds{1min}, milliseconds{24h}}) {
      rows.push_back({"BTC/USDT", interval, candle(now - age, "1", "1", "1", "1")});
    }
  }
  REQUIRE(store->write(rows));

  const auto more = store->prune({}, now);

  REQUIRE(more);
  CHECK_FALSE(*more);
  const UtcTime from = now - 24h * 365;
  CHECK(store->prices("BTC/USDT", from, now).value().size() == 1);
  CHECK(store->candles("BTC/USDT", 1min, from, now).value().size() == 2);
  CHECK(store->candles("BTC/USDT", 24h, from, now).value().size() == 3);
}

TEST_CASE("a history of a newer btcw and a damaged one are refused untouched") {
  const TempFolder folder;
  const fs::path file = folder / "history.db";
  const bool newer = GENERATE(true, false);
  if (newer) {
    opened(file);
    auto other = Database::open(
        file, {.application_id = 0x62746368, .migrations = std::array<const char*, 1>{""}});
    REQUIRE(other);
    REQUIRE(other->execute("PRAGMA user_version = 2"));
  } else {
    std::ofstream{file} << std::string(8192, 'x');
  }

  const auto store = history::open_history_store(file);

  REQUIRE_FALSE(store);
  CHECK(store.error().code == (newer ? Errc::rejected : Errc::bad_data));
}

TEST_CASE("tickers become one price a second and candles that are right while they grow") {
  const TempFolder folder;
  Feeding feeding{folder};
  feeding.tick("100", 100ms);
  feeding.tick("103", 900ms);
  feeding.tick("99", 5s);
  REQUIRE(feeding.feeder.due() <= feeding.clock.steady_now());
  feeding.clock.advance(1s);
  REQUIRE(feeding.feeder.on_time());
  CHECK(feeding.candles(1min) == std::vector{candle(kStart, "100", "103", "99", "99")});

  feeding.tick("105", 30s);
  feeding.tick("104", 61s);
  REQUIRE(feeding.feeder.finish());

  CHECK(feeding.candles(1min) == std::vector{candle(kStart, "100", "105", "99", "105"),
                                             candle(kStart + 1min, "104", "104", "104", "104")});
  CHECK(feeding.candles(5min) == std::vector{candle(kStart, "100", "105", "99", "104")});
  CHECK(feeding.candles(24h).size() == 1);
  const auto prices = feeding.store->prices("BTC/USDT", kStart, kStart + 1h).value();
  REQUIRE(prices.size() == 4);
  CHECK(prices[0] == PricePoint{kStart, number("103")});
  CHECK(prices[3] == PricePoint{kStart + 61s, number("104")});
}

TEST_CASE("a candle that ran when a run ended goes on in the next") {
  const TempFolder folder;
  {
    Feeding first{folder};
    first.clock.set(kStart + 30s);
    first.tick("100", 1s);
    first.tick("90", 2s);
    REQUIRE(first.feeder.finish());
  }
  Feeding second{folder};
  second.clock.set(kStart + 40s);
  second.tick("110", 40s);
  REQUIRE(second.feeder.finish());

  CHECK(second.candles(1min) == std::vector{candle(kStart, "100", "110", "90", "110")});
}

TEST_CASE("an exchange's own prices are a series of their own, those of the future are none") {
  const TempFolder folder;
  Feeding feeding{folder};
  feeding.tick("100", 1s, CacheScope::exchange);
  feeding.tick("100", 2h);
  REQUIRE(feeding.feeder.finish());

  CHECK(feeding.store->series().value() == std::vector<std::string>{"kraken:BTC/USDT"});
}

TEST_CASE("a history that cannot be written to is told once, and loses nothing that waits") {
  const TempFolder folder;
  Feeding feeding{folder};
  auto saboteur =
      Database::open(folder / "history.db",
                     {.application_id = 0x62746368, .migrations = std::array<const char*, 1>{""}});
  REQUIRE(saboteur);
  REQUIRE(
      saboteur->execute("CREATE TRIGGER no BEFORE INSERT ON price "
                        "BEGIN SELECT raise(ABORT, 'no'); END"));
  feeding.tick("100", 1s);
  feeding.clock.advance(1s);
  REQUIRE(feeding.feeder.on_time());
  feeding.tick("101", 2s);
  feeding.clock.advance(10s);
  REQUIRE(feeding.feeder.on_time());
  CHECK(feeding.log.count("prices are not remembered") == 1);

  REQUIRE(saboteur->execute("DROP TRIGGER no"));
  feeding.clock.advance(10s);
  REQUIRE(feeding.feeder.on_time());

  CHECK(feeding.store->prices("BTC/USDT", kStart, kStart + 1h).value().size() == 2);
}

TEST_CASE("longer candles are put together from shorter ones, and from prices") {
  const TempFolder folder;
  const auto store = opened(folder / "history.db");
  std::vector<HistoryRow> rows;
  for (int i = 0; i < 6; ++i) {
    const std::string price = std::to_string(100 + i);
    rows.push_back({"BTC/USDT", 1min, candle(kStart + i * 1min, price, "200", "50", price)});
    rows.push_back({"BTC/USDT", 0ms, {.start = kStart + i * 1s, .close = number(price)}});
  }
  REQUIRE(store->write(rows));

  const auto minutes = history::past_candles(*store, "BTC/USDT", 2min, kStart, kStart + 1h);
  const auto seconds = history::past_candles(*store, "BTC/USDT", 3s, kStart, kStart + 1h);

  REQUIRE(minutes);
  REQUIRE(minutes->size() == 3);
  CHECK((*minutes)[1] == candle(kStart + 2min, "102", "200", "50", "103"));
  REQUIRE(seconds);
  REQUIRE(seconds->size() == 2);
  CHECK((*seconds)[0] == candle(kStart, "100", "102", "100", "102"));
}

TEST_CASE("indicators know what the history knows") {
  const TempFolder folder;
  const auto store = opened(folder / "history.db");
  std::vector<HistoryRow> rows;
  for (int i = 0; i < 240; ++i) {
    const std::string price = std::to_string(1000 + i);
    rows.push_back({"BTC/USDT", 1min, candle(kStart + i * 1min, price, price, price, price)});
  }
  REQUIRE(store->write(rows));
  const UtcTime now = kStart + 240min;
  const std::vector<IndicatorRequest> requests{
      {.kind = IndicatorKind::sma, .periods = {3}, .span = 1min},
      {.kind = IndicatorKind::sma, .periods = {2}, .span = 2min},
      {.kind = IndicatorKind::highest, .span = 1h},
      {.kind = IndicatorKind::change, .span = 2h},
      {.kind = IndicatorKind::sma, .periods = {3}, .span = 24h},
  };
  history::IndicatorSet set;
  std::vector<std::size_t> places;
  for (const auto& request : requests) places.push_back(set.add(request));

  seed_from_history(*store, request("BTC/USDT"), set, requests, now);
  set.add_price(now, number("1240"));

  CHECK(std::get<double>(set.value(places[0])) == Approx(1239));
  CHECK(std::get<double>(set.value(places[1])) == Approx(1239.5));
  CHECK(std::get<Decimal>(set.value(places[2])) == number("1239"));
  CHECK(std::get<double>(set.value(places[3])) == Approx((1240.0 / 1120 - 1) * 100).epsilon(0.01));
  CHECK(std::holds_alternative<std::monostate>(set.value(places[4])));
}
