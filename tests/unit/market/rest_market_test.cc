// Who is asked, in which order, and when a fetch ends.
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>

#include "rest_market_bench.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

TEST_CASE("the first exchange of the order is asked, and only that one") {
  MarketBench bench{"kraken", "binance"};
  bench.list("kraken", "BTC/USDT", "1");
  bench.list("binance", "BTC/USDT", "2");

  const auto fetched = bench.fetch({"BTC/USDT"});

  REQUIRE(fetched.size() == 1);
  CHECK(outcome(fetched[0]) == "kraken 1");
  CHECK(bench.http.requests().size() == 1);
}

TEST_CASE("a fetch may have an order of its own") {
  MarketBench bench{"kraken", "binance"};
  bench.list("kraken", "BTC/USDT", "1");
  bench.list("binance", "BTC/USDT", "2");

  CHECK(outcome(bench.fetch({"BTC/USDT"}, {.order = {exchange_name("binance")}})[0]) ==
        "binance 2");
  CHECK(bench.asked("kraken") == 0);
}

TEST_CASE("answers come in the order of the requests, each symbol asked for once") {
  MarketBench bench{"binance"};
  bench.list("binance", "BTC/USDT", "1");
  bench.list("binance", "ETH/USDT", "2");
  bench.list("okx", "ETH/USDT", "3");

  const auto fetched =
      bench.fetch({"ETH/USDT", "okx:ETH/USDT", "BTC/USDT", "ETH/USDT", "binance:ETH/USDT"});

  REQUIRE(fetched.size() == 5);
  CHECK(outcome(fetched[0]) == "binance 2");
  CHECK(outcome(fetched[1]) == "okx 3");
  CHECK(outcome(fetched[2]) == "binance 1");
  CHECK(outcome(fetched[3]) == "binance 2");
  CHECK(outcome(fetched[4]) == "binance 2");
  CHECK(bench.asked("binance") == 1);
  CHECK(bench.asked("okx") == 1);
  CHECK(bench.http.most_at_once() == 2);
}

TEST_CASE("ten symbols of one exchange are one request, of coinbase twenty") {
  struct Case {
    std::string exchange;
    std::size_t requests;
  };
  const auto row = GENERATE(values<Case>({{"binance", 1},
                                          {"kraken", 1},
                                          {"okx", 1},
                                          {"bybit", 1},
                                          {"bitstamp", 1},
                                          {"coinbase", 20}}));
  CAPTURE(row.exchange);
  MarketBench bench{};
  bench.options.order = {exchange_name(row.exchange)};
  for (int i = 0; i < 10; ++i) {
    bench.list(row.exchange, "A" + std::to_string(i) + "/USDT", std::to_string(100 + i));
  }

  const auto fetched = bench.fetch({"A0/USDT", "A1/USDT", "A2/USDT", "A3/USDT", "A4/USDT",
                                    "A5/USDT", "A6/USDT", "A7/USDT", "A8/USDT", "A9/USDT"});

  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(outcome(fetched[i]) == row.exchange + " " + std::to_string(100 + i));
    CHECK(text(fetched[i].ticker->high) == "120");
  }
  CHECK(bench.http.requests().size() == row.requests);
}

TEST_CASE("calls beyond an exchange's budget wait for their turn") {
  MarketBench bench{"coinbase"};
  for (int i = 0; i < 10; ++i) bench.list("coinbase", "A" + std::to_string(i) + "/USDT", "1");
  const SteadyTime begin = bench.clock.steady_now();

  const auto fetched = bench.fetch({"A0/USDT", "A1/USDT", "A2/USDT", "A3/USDT", "A4/USDT",
                                    "A5/USDT", "A6/USDT", "A7/USDT", "A8/USDT", "A9/USDT"});

  CHECK(outcome(fetched[9]) == "coinbase 1");
  CHECK(bench.clock.steady_now() - begin == 8 * milliseconds{150});
  CHECK(bench.http.most_at_once() <= 12);
}

TEST_CASE("a pinned request is not passed on") {
  MarketBench bench{"binance", "kraken"};
  bench.http.add(MarketBench::url("binance"), respond(503));
  bench.list("kraken", "BTC/USDT", "1");

  const auto fetched = bench.fetch({"binance:BTC/USDT"});

  CHECK(outcome(fetched[0]) == "unavailable");
  CHECK(fetched[0].ticker.error().message.starts_with("binance: "));
  CHECK(bench.asked("kraken") == 0);
}

TEST_CASE("an exchange that is off, or that there is none of, is not asked") {
  MarketBench bench{"binance", "kraken"};
  bench.options.exchanges[exchange_name("binance")].enabled = false;
  bench.list("binance", "BTC/USDT", "1");
  bench.list("kraken", "BTC/USDT", "2");

  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 2");
  CHECK(outcome(bench.fetch({"binance:BTC/USDT"})[0]) == "invalid_input");
  CHECK(outcome(bench.fetch({"mtgox:BTC/USDT"})[0]) == "invalid_input");
  CHECK(bench.asked("binance") == 0);
}

