// btcw price: what is asked, how it is printed, how it ends.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "price_bench.h"

using btcw::test::FakeTrouble;
using btcw::test::Outcome;
using btcw::test::Output;
using btcw::test::PriceBench;
using Catch::Contains;
using Catch::StartsWith;
using nlohmann::json;

TEST_CASE("a failing exchange is passed over within the same command") {
  const auto trouble = GENERATE(FakeTrouble::down, FakeTrouble::limit, FakeTrouble::region,
                                FakeTrouble::not_json, FakeTrouble::close);
  PriceBench bench;
  bench.exchange.behave("binance", {.trouble = trouble});

  const Outcome outcome = bench.price({"BTC/USDT", "--json"});

  CAPTURE(outcome.err);
  CHECK(outcome.exit_code == 0);
  CHECK(json::parse(outcome.out)["exchange"] == "kraken");
  CHECK(bench.exchange.requests("binance") == 1);
}

TEST_CASE("several symbols go to an exchange in one batch and come out in their order") {
  PriceBench bench;
  const Outcome outcome = bench.price({"SHIB/USDT", "BTC", "eth_usdt", "BTC/USDT"});
  CHECK(outcome.exit_code == 0);
  CHECK(bench.exchange.requests("binance") == 1);
  const auto shib = outcome.out.find("SHIB/USDT 0.00002431 USDT");
  const auto btc = outcome.out.find("\nBTC/USDT 97123.4 USDT");
  const auto eth = outcome.out.find("\nETH/USDT 3456.789 USDT");
  CHECK(shib == 0);
  CHECK(btc < eth);
  // Named twice, printed once.
  CHECK(outcome.out.rfind("BTC/USDT") == btc + 1);
}

TEST_CASE("an unknown symbol ends with 1 and the nearest known ones") {
  PriceBench bench;
  const Outcome outcome = bench.price({"BTCC/USDT"});
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err,
             Contains("BTCC/USDT") && Contains("did you mean") && Contains("BTC/USDT"));
}

TEST_CASE("one symbol that fails among others is partial success") {
  PriceBench bench;
  const Outcome outcome = bench.price({"BTC/USDT", "NOPE/USDT", "--json"});
  CHECK(outcome.exit_code == 3);
  const json prices = json::parse(outcome.out);
  REQUIRE(prices.size() == 1);
  CHECK(prices[0]["symbol"] == "BTC/USDT");
  CHECK_THAT(outcome.err, Contains("btcw: NOPE/USDT: "));
}

TEST_CASE("only limits in the way end with 5 and the moment until which they hold") {
  PriceBench bench;
  for (const char* name : {"binance", "kraken", "okx"}) {
    bench.exchange.behave(name, {.trouble = FakeTrouble::limit_seconds});
  }
  const Outcome outcome = bench.price({"BTC/USDT"});
  CHECK(outcome.exit_code == 5);
  CHECK_THAT(outcome.err, Contains("(not before 20"));
}

TEST_CASE("option --exchange asks those exchanges alone, in their order") {
  PriceBench bench;
  bench.exchange.behave("coinbase", {.trouble = FakeTrouble::down});
  const Outcome outcome = bench.price({"BTC/USDT", "-e", "coinbase,okx", "--json"});
  CHECK(outcome.exit_code == 0);
  CHECK(json::parse(outcome.out)["exchange"] == "okx");
  CHECK(bench.exchange.requests("binance") == 0);
}

TEST_CASE("option --all-exchanges shows one row each, the median and the spread") {
  PriceBench bench;
  bench.exchange.set("kraken", "BTC/USDT", {.last = "97100"});
  bench.exchange.set("okx", "BTC/USDT", {.last = "97300"});
  bench.exchange.remove("bybit", "BTC/USDT");
  bench.exchange.behave("bitstamp", {.trouble = FakeTrouble::down});
  const std::vector<std::string> arguments{"BTC/USDT", "--all-exchanges", "-e",
                                           "binance,kraken,okx,bybit,bitstamp"};

  SECTION("as JSON") {
    auto with_json = arguments;
    with_json.push_back("--json");
    const Outcome outcome = bench.price(with_json);
    CAPTURE(outcome.err);
    CHECK(outcome.exit_code == 0);
    const json comparison = json::parse(outcome.out);
    CHECK(comparison["symbol"] == "BTC/USDT");
    CHECK(comparison["exchanges"].size() == 3);
    CHECK(comparison["missing"].size() == 2);
    CHECK_THAT(outcome.out, Contains(R"("median":97123.4,)") && Contains(R"("spread":0.2059)"));
    CHECK_THAT(outcome.err, Contains("bitstamp:BTC/USDT: ") && !Contains("bybit"));
  }
  SECTION("as lines") {
    const Outcome outcome = bench.price(arguments);
    CHECK_THAT(outcome.out, Contains("BTC/USDT - USDT - bybit - not_found\n") &&
                                Contains("BTC/USDT - USDT - bitstamp - unavailable\n"));
    CHECK_THAT(outcome.out, Contains("BTC/USDT 97100 USDT ") &&
                                Contains("BTC/USDT 97123.4 USDT spread 0.2059% median of 3\n"));
  }
  SECTION("each exchange's price is cached as its own") {
    (void)bench.price(arguments);
    const Outcome pinned = bench.price({"okx:BTC/USDT", "--offline"});
    CHECK_THAT(pinned.out, StartsWith("BTC/USDT 97300 USDT"));
    CHECK(bench.price({"BTC/USDT", "--offline"}).exit_code == 4);
  }
  SECTION("not for a symbol that names its exchange") {
    CHECK(bench.price({"kraken:BTC/USDT", "--all-exchanges"}).exit_code == 2);
  }
}

