// What a user sets of one exchange, and what its calls become by it.
#include "btcw/market/exchange_record.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "btcw/market/call_rate.h"
#include "support/fake_clock.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

std::string sent_headers(std::string_view exchange, std::string_view rest_url) {
  const FakeClock clock;
  const ExchangeOptions options{.rest_url = std::string{rest_url},
                                .key = std::make_shared<const Secret>(std::string{"CG-abc"})};
  const ExchangeRecord record{*find_exchange(exchange), ExchangeName::parse(exchange).value(),
                              options, clock};
  std::string text;
  for (const auto& [name, value] : record.request({.target = "/x", .symbols = {}}).headers) {
    text += name + "=" + value + ";";
  }
  return text;
}

/// How many calls of weight 1 may be made within `time`, at once where that is allowed.
int calls_within(milliseconds time, std::string_view exchange, std::string_view rate) {
  FakeClock clock;
  ExchangeRecord record{*find_exchange(exchange), ExchangeName::parse(exchange).value(),
                        ExchangeOptions{.rate = std::string{rate}}, clock};
  const SteadyTime end = clock.steady_now() + time;
  int made = 0;
  while (true) {
    const auto later = record.pay_for_call(1);
    if (!later) {
      ++made;
    } else if (*later >= end) {
      return made;
    } else {
      clock.advance(std::chrono::ceil<milliseconds>(*later - clock.steady_now()));
    }
  }
}

}  // namespace

TEST_CASE("a user's key goes to the source that takes one, and to no other") {
  CHECK(sent_headers("coingecko", "") == "Accept=application/json;x-cg-demo-api-key=CG-abc;");
  CHECK(sent_headers("coingecko", "https://pro-api.coingecko.com") ==
        "Accept=application/json;x-cg-pro-api-key=CG-abc;");
  for (const Exchange& each : exchanges()) {
    if (each.name == "coingecko") continue;
    INFO(each.name);
    CHECK(sent_headers(each.name, "") == "Accept=application/json;");
  }
}

TEST_CASE("a rate of the user's replaces an exchange's budget") {
  // The first burst is the smaller of both; then one every interval.
  CHECK(calls_within(seconds{60}, "kraken", "6/1m") <= 12);
  CHECK(calls_within(seconds{60}, "kraken", "6/1m") >= 6);
  CHECK(calls_within(seconds{10}, "kraken", "1/5s") == 2);
  CHECK(calls_within(seconds{10}, "coingecko", "10/1s") >= 90);
  CHECK(calls_within(seconds{10}, "coingecko", "") < 10);
}

TEST_CASE("a rate is a number of calls and a time") {
  struct Row {
    std::string_view text;
    int calls;
    milliseconds per;
  };
  for (const Row& row :
       {Row{"30/1m", 30, seconds{60}}, Row{"1/1s", 1, seconds{1}}, Row{"1000/1s", 1000, seconds{1}},
        Row{"100000/24h", 100'000, seconds{86'400}}}) {
    INFO(row.text);
    const auto rate = parse_call_rate(row.text);
    REQUIRE(rate);
    CHECK(rate->calls == row.calls);
    CHECK(rate->per == row.per);
  }
  for (const std::string_view wrong :
       {"", "30", "30/", "/1m", "0/1m", "-1/1m", "1.5/1m", "30 /1m", "30/1m ", "100001/24h",
        "1001/1s", "1/500ms", "1/25h", "30/m", "99999999999/1m", "30/1m/1m"}) {
    INFO(wrong);
    const auto rate = parse_call_rate(wrong);
    REQUIRE_FALSE(rate);
    CHECK(rate.error().code == Errc::invalid_input);
  }
}
