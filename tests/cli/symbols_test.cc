#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "price_bench.h"

using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test
using Catch::Contains;
using nlohmann::json;

namespace {

class SymbolsBench : public PriceBench {
 public:
  SymbolsBench() {
    exchange.set("kraken", "LUNA/USDT", {.state = FakeState::halted});
    exchange.set("okx", "ODD/EUR", {});
    exchange.set("okx", "GONE/USDT", {.state = FakeState::delisted});
  }

  [[nodiscard]] Outcome symbols(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "symbols");
    return sandbox.run(arguments);
  }
};

}  // namespace

TEST_CASE("symbols prints the pairs of an exchange, asked once a day") {
  const SymbolsBench bench;
  const Outcome first = bench.symbols({"kraken"});
  CHECK(first.err.empty());
  CHECK(first.exit_code == 0);
  CHECK(first.out == "BTC/USDT\nETH/USDT\nSHIB/USDT\n");
  CHECK(bench.symbols({"kraken"}).out == first.out);
  CHECK(bench.exchange.requests("kraken") == 1);
  CHECK(bench.symbols({"kraken", "--refresh"}).out == first.out);
  CHECK(bench.exchange.requests("kraken") == 2);
  CHECK(bench.symbols({"kraken", "--all"}).out ==
        "BTC/USDT\nETH/USDT\nLUNA/USDT halted\nSHIB/USDT\n");
}

TEST_CASE("symbols of several exchanges say whose they are, and take a pattern") {
  const SymbolsBench bench;
  CHECK(bench.symbols({"okx", "kraken", "BTC/*"}).out == "okx:BTC/USDT\nkraken:BTC/USDT\n");
  CHECK(bench.symbols({"--match", "*/eur"}).out == "okx:ODD/EUR\n");
  CHECK(bench.symbols({"kraken", "--match", "shib"}).out == "SHIB/USDT\n");
  CHECK(bench.symbols({"kraken", "ETH/USD?"}).out == "ETH/USDT\n");
  const Outcome none = bench.symbols({"kraken", "--match", "NOPE"});
  CHECK(none.exit_code == 4);
  CHECK(none.out.empty());
}

TEST_CASE("symbols come in every format") {
  const SymbolsBench bench;
  const auto in = [&bench](const std::string& format) {
    return bench.symbols({"kraken", "--all", "--match", "LUNA", "--format", format}).out;
  };
  const std::string object = R"({"symbol":"LUNA/USDT","exchange":"kraken","state":"halted"})";
  CHECK(in("json") == "[" + object + "]\n");
  CHECK(in("ndjson") == object + "\n");
  CHECK(in("csv") == "symbol,exchange,state\nLUNA/USDT,kraken,halted\n");
  CHECK(in("tsv") == "symbol\texchange\tstate\nLUNA/USDT\tkraken\thalted\n");
  CHECK_THAT(in("table"), Contains("SYMBOL     EXCHANGE  STATE\n"));
  CHECK(json::parse(bench.symbols({"--json"}).out).size() == 10);
}

TEST_CASE("an exchange that cannot be asked leaves its older list, or a partial answer") {
  SymbolsBench bench;
  REQUIRE(bench.symbols({"kraken"}).exit_code == 0);
  bench.exchange.behave("kraken", {.trouble = FakeTrouble::down});
  bench.exchange.behave("okx", {.trouble = FakeTrouble::limit_seconds});
  CHECK(bench.symbols({"kraken"}).exit_code == 0);

  const Outcome old = bench.symbols({"kraken", "--refresh", "--match", "BTC"});
  CHECK(old.exit_code == 3);
  CHECK(old.out == "BTC/USDT\n");
  CHECK_THAT(old.err, Contains("an older list is shown"));
  const Outcome partial = bench.symbols({"kraken", "okx", "--match", "BTC"});
  CHECK(partial.exit_code == 3);
  CHECK(partial.out == "kraken:BTC/USDT\n");
  const Outcome limited = bench.symbols({"okx"});
  CHECK(limited.exit_code == 5);
  CHECK_THAT(limited.err, Contains("okx: ") && Contains("(not before 20"));
}