TEST_CASE("option --all-exchanges asks every exchange that is not switched off") {
  PriceBench bench;
  bench.exchange.set("gate", "BTC/USDT", {.last = "97700"});
  const Outcome outcome = bench.price(
      {"BTC/USDT", "--all-exchanges", "--json"},
      {{"BTCW__EXCHANGE__MEXC__ENABLED", "false"}, {"BTCW__PRICE__OUTLIER_PERCENT", "0.5"}});
  CHECK(outcome.exit_code == 0);
  const json comparison = json::parse(outcome.out);
  CHECK(comparison["exchanges"].size() == btcw::exchange_names().size() - 1);
  std::string outliers;
  for (const json& each : comparison["exchanges"]) {
    if (each["outlier"]) outliers += each["exchange"];
  }
  CHECK(outliers == "gate");
  CHECK(bench.exchange.requests("mexc") == 0);
}

TEST_CASE("the median of the configured exchanges is priced, cached and watched like an exchange") {
  PriceBench bench;
  bench.exchange.set("kraken", "BTC/USDT", {.last = "97100"});
  bench.exchange.set("okx", "BTC/USDT", {.last = "1"});

  const Outcome fetched = bench.price({"median:BTC/USDT", "--json"});
  CHECK(fetched.exit_code == 0);
  CHECK_THAT(fetched.out, Contains(R"("exchange":"median","last":97100,"bid":99,"ask":101,)"));
  CHECK(bench.requests() == 3);
  CHECK_THAT(bench.price({"BTC/USDT", "-e", "median", "--offline"}).out,
             Contains("BTC/USDT 97100 USDT"));

  bench.exchange.behave("kraken", {.trouble = FakeTrouble::down});
  bench.exchange.behave("okx", {.trouble = FakeTrouble::down});
  const Outcome lonely = bench.price({"median:ETH/USDT"});
  CHECK(lonely.exit_code == 4);
  CHECK_THAT(lonely.err, Contains("a median needs two exchanges with a price, and there is 1"));
  CHECK(bench.price({"BTC/USDT", "-e", "median,okx"}).exit_code == 2);

  bench.exchange.behave("okx", {});
  const Outcome watched = bench.sandbox.run({"watch", "--once", "--ndjson", "median:SHIB/USDT"});
  CHECK(watched.exit_code == 0);
  CHECK_THAT(watched.out, Contains(R"("exchange":"median","last":0.00002431,)"));
}

TEST_CASE("symbols come from stdin, one a line") {
  PriceBench bench;
  const Outcome good = bench.run(
      {.arguments = {"-", "--json"}, .input = "# mine\n\n  BTC/USDT  \r\neth-usdt\nBTC/USDT"});
  CHECK(good.exit_code == 0);
  CHECK(json::parse(good.out).size() == 2);

  const Outcome mixed = bench.run({.arguments = {"-"}, .input = "BTC/USDT\n!!\n"});
  CHECK(mixed.exit_code == 3);
  CHECK_THAT(mixed.err, Contains("standard input, line 2: "));
  CHECK_THAT(mixed.out, StartsWith("BTC/USDT"));

  const Outcome bad = bench.run({.arguments = {"-"}, .input = "!!\n"});
  CHECK(bad.exit_code == 2);
  CHECK(bad.out.empty());

  const Outcome none = bench.run({.arguments = {"-", "--json"}, .input = ""});
  CHECK(none.exit_code == 0);
  CHECK(none.out == "[]\n");

  const Outcome flood = bench.run({.arguments = {"-"}, .input = std::string(2 * 1024 * 1024, 'A')});
  CHECK(flood.exit_code == 2);
}