TEST_CASE("with no exchange at all the error says so") {
  MarketBench bench{};
  const auto fetched = bench.fetch({"BTC/USDT"});
  CHECK(outcome(fetched[0]) == "invalid_input");
}

TEST_CASE("nothing asked for is nothing fetched") {
  MarketBench bench{"binance"};
  CHECK(bench.fetch({}).empty());
  CHECK(bench.http.requests().empty());
}

TEST_CASE("paths are appended to the configured host, whether or not it ends in a slash") {
  MarketBench bench{"binance"};
  bench.start();
  bench.options.exchanges[exchange_name("binance")].rest_url = "http://127.0.0.1:9000/binance/";
  bench.market = make_rest_market(bench.options, bench.http, bench.clock, bench.log);
  bench.fetch({"BTC/USDT"});
  REQUIRE(bench.http.requests().size() == 1);
  CHECK(bench.http.requests()[0].url ==
        "http://127.0.0.1:9000/binance/api/v3/ticker/24hr?symbol=BTCUSDT");
  CHECK(bench.http.requests()[0].method == "GET");
}

TEST_CASE("without a configured host the exchange's own is asked") {
  MarketBench bench{"okx"};
  bench.market = make_rest_market(bench.options, bench.http, bench.clock, bench.log);
  bench.fetch({"BTC/USDT"});
  REQUIRE(bench.http.requests().size() == 1);
  CHECK(bench.http.requests()[0].url == "https://www.okx.com/api/v5/market/ticker?instId=BTC-USDT");
}

TEST_CASE("coinbase's two calls make one ticker, and the price comes also without the second") {
  struct Case {
    std::string_view why;
    ScriptedAnswer stats;
    std::string_view open;
    std::string_view percentage;
  };
  const auto row = GENERATE(values<Case>({
      {"both", respond(200, R"({"open":"80","high":"120","low":"70","last":"1"})"), "80", "25"},
      {"statistics down", respond(503), "null", "null"},
      {"statistics unreadable", respond(200, "<html>"), "null", "null"},
      {"statistics before the ticker", late(respond(200, R"({"open":"80"})"), milliseconds{0}),
       "80", "25"},
      {"statistics late", late(respond(200, R"({"open":"80"})"), seconds{3}), "80", "25"},
      {"statistics hang", late(respond(200, R"({"open":"80"})"), std::chrono::hours{1}), "null",
       "null"},
  }));
  CAPTURE(row.why);
  MarketBench bench{"coinbase"};
  bench.http.add(MarketBench::url("coinbase") + "/products/BTC-USD/ticker",
                 late(respond(200, R"({"price":"100","bid":"99"})"), seconds{1}));
  bench.http.add(MarketBench::url("coinbase") + "/products/BTC-USD/stats", row.stats);

  const auto fetched = bench.fetch({"BTC/USD"});

  REQUIRE(outcome(fetched[0]) == "coinbase 100");
  CHECK(text(fetched[0].ticker->open) == row.open);
  CHECK(text(fetched[0].ticker->percentage) == row.percentage);
  CHECK(text(fetched[0].ticker->bid) == "99");
}

TEST_CASE("a fetch ends at its time, with what is there by then") {
  MarketBench bench{"binance", "kraken"};
  bench.list("binance", "BTC/USDT", "1");
  bench.http.add(MarketBench::url("okx"), late(respond(200), std::chrono::hours{1}));
  const SteadyTime until = bench.clock.steady_now() + seconds{2};

  const auto fetched = bench.fetch({"BTC/USDT", "okx:BTC/USDT"}, {.until = until});

  CHECK(outcome(fetched[0]) == "binance 1");
  CHECK(outcome(fetched[1]) == "unavailable");
  CHECK(fetched[1].ticker.error().message.starts_with("okx: "));
  CHECK(bench.clock.steady_now() <= until);
  CHECK(bench.http.under_way() == 0);
}

TEST_CASE("a fetch whose time has passed asks nobody") {
  MarketBench bench{"binance"};
  bench.list("binance", "BTC/USDT", "1");
  const auto fetched = bench.fetch({"BTC/USDT"}, {.until = bench.clock.steady_now()});
  CHECK(outcome(fetched[0]) == "unavailable");
  CHECK(bench.http.requests().empty());
}

TEST_CASE("a fetch is given up when a wake fd can be read") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  MarketBench bench{"binance"};
  bench.http.add(MarketBench::url("binance"), late(respond(200), seconds{5}));
  REQUIRE(::write(ends[1], "x", 1) == 1);
  const SteadyTime begin = bench.clock.steady_now();

  const std::array<int, 1> wake{ends[0]};
  const auto fetched = bench.fetch({"BTC/USDT"}, {.wake_fds = wake});

  CHECK(outcome(fetched[0]) == "unavailable");
  CHECK(bench.clock.steady_now() == begin);
  CHECK(bench.http.under_way() == 0);
  ::close(ends[0]);
  ::close(ends[1]);
}
