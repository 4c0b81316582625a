// What becomes of an exchange's failures.
#include <catch2/catch.hpp>

#include "rest_market_bench.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

TEST_CASE("what the first exchange cannot answer goes to the next within the same fetch") {
  struct Case {
    std::string_view why;
    ScriptedAnswer trouble;
    milliseconds at_most;
  };
  const auto row = GENERATE(values<Case>({
      {"down", respond(503, "<html>"), milliseconds{0}},
      {"cannot be reached", fail_with(Errc::unavailable, "connection refused"), milliseconds{0}},
      {"limit", respond(429, "", {{"retry-after", "9"}}), milliseconds{0}},
      {"ban", respond(418), milliseconds{0}},
      {"region", respond(451), milliseconds{0}},
      {"refused", respond(403), milliseconds{0}},
      {"a page", respond(200, "<html>BTCUSDT 5</html>"), milliseconds{0}},
      {"cut off", respond(200, R"({"symbol":"BTCUSDT","lastPrice":"5")"), milliseconds{0}},
      {"unknown symbol", respond(400, R"({"code":-1121,"msg":"Invalid symbol."})"),
       milliseconds{0}},
      {"another symbol", respond(200, R"({"symbol":"ETHUSDT","lastPrice":"5"})"), milliseconds{0}},
      {"a price of zero", respond(200, R"({"symbol":"BTCUSDT","lastPrice":"0.00"})"),
       milliseconds{0}},
      {"no price", respond(200, R"({"symbol":"BTCUSDT"})"), milliseconds{0}},
      {"hangs", late(respond(200, ""), std::chrono::hours{1}), seconds{10}},
  }));
  CAPTURE(row.why);
  MarketBench bench{"binance", "kraken", "okx"};
  bench.http.add(MarketBench::url("binance"), row.trouble);
  bench.list("kraken", "BTC/USDT", "1");
  bench.list("okx", "BTC/USDT", "2");
  const SteadyTime begin = bench.clock.steady_now();

  const auto fetched = bench.fetch({"BTC/USDT"});

  CHECK(outcome(fetched[0]) == "kraken 1");
  CHECK(bench.asked("okx") == 0);
  CHECK(bench.clock.steady_now() - begin <= row.at_most);
}

TEST_CASE("a failed exchange does not wait for the others before the next one is asked") {
  MarketBench bench{"binance", "kraken"};
  bench.http.add(MarketBench::url("binance"), respond(503));
  bench.list("kraken", "BTC/USDT", "1");
  bench.http.add(MarketBench::url("okx"), late(respond(503), seconds{8}));
  const SteadyTime begin = bench.clock.steady_now();
  std::optional<SteadyTime> kraken_at;
  bench.http.add(MarketBench::url("kraken") + "/0", [&](const HttpRequest& request) {
    kraken_at = bench.clock.steady_now();
    return respond(200, fake_answer("kraken", bench.listings["kraken"],
                                    request.url.substr(MarketBench::url("kraken").size()), 0)
                            .body);
  });

  const auto fetched = bench.fetch({"BTC/USDT", "okx:BTC/USDT"});

  CHECK(outcome(fetched[0]) == "kraken 1");
  CHECK(outcome(fetched[1]) == "unavailable");
  REQUIRE(kraken_at.has_value());
  CHECK(*kraken_at - begin == milliseconds{0});
}

TEST_CASE("a hanging exchange leaves the next one time before the fetch ends") {
  MarketBench bench{"binance", "kraken"};
  bench.http.add(MarketBench::url("binance"), late(respond(200), std::chrono::hours{1}));
  bench.list("kraken", "BTC/USDT", "1");

  const auto fetched = bench.fetch({"BTC/USDT"}, {.until = bench.clock.steady_now() + seconds{6}});

  CHECK(outcome(fetched[0]) == "kraken 1");
}

TEST_CASE("all symbols of a failed exchange go to the next one in one request") {
  MarketBench bench{"binance", "kraken"};
  bench.http.add(MarketBench::url("binance"), respond(503));
  for (const char* pair : {"BTC/USDT", "ETH/USDT", "SOL/USDT"}) bench.list("kraken", pair, "1");

  const auto fetched = bench.fetch({"BTC/USDT", "ETH/USDT", "SOL/USDT"});

  for (const Fetched& each : fetched) CHECK(outcome(each) == "kraken 1");
  CHECK(bench.asked("kraken") == 1);
}