TEST_CASE("without a symbol the watch list is shown") {
  PriceBench bench;
  const Outcome empty = bench.price({});
  CHECK(empty.exit_code == 2);
  CHECK_THAT(empty.err, Contains("general.symbols"));

  bench.configure("[general]\nsymbols = [\"ETH/USDT\", \"kraken:BTC/USDT\"]");
  const Outcome listed = bench.price({"--template", "{symbol} {exchange}"});
  CHECK(listed.exit_code == 0);
  CHECK(listed.out == "ETH/USDT binance\nBTC/USDT kraken\n");
}

TEST_CASE("a simulated price says that it is one and asks nobody") {
  PriceBench bench;
  const Outcome pinned = bench.price({"demo:BTC/USDT", "--json"});
  CHECK(pinned.exit_code == 0);
  CHECK(json::parse(pinned.out)["exchange"] == "demo");
  CHECK(json::parse(pinned.out)["source"] == "demo");
  const Outcome asked = bench.price({"BTC/USDT", "--exchange", "demo", "--json"});
  CHECK(json::parse(asked.out)["exchange"] == "demo");
  CHECK(bench.requests() == 0);
  CHECK(bench.price({"BTC/USDT", "--exchange", "demo,kraken"}).exit_code == 2);
}

TEST_CASE("a terminal gets a table, coloured unless told not to") {
  PriceBench bench;
  struct Case {
    std::string_view why;
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;
    bool coloured;
  };
  const auto row = GENERATE(values<Case>({
      {"by default", {"BTC/USDT"}, {}, true},
      {"NO_COLOR", {"BTC/USDT"}, {{"NO_COLOR", "1"}}, false},
      {"an empty NO_COLOR does not count", {"BTC/USDT"}, {{"NO_COLOR", ""}}, true},
      {"--color never", {"BTC/USDT", "--color", "never"}, {}, false},
      {"--color always beats NO_COLOR",
       {"BTC/USDT", "--color", "always"},
       {{"NO_COLOR", "1"}},
       true},
      {"a dumb terminal", {"BTC/USDT"}, {{"TERM", "dumb"}}, false},
  }));
  CAPTURE(row.why);
  const Outcome outcome = bench.run(
      {.arguments = row.arguments, .environment = row.environment, .output = Output::terminal});
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(outcome.out, Contains("SYMBOL") && Contains("97123.4"));
  CHECK((outcome.out.find('\x1b') != std::string::npos) == row.coloured);
}

TEST_CASE("a table in a pipe has no colour unless it is asked for") {
  PriceBench bench;
  const Outcome plain = bench.price({"BTC/USDT", "-f", "table"});
  CHECK_THAT(plain.out, StartsWith("SYMBOL"));
  const Outcome coloured = bench.price({"BTC/USDT", "-f", "table", "--color=always"});
  CHECK_THAT(coloured.out, Contains("\x1b["));
}

TEST_CASE("what does not go together, or cannot be read, is a usage error") {
  struct Case {
    std::string_view why;
    std::vector<std::string> arguments;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"unknown field", {"BTC", "--template", "{lsat}"}, "did you mean 'last'?"},
      {"open brace", {"BTC", "--template", "{last"}, "without its '}'"},
      {"template and format", {"BTC", "--template", "x", "--json"}, "--template goes with neither"},
      {"two formats", {"BTC", "--json", "--format", "csv"}, "two formats"},
      {"unknown format", {"BTC", "--format", "xml"}, "'xml' is none of table|plain|json"},
      {"offline refresh", {"BTC", "--offline", "--refresh"}, "contradict"},
      {"no duration", {"BTC", "--max-age", "soon"}, "--max-age: "},
      {"no value", {"BTC", "--max-age"}, "--max-age"},
      {"unknown exchange", {"BTC", "-e", "krakn"}, "did you mean \"kraken\"?"},
      {"empty exchange", {"BTC", "--exchange", ""}, "unknown exchange \"\""},
      {"exchange missing after a comma", {"BTC", "--exchange", "kraken,"}, "unknown exchange \"\""},
      {"unknown pinned exchange", {"krakn:BTC/USDT"}, "did you mean \"kraken\"?"},
      {"not a symbol", {"BTC/USDT/EUR"}, "BTC/USDT/EUR"},
      {"unknown option",
       {"BTC", "--ofline"},
       "unexpected option '--ofline', did you mean '--offline'?"},
      {"a later issue's option", {"BTC", "--in", "EUR"}, "unexpected option '--in'"},
  }));
  CAPTURE(row.why);
  PriceBench bench;
  const Outcome outcome = bench.price(row.arguments);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, StartsWith("btcw: ") && Contains(std::string{row.message}));
  CHECK(bench.requests() == 0);
}
