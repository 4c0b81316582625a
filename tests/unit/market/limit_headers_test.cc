#include "btcw/market/exchanges/limit_headers.h"

#include <catch2/catch.hpp>

#include "market_samples.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

TEST_CASE("an exchange whose limit is nearly used up is left alone until it is full again") {
  struct Case {
    std::string_view why;
    std::string_view exchange;
    HttpHeaders headers;
    std::int64_t wait_ms;  // 0: go on
  };
  // It is received at :01 of a minute.
  const auto row = GENERATE(values<Case>({
      {"nothing told", "binance", {}, 0},
      {"room", "binance", {{"x-mbx-used-weight-1m", "4799"}}, 0},
      {"four fifths", "binance", {{"x-mbx-used-weight-1m", "4800"}}, 59'000},
      {"a smaller limit", "binanceus", {{"x-mbx-used-weight-1m", "960"}}, 59'000},
      {"not a number", "binance", {{"x-mbx-used-weight-1m", "5000x"}}, 0},
      {"a negative number", "binance", {{"x-mbx-used-weight-1m", "-1"}}, 0},
      {"the largest number", "binance", {{"x-mbx-used-weight-1m", "9223372036854775807"}}, 59'000},
      {"kucoin: room",
       "kucoin",
       {{"gw-ratelimit-limit", "2000"},
        {"gw-ratelimit-remaining", "401"},
        {"gw-ratelimit-reset", "2500"}},
       0},
      {"kucoin: none",
       "kucoin",
       {{"gw-ratelimit-limit", "2000"},
        {"gw-ratelimit-remaining", "400"},
        {"gw-ratelimit-reset", "2500"}},
       2'500},
      {"gate",
       "gate",
       {{"x-gate-ratelimit-limit", "200"},
        {"x-gate-ratelimit-requests-remain", "0"},
        {"x-gate-ratelimit-reset-timestamp", "1732290008"}},
       7'000},
      {"bybit",
       "bybit",
       {{"x-bapi-limit", "600"},
        {"x-bapi-limit-status", "3"},
        {"x-bapi-limit-reset-timestamp", "1732290003500"}},
       2'500},
      {"no end told", "bybit", {{"x-bapi-limit", "600"}, {"x-bapi-limit-status", "3"}}, 5'000},
      {"no limit told", "bybit", {{"x-bapi-limit-status", "3"}}, 0},
      {"htx: room",
       "htx",
       {{"x-hb-ratelimit-requests-remain", "6"}, {"x-hb-ratelimit-requests-expire", "2500"}},
       0},
      {"htx: hardly any left, a time to wait",
       "htx",
       {{"x-hb-ratelimit-requests-remain", "5"}, {"x-hb-ratelimit-requests-expire", "2500"}},
       2'500},
      {"htx: none left, a moment",
       "htx",
       {{"x-hb-ratelimit-requests-remain", "0"},
        {"x-hb-ratelimit-requests-expire", "1732290003500"}},
       2'500},
      {"htx: none left, no end told", "htx", {{"x-hb-ratelimit-requests-remain", "0"}}, 5'000},
      {"htx: an end in a year",
       "htx",
       {{"x-hb-ratelimit-requests-remain", "0"},
        {"x-hb-ratelimit-requests-expire", "1763826001000"}},
       5'000},
      {"another's header", "okx", {{"x-mbx-used-weight-1m", "6000"}}, 0},
  }));
  CAPTURE(row.why);

  const auto until = pause_told(row.exchange, answer(200, "{}", row.headers));

  REQUIRE(until.has_value() == (row.wait_ms > 0));
  if (until) CHECK(*until == kReceived + milliseconds{row.wait_ms});
}
