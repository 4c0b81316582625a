#include "btcw/history/candle_ladder.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <string>
#include <utility>

using btcw::Decimal;
using btcw::from_unix_ms;
using btcw::milliseconds;
using btcw::UtcTime;
using btcw::history::Candle;
using btcw::history::candle_start;
using btcw::history::CandleLadder;
using btcw::history::kResolutions;
using namespace std::chrono_literals;

namespace {

/// What a table would hold: a candle is replaced by a later one of the same place.
class Table {
 public:
  void put(milliseconds interval, const Candle& candle) {
    rows_[{interval, candle.start}] = candle;
    ++writes_;
  }
  [[nodiscard]] const auto& rows() const { return rows_; }
  [[nodiscard]] int writes() const { return writes_; }

 private:
  std::map<std::pair<milliseconds, UtcTime>, Candle> rows_;
  int writes_ = 0;
};

Decimal price(std::int64_t whole) { return Decimal::from_parts(whole, 0); }

}  // namespace

TEST_CASE("what is written in the end is what each interval saw, whenever it was flushed") {
  std::mt19937_64 random{9};
  CandleLadder ladder;
  Table table;
  const auto put = [&](milliseconds interval, const Candle& candle) {
    table.put(interval, candle);
  };
  std::map<std::pair<milliseconds, UtcTime>, Candle> candles;
  UtcTime at = from_unix_ms(1'732'290'000'000);
  for (int i = 0; i < 3'000; ++i) {
    at += milliseconds{random() % 60'000};
    const Decimal now = price(1'000 + static_cast<std::int64_t>(random() % 100));
    ladder.add(at, now, put);
    if (random() % 3 == 0) ladder.flush(put);
    for (const milliseconds interval : kResolutions) {
      const UtcTime start = candle_start(at, interval);
      auto& candle =
          candles.try_emplace({interval, start}, Candle{start, now, now, now, now}).first->second;
      candle.high = std::max(candle.high, now);
      candle.low = std::min(candle.low, now);
      candle.close = now;
    }
  }
  ladder.flush(put);
  CHECK(table.rows() == candles);
}

TEST_CASE("what has not changed since the last flush is not written again") {
  CandleLadder ladder;
  Table table;
  const auto put = [&](milliseconds interval, const Candle& candle) {
    table.put(interval, candle);
  };
  const UtcTime midnight = from_unix_ms(1'732'320'000'000);
  ladder.flush(put);
  CHECK(table.writes() == 0);
  for (int i = 0; i < 50; ++i) ladder.add(midnight + i * 1s, price(100 + i), put);
  CHECK(table.writes() == 0);
  ladder.flush(put);
  CHECK(table.writes() == 6);
  ladder.flush(put);
  CHECK(table.writes() == 6);
  ladder.add(midnight + 60s, price(1), put);  // the minute before was written already
  CHECK(table.writes() == 6);
  ladder.add(midnight + 30s, price(2), put);  // too late for its minute, in time for the others
  ladder.flush(put);
  CHECK(table.writes() == 12);
  CHECK(table.rows().at({1min, midnight}).close == price(149));
  CHECK(table.rows().at({1min, midnight + 60s}).close == price(1));
  CHECK(table.rows().at({5min, midnight}).close == price(2));
}

TEST_CASE("a candle that was written before a restart goes on to grow") {
  CandleLadder ladder;
  Table table;
  const auto put = [&](milliseconds interval, const Candle& candle) {
    table.put(interval, candle);
  };
  const UtcTime hour = from_unix_ms(1'732'320'000'000);
  const Candle before{hour, price(10), price(20), price(5), price(15)};
  ladder.resume(1h, before);
  ladder.flush(put);
  CHECK(table.writes() == 0);
  ladder.add(hour + 40min, price(12), put);
  ladder.flush(put);
  CHECK(table.rows().at({1h, hour}) == Candle{hour, price(10), price(20), price(5), price(12)});
  CHECK(table.rows().at({1min, hour + 40min}).open == price(12));
}