TEST_CASE("a budget that other processes use up sends a request to the next exchange in time") {
  /// Of everything but okx' the others have taken what there is.
  class OthersBudget final : public RequestBudget {
   public:
    std::optional<milliseconds> take(std::string_view host, RequestRate, int) override {
      if (host.find("okx") != std::string_view::npos || takes++ >= busy) return std::nullopt;
      return wait;
    }
    std::optional<UtcTime> closed_until(std::string_view) override { return std::nullopt; }
    void close(std::string_view, UtcTime) override { ++closed; }
    milliseconds wait{0};
    int busy = 0;
    int takes = 0;
    int closed = 0;
  } budget;
  struct Case {
    std::string_view why;
    milliseconds wait;
    int busy;
    std::string_view outcome;
  };
  const auto row = GENERATE(values<Case>({
      {"nobody is in the way", milliseconds{0}, 0, "kraken 1"},
      {"a short wait", seconds{1}, 5, "kraken 1"},
      {"too many short ones", seconds{1}, 50, "okx 2"},
      {"one too long", seconds{15}, 1, "okx 2"},
  }));
  CAPTURE(row.why);
  budget.wait = row.wait;
  budget.busy = row.busy;
  MarketBench bench{"kraken", "okx"};
  bench.list("kraken", "BTC/USDT", "1");
  bench.list("okx", "BTC/USDT", "2");
  bench.start();
  bench.market = make_shared_rest_market(bench.options, budget, bench.http, bench.clock, bench.log);

  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == row.outcome);
  if (row.outcome == "okx 2") {
    const auto pinned = bench.fetch({"kraken:BTC/USDT"});
    if (row.busy > 40) {
      CHECK(outcome(pinned[0]) == "rate_limited");
      CHECK(pinned[0].ticker.error().retry_at.has_value());
    }
  }
  // Nobody was refused by the exchange.
  CHECK(budget.closed == 0);
}

TEST_CASE("one unknown symbol in a batch costs the others nothing") {
  const std::string exchange =
      GENERATE("binance", "kraken", "okx", "bybit", "bitstamp", "coinbase");
  CAPTURE(exchange);
  MarketBench bench{};
  bench.options.order = {exchange_name(exchange)};
  bench.list(exchange, "BTC/USDT", "1");
  bench.list(exchange, "ETH/USDT", "2");
  bench.list(exchange, "SOL/USDT", "3");
  bench.list(exchange, "XRP/USDT", "4");

  const auto fetched = bench.fetch({"BTC/USDT", "ETH/USDT", "NOPE/USDT", "SOL/USDT", "XRP/USDT"});

  CHECK(outcome(fetched[0]) == exchange + " 1");
  CHECK(outcome(fetched[1]) == exchange + " 2");
  CHECK(outcome(fetched[2]) == "not_found");
  CHECK(outcome(fetched[3]) == exchange + " 3");
  CHECK(outcome(fetched[4]) == exchange + " 4");
}

TEST_CASE("a symbol that an exchange does not know is not asked for again within the hour") {
  MarketBench bench{"binance", "kraken"};
  bench.list("binance", "ETH/USDT", "2");
  bench.list("kraken", "BTC/USDT", "1");
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 1");
  CHECK(bench.asked("binance") == 1);

  bench.clock.advance(std::chrono::minutes{59});
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 1");
  CHECK(bench.asked("binance") == 1);
  CHECK(outcome(bench.fetch({"binance:BTC/USDT"})[0]) == "not_found");
  CHECK(bench.asked("binance") == 1);

  bench.clock.advance(std::chrono::minutes{2});
  bench.list("binance", "BTC/USDT", "7");
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "binance 7");
}

TEST_CASE("an exchange is not asked before its limit is lifted, even if the wall clock is set") {
  MarketBench bench{"binance", "kraken"};
  bench.http.add(MarketBench::url("binance"), respond(429, "", {{"retry-after", "60"}}));
  bench.list("kraken", "BTC/USDT", "1");
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 1");

  bench.clock.advance(seconds{59});
  bench.clock.set(bench.clock.now() + std::chrono::hours{5});
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 1");
  CHECK(bench.asked("binance") == 1);
  const auto pinned = bench.fetch({"binance:BTC/USDT"});
  CHECK(outcome(pinned[0]) == "rate_limited");
  CHECK(pinned[0].ticker.error().retry_at.has_value());

  bench.clock.advance(seconds{1});
  bench.fetch({"BTC/USDT"});
  CHECK(bench.asked("binance") == 2);
}

