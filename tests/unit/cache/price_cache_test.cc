#include "btcw/cache/price_cache.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string_view>

#include "support/sample_tickers.h"

using namespace btcw;

TEST_CASE("a cache takes nothing that is no ticker") {
  struct Case {
    std::string_view why;
    bool is_taken;
    void (*change)(Ticker&);
  };
  const auto row = GENERATE(values<Case>({
      {"whole", true, [](Ticker&) {}},
      {"no timestamp", true, [](Ticker& t) { t.timestamp.reset(); }},
      {"no symbol", false, [](Ticker& t) { t.symbol = {}; }},
      {"no exchange", false, [](Ticker& t) { t.exchange = {}; }},
      {"no price", false, [](Ticker& t) { t.last = {}; }},
      {"negative price", false, [](Ticker& t) { t.last = Decimal::from_parts(-1, 0); }},
      {"received before 1970", false, [](Ticker& t) { t.received = from_unix_ms(-1); }},
      {"received after 9999", false, [](Ticker& t) { t.received = UtcTime::max(); }},
      {"exchange's time in microseconds", false,
       [](Ticker& t) { t.timestamp = from_unix_ms(1'732'290'000'123'456); }},
  }));
  CAPTURE(row.why);
  Ticker ticker = test::full_ticker("okx", "BTC/USDT", from_unix_ms(1'732'290'000'000));
  row.change(ticker);

  CHECK(is_cacheable(ticker) == row.is_taken);
}

TEST_CASE("an entry gives way to a later one, or when it lies in the future") {
  const UtcTime now = from_unix_ms(1'732'290'000'000);
  const auto minute = std::chrono::minutes{1};
  CHECK(may_replace(now, now + milliseconds{1}, now));
  CHECK(may_replace(now, now, now));
  CHECK_FALSE(may_replace(now, now - milliseconds{1}, now));
  CHECK_FALSE(may_replace(now + minute, now, now));
  CHECK(may_replace(now + minute + milliseconds{1}, now, now));
}
