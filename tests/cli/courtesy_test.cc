// How the processes of one user share what they may ask of an exchange.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "price_bench.h"
#include "support/scale.h"

using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test
using btcw::milliseconds;
using btcw::seconds;
using Catch::Contains;

TEST_CASE("after a ban no process asks before its end, and exit code 5 says when that is") {
  PriceBench bench;
  bench.exchange.behave("binance", {.trouble = FakeTrouble::ban, .retry_after = seconds{120}});
  const Outcome banned = bench.price({"BTC/USDT", "-e", "binance"});
  CHECK(banned.exit_code == 5);
  REQUIRE(bench.exchange.requests("binance") == 1);

  // The server would answer again; nobody may find out.
  bench.exchange.behave("binance", {});
  for (int i = 0; i < 3; ++i) {
    const Outcome later = bench.price({"ETH/USDT", "-e", "binance", "--refresh"});
    CHECK(later.exit_code == 5);
    CHECK_THAT(later.err, Contains("told this user to wait") && Contains("(not before 20"));
  }
  const Outcome watched = bench.sandbox.run({"watch", "--once", "-q", "-e", "binance", "BTC/USDT"});
  CHECK(watched.exit_code == 5);
  CHECK(bench.exchange.requests("binance") == 1);
  // Others go on, and are asked in its place.
  CHECK(bench.price({"BTC/USDT", "--refresh"}).exit_code == 0);
}

TEST_CASE("an exchange's own count of requests is heard by the next process") {
  PriceBench bench;
  bench.exchange.behave("bybit", {.trouble = FakeTrouble::forbidden});
  CHECK(bench.price({"BTC/USDT", "-e", "bybit"}).exit_code == 5);
  bench.exchange.behave("bybit", {});
  CHECK(bench.price({"BTC/USDT", "-e", "bybit"}).exit_code == 5);
  CHECK(bench.exchange.requests("bybit") == 1);
}

TEST_CASE("processes in parallel together stay within the budget of an exchange") {
  PriceBench bench;
  const auto start = std::chrono::steady_clock::now();
  std::vector<RunningProgram> running;
  for (int i = 0; i < 12; ++i) {
    running.push_back(
        bench.sandbox.start({.arguments = {"price", "BTC/USDT", "--refresh", "-e", "kraken", "-q"},
                             .environment = {{"BTCW__HTTP__TIMEOUT", "15s"}}}));
  }
  int good = 0;
  for (RunningProgram& each : running) good += each.wait().exit_code == 0 ? 1 : 0;
  const auto took = std::chrono::steady_clock::now() - start;
  // Eight at once, then one a second.
  CHECK(good == 12);
  CHECK(took >= seconds{3});
  const auto allowed = 8 + std::chrono::ceil<seconds>(took).count();
  CHECK(static_cast<long>(bench.exchange.requests("kraken")) <= allowed);
}

TEST_CASE("ten processes with many symbols each never ask an exchange more than it allows") {
  // Coinbase takes a request for each symbol. Fifty of them keep ten processes busy for 75 s.
  const int symbols = scale("BTCW_SYMBOLS", 5);
  PriceBench bench;
  std::vector<std::string> arguments{"price", "--refresh", "-e", "coinbase", "--format", "plain"};
  for (int i = 0; i < symbols; ++i) {
    arguments.push_back("A" + std::to_string(i) + "/USD");
    bench.exchange.set(arguments.back(), {.last = std::to_string(100 + i)});
  }
  bench.exchange.behave("coinbase",
                        {.limit = FakeLimit{.burst = 15, .interval = milliseconds{100}}});
  std::vector<RunningProgram> running;
  for (int i = 0; i < 10; ++i) {
    running.push_back(bench.sandbox.start(
        {.arguments = arguments, .environment = {{"BTCW__HTTP__TIMEOUT", "5m"}}}));
  }
  for (RunningProgram& each : running) {
    const Outcome outcome = each.wait(seconds{300});
    CHECK(outcome.exit_code == 0);
    CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == symbols);
    CHECK(outcome.err.empty());
  }
  CHECK(bench.exchange.excesses("coinbase") == 0);
  CHECK(bench.exchange.requests("coinbase") >= static_cast<std::size_t>(symbols));
}

TEST_CASE("ten processes that ask for the same at once make one request") {
  PriceBench bench;
  bench.exchange.behave("binance", {.delay = std::chrono::milliseconds{700}});
  std::vector<RunningProgram> running;
  for (int i = 0; i < 10; ++i) {
    running.push_back(bench.sandbox.start({.arguments = {"price", "BTC/USDT"}}));
  }
  for (RunningProgram& each : running) {
    const Outcome outcome = each.wait();
    CHECK(outcome.exit_code == 0);
    CHECK_THAT(outcome.out, Contains("BTC/USDT 97123.4 USDT"));
  }
  CHECK(bench.requests() == 1);
}