TEST_CASE("symbols keeps to a limit that any command was told") {
  SymbolsBench bench;
  bench.exchange.behave("okx", {.trouble = FakeTrouble::ban, .retry_after = btcw::seconds{120}});
  CHECK(bench.price({"okx:BTC/USDT"}).exit_code == 5);
  bench.exchange.behave("okx", {});
  CHECK(bench.exchange.requests("okx") == 1);
  const Outcome banned = bench.symbols({"okx"});
  CHECK(banned.exit_code == 5);
  CHECK_THAT(banned.err, Contains("okx: ") && Contains("(not before 20"));
  CHECK(bench.exchange.requests("okx") == 1);

  bench.exchange.behave("kraken", {.trouble = FakeTrouble::ban, .retry_after = btcw::seconds{120}});
  CHECK(bench.symbols({"kraken"}).exit_code == 5);
  CHECK(bench.price({"kraken:BTC/USDT"}).exit_code == 5);
  CHECK(bench.exchange.requests("kraken") == 1);
}

TEST_CASE("a list takes a call of what an exchange may be sent") {
  SymbolsBench bench;
  const auto environment =
      std::map<std::string, std::string>{{"BTCW__EXCHANGE__OKX__RATE", "2/1h"}};
  const Invocation refresh{.arguments = {"symbols", "okx", "--refresh"},
                           .environment = environment};
  CHECK(bench.sandbox.run(refresh).exit_code == 0);
  CHECK(bench.price({"okx:BTC/USDT"}, environment).exit_code == 0);
  CHECK(bench.exchange.requests("okx") == 2);
  const Outcome third = bench.sandbox.run(refresh);
  CHECK(third.exit_code == 3);
  CHECK_THAT(third.err, Contains("used up") && Contains("an older list is shown"));
  CHECK(bench.exchange.requests("okx") == 2);
}

TEST_CASE("symbols refuses what it cannot mean") {
  const SymbolsBench bench;
  CHECK_THAT(bench.symbols({"krakn"}).err, Contains("did you mean \"kraken\"?"));
  CHECK(bench.symbols({"demo"}).exit_code == 2);
  CHECK(bench.symbols({"BTC/*", "ETH/*"}).exit_code == 2);
  CHECK(bench.symbols({"--match", ""}).exit_code == 2);
  CHECK(bench.symbols({"--match", std::string(65, 'A')}).exit_code == 2);
  CHECK(bench.symbols({"--json", "--format", "csv"}).exit_code == 2);
}

TEST_CASE("an unknown symbol is compared with the lists, which say where it is halted") {
  SymbolsBench bench;
  REQUIRE(bench.symbols({"kraken", "okx"}).exit_code == 0);
  bench.exchange.remove("kraken", "LUNA/USDT");

  CHECK_THAT(bench.price({"ODDD/EUR"}).err, Contains("did you mean ODD/EUR"));
  CHECK_THAT(bench.price({"kraken:LUNA/USDT"}).err, Contains("(halted at kraken)"));
  CHECK_THAT(bench.price({"okx:LUNA/USDT"}).err, !Contains("halted"));
  // Gone from the list since: one more day, and it is delisted.
  REQUIRE(bench.symbols({"kraken", "--refresh"}).exit_code == 0);
  CHECK_THAT(bench.price({"kraken:LUNA/USDT"}).err, Contains("(delisted at kraken)"));
}

TEST_CASE("a damaged list is fetched again") {
  const SymbolsBench bench;
  REQUIRE(bench.symbols({"kraken"}).exit_code == 0);
  for (const auto& each : std::filesystem::recursive_directory_iterator{bench.sandbox.root()}) {
    if (each.path().parent_path().filename() == "listings") {
      std::filesystem::resize_file(each.path(), 20);
    }
  }
  CHECK(bench.symbols({"kraken", "--match", "BTC"}).out == "BTC/USDT\n");
  CHECK(bench.exchange.requests("kraken") == 2);
}
