#pragma once

#include <catch2/catch.hpp>
#include <string_view>

#include "btcw/market/exchange.h"
#include "market_samples.h"

namespace btcw::test {

inline constexpr std::int64_t kNoWait = -1;

/// What an exchange says instead of a price of BTC/USD, and what that is.
struct RefusalCase {
  std::string_view why;
  std::string_view exchange;
  int status;
  std::string_view body;
  Errc code;
  std::int64_t wait_seconds = kNoWait;  ///< rate_limited: until retry_at
  HttpHeaders headers = {};
};

inline void check_refusal(const RefusalCase& row) {
  CAPTURE(row.exchange, row.why, row.body);
  const Exchange& exchange = *find_exchange(row.exchange);
  const RestCall call = exchange.calls(symbols({"BTC/USD"})).front();

  const auto read = exchange.read(call, answer(row.status, row.body, row.headers));

  REQUIRE_FALSE(read.has_value());
  CHECK(to_string(read.error().code) == to_string(row.code));
  CHECK_FALSE(read.error().message.empty());
  if (row.wait_seconds == kNoWait) {
    CHECK_FALSE(read.error().retry_at.has_value());
  } else {
    CHECK(read.error().retry_at == kReceived + seconds{row.wait_seconds});
  }
}

}  // namespace btcw::test