TEST_CASE("the error of a request tells what stood in the way") {
  struct Case {
    std::string_view why;
    ScriptedAnswer binance;
    ScriptedAnswer kraken;
    Errc code;
  };
  const ScriptedAnswer down = respond(503);
  const ScriptedAnswer unknown = respond(400, R"({"code":-1121,"msg":"Invalid symbol."})");
  const ScriptedAnswer kraken_unknown = respond(200, R"({"error":["EQuery:Unknown asset pair"]})");
  const ScriptedAnswer limit = respond(429, "", {{"retry-after", "60"}});
  const ScriptedAnswer sooner = respond(429, "", {{"retry-after", "20"}});
  const ScriptedAnswer rubbish = respond(200, "<html>");
  const ScriptedAnswer region = respond(451);
  const auto row = GENERATE_COPY(values<Case>({
      {"all down", down, down, Errc::unavailable},
      {"all unknown", unknown, kraken_unknown, Errc::not_found},
      {"unknown, then down", unknown, down, Errc::unavailable},
      {"down, then unknown", down, kraken_unknown, Errc::not_found},
      {"rubbish, then unknown", rubbish, kraken_unknown, Errc::bad_data},
      {"unknown, then rubbish", unknown, rubbish, Errc::bad_data},
      {"region, then unknown", region, kraken_unknown, Errc::rejected},
      {"limits only", limit, sooner, Errc::rate_limited},
      {"limit, then down", limit, down, Errc::unavailable},
      {"down, then limit", down, limit, Errc::unavailable},
      {"limit, then unknown", limit, kraken_unknown, Errc::not_found},
      {"down, then rubbish", down, rubbish, Errc::bad_data},
      {"rubbish, then region", rubbish, region, Errc::rejected},
  }));
  CAPTURE(row.why);
  MarketBench bench{"binance", "kraken"};
  bench.http.add(MarketBench::url("binance"), row.binance);
  bench.http.add(MarketBench::url("kraken"), row.kraken);

  const auto fetched = bench.fetch({"BTC/USDT"});

  REQUIRE_FALSE(fetched[0].ticker.has_value());
  const Error& error = fetched[0].ticker.error();
  CHECK(to_string(error.code) == to_string(row.code));
  CHECK(error.message.find("binance: ") != std::string::npos);
  CHECK(error.message.find("kraken: ") != std::string::npos);
  CHECK(error.retry_at.has_value() == (row.code == Errc::rate_limited));
  if (error.retry_at) CHECK(*error.retry_at == bench.clock.now() + seconds{20});
}

TEST_CASE("some requests may fail while others are answered") {
  MarketBench bench{"binance", "kraken"};
  bench.list("binance", "BTC/USDT", "1");
  bench.list("kraken", "ETH/USDT", "2");

  const auto fetched = bench.fetch({"BTC/USDT", "ETH/USDT", "NOPE/USDT"});

  CHECK(outcome(fetched[0]) == "binance 1");
  CHECK(outcome(fetched[1]) == "kraken 2");
  CHECK(outcome(fetched[2]) == "not_found");
}

TEST_CASE("without coinbase's ticker there is no price, whatever its statistics say") {
  MarketBench bench{"coinbase", "kraken"};
  bench.http.add(MarketBench::url("coinbase") + "/products/BTC-USD/ticker", respond(503));
  bench.http.add(MarketBench::url("coinbase") + "/products/BTC-USD/stats",
                 late(respond(200, R"({"open":"80","last":"7"})"), std::chrono::hours{1}));
  bench.list("kraken", "BTC/USD", "1");
  const SteadyTime begin = bench.clock.steady_now();

  CHECK(outcome(bench.fetch({"BTC/USD"})[0]) == "kraken 1");
  CHECK(bench.clock.steady_now() - begin < seconds{1});
}

TEST_CASE("a fail-over is told once until the exchange answers again") {
  MarketBench bench{"binance", "kraken"};
  bench.http.add(MarketBench::url("binance"), respond(503));
  bench.http.add(MarketBench::url("binance"), respond(503));
  bench.http.add(MarketBench::url("binance"),
                 respond(200, R"({"symbol":"BTCUSDT","lastPrice":"5"})"));
  bench.http.add(MarketBench::url("binance"), respond(503));
  bench.list("kraken", "BTC/USDT", "1");
  const auto told = [&bench](std::string_view part) {
    std::size_t count = 0;
    for (const auto& line : bench.log.lines()) {
      if (line.level == LogLevel::info && line.text.find(part) != std::string::npos) ++count;
    }
    return count;
  };

  bench.fetch({"BTC/USDT"});
  bench.fetch({"BTC/USDT"});
  CHECK(told("exchange=binance") == 1);
  bench.fetch({"BTC/USDT"});
  CHECK(told("exchange=binance") == 2);
  CHECK(told("answers again") == 1);
  bench.fetch({"BTC/USDT"});
  CHECK(told("exchange=binance") == 3);
}

TEST_CASE("an unknown symbol is no failure of the exchange") {
  MarketBench bench{"binance", "kraken"};
  bench.list("binance", "ETH/USDT", "2");
  bench.list("kraken", "BTC/USDT", "1");
  bench.fetch({"BTC/USDT"});
  for (const auto& line : bench.log.lines()) CHECK(line.level == LogLevel::debug);
}
