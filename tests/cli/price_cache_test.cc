// btcw price and the cache that processes share, against a fake exchange.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "price_bench.h"

using btcw::test::FakeTrouble;
using btcw::test::Outcome;
using btcw::test::PriceBench;
using Catch::Contains;
using nlohmann::json;

TEST_CASE("a second process answers from the cache what the first one fetched") {
  PriceBench bench;
  const Outcome first = bench.price({"BTC/USDT", "--json"});
  CAPTURE(first.err);
  REQUIRE(first.exit_code == 0);
  CHECK(first.err.empty());
  CHECK_THAT(first.out, Contains("\"last\":97123.4,"));
  CHECK(json::parse(first.out)["source"] == "rest");
  CHECK(json::parse(first.out)["exchange"] == "binance");
  CHECK(bench.requests() == 1);

  const Outcome second = bench.price({"btc-usdt", "--json"});

  REQUIRE(second.exit_code == 0);
  CHECK(bench.requests() == 1);
  const json price = json::parse(second.out);
  CHECK(price["source"] == "cache");
  CHECK(price["stale"] == false);
  CHECK(price["age"].get<double>() >= 0);
  CHECK(price["age"].get<double>() < 30);
  // Digit for digit what the first process printed, up to where it came from.
  const std::string_view same = R"(,"source":)";
  CHECK(second.out.substr(0, second.out.find(same)) == first.out.substr(0, first.out.find(same)));
}

TEST_CASE("a cached price that has become too old is fetched again") {
  struct Case {
    std::string_view why;
    std::string_view config;
    std::vector<std::string> arguments;
  };
  const auto row = GENERATE(values<Case>({
      {"by the cache's time to live", "[cache]\nttl = \"10ms\"", {"BTC", "--json"}},
      {"by the command's default", "[price]\nmax_age = \"10ms\"", {"BTC", "--json"}},
      {"by the option", "", {"BTC", "--json", "--max-age", "10ms"}},
      {"by a refresh", "", {"BTC", "--json", "--refresh"}},
  }));
  CAPTURE(row.why);
  PriceBench bench;
  bench.configure(row.config);
  REQUIRE(bench.price(row.arguments).exit_code == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  bench.exchange.set("BTC/USDT", {.last = "97200"});

  const Outcome again = bench.price(row.arguments);

  REQUIRE(again.exit_code == 0);
  CHECK(json::parse(again.out)["source"] == "rest");
  CHECK_THAT(again.out, Contains("\"last\":97200,"));
  CHECK(bench.requests() == 2);
}

TEST_CASE("when every exchange is down the last known price is shown as stale with exit code 4") {
  PriceBench bench;
  REQUIRE(bench.price({"BTC/USDT"}).exit_code == 0);
  for (const char* name : {"binance", "kraken", "okx"}) {
    bench.exchange.behave(name, {.trouble = FakeTrouble::down});
  }

  SECTION("it is printed, with a warning") {
    const Outcome outcome = bench.price({"BTC/USDT", "--json", "--max-age", "0"});
    CHECK(outcome.exit_code == 4);
    const json price = json::parse(outcome.out);
    CHECK(price["stale"] == true);
    CHECK(price["source"] == "cache");
    CHECK_THAT(outcome.out, Contains("\"last\":97123.4,"));
    CHECK_THAT(outcome.err, Contains("btcw: warning: BTC/USDT: the last known price is"));
  }
  SECTION("in the plain line too") {
    const Outcome outcome = bench.price({"BTC/USDT", "--refresh"});
    CHECK(outcome.exit_code == 4);
    CHECK_THAT(outcome.out, Contains(" stale\n"));
  }
  SECTION("not with --fail-stale") {
    const Outcome outcome = bench.price({"BTC/USDT", "--refresh", "--fail-stale"});
    CHECK(outcome.exit_code == 4);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Contains("btcw: BTC/USDT: the last known price is"));
  }
  SECTION("and silently with --quiet") {
    const Outcome outcome = bench.price({"BTC/USDT", "--refresh", "--quiet"});
    CHECK(outcome.exit_code == 4);
    CHECK_FALSE(outcome.out.empty());
    CHECK(outcome.err.empty());
  }
}

TEST_CASE("with no price known and every exchange down there is no data") {
  PriceBench bench;
  bench.exchange.stop();
  const Outcome outcome = bench.price({"BTC/USDT"});
  CHECK(outcome.exit_code == 4);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, Contains("btcw: BTC/USDT: "));
}

TEST_CASE("option --offline answers from the cache or not at all, and never asks") {
  PriceBench bench;
  const Outcome empty = bench.price({"BTC/USDT", "--offline"});
  CHECK(empty.exit_code == 4);
  CHECK(empty.out.empty());
  CHECK_THAT(empty.err, Contains("not in the cache"));
  CHECK(bench.requests() == 0);

  REQUIRE(bench.price({"BTC/USDT"}).exit_code == 0);
  const Outcome known = bench.price({"BTC/USDT", "--offline"});
  CHECK(known.exit_code == 0);
  CHECK_THAT(known.out, Contains("BTC/USDT 97123.4 USDT +2.24% binance"));
  const Outcome old = bench.price({"BTC/USDT", "--offline", "--max-age", "0"});
  CHECK(old.exit_code == 4);
  CHECK_THAT(old.out, Contains("stale"));
  CHECK(bench.requests() == 1);
}

TEST_CASE("a price of one exchange does not answer for all") {
  PriceBench bench;
  bench.exchange.set("kraken", "BTC/USDT", {.last = "97000"});
  REQUIRE(bench.price({"kraken:BTC/USDT"}).exit_code == 0);

  const Outcome any = bench.price({"BTC/USDT", "--json"});
  CHECK(json::parse(any.out)["exchange"] == "binance");
  CHECK(json::parse(any.out)["source"] == "rest");

  const Outcome pinned = bench.price({"kraken:BTC/USDT", "--json"});
  CHECK(json::parse(pinned.out)["exchange"] == "kraken");
  CHECK(json::parse(pinned.out)["source"] == "cache");

  // What binance answered to everybody answers a request to binance, too.
  const Outcome same = bench.price({"BTC/USDT", "--exchange", "binance", "--json"});
  CHECK(json::parse(same.out)["source"] == "cache");
}

TEST_CASE("a cache that cannot be used is said, and prices come all the same") {
  PriceBench bench;
  bench.sandbox.write_file("run/btcw", "a file where the folder should be");
  const Outcome outcome = bench.price({"BTC/USDT"});
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("97123.4"));
  CHECK_THAT(outcome.err, Contains("warning: the cache cannot be written"));
}
