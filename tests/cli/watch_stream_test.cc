#include <signal.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/fake_exchange.h"
#include "support/fake_stream_server.h"
#include "support/run_btcw.h"
#include "support/sanitizer.h"

using btcw::milliseconds;
using btcw::seconds;
using namespace btcw::test;

namespace {

/// A home whose binance is this process, REST and stream.
struct Home {
  FakeExchange fake;
  FakeStreamServer stream{"binance"};
  Sandbox sandbox{BTCW_EXECUTABLE};

  Home() {
    fake.set("BTC/USDT", {.last = "97123.4"});
    sandbox.write_config("exchanges = [\"binance\"]\n[general]\nsymbols = [\"BTC/USDT\"]\n" +
                         section(stream.url()));
  }
  [[nodiscard]] std::string section(const std::string& ws_url) const {
    return "[watch]\ninterval = \"1s\"\n[exchange.binance]\nrest_url = \"" + fake.url("binance") +
           "\"\n" + (ws_url.empty() ? "" : "ws_url = \"" + ws_url + "\"\n");
  }
};

}  // namespace

TEST_CASE("watch streams, goes on asking while the stream is down, and streams again") {
  Home home;
  auto program = home.sandbox.start({.arguments = {"watch"}});
  REQUIRE(program.wait_for_out("97123.4"));
  REQUIRE(home.stream.wait_for("BTC/USDT"));
  CHECK(home.stream.heads().front().starts_with("GET /ws HTTP/1.1\r\n"));

  REQUIRE(home.stream.push("BTC/USDT", {.last = "97777.7"}) == 1);
  CHECK(program.wait_for_out("97777.7"));

  home.stream.refuse(true);
  home.stream.cut();
  CHECK(program.wait_for_err("stream lost"));
  home.fake.set("BTC/USDT", {.last = "98888.8"});
  CHECK(program.wait_for_out("98888.8", seconds{20}));

  home.stream.refuse(false);
  REQUIRE(home.stream.wait_for("BTC/USDT", seconds{20}));
  REQUIRE(home.stream.push("BTC/USDT", {.last = "99999.9"}) == 1);
  CHECK(program.wait_for_out("99999.9"));
  CHECK(program.wait_for_err("stream is back"));
  program.signal(SIGTERM);
  CHECK(program.wait().exit_code == 0);
  CHECK(home.stream.breaches().empty());
}

TEST_CASE("a stream that tells nothing of the day shows what the exchange says of it when asked") {
  const std::string exchange = GENERATE("bitstamp", "gemini");
  CAPTURE(exchange);
  FakeExchange fake;
  FakeStreamServer stream{exchange};
  const Sandbox sandbox{BTCW_EXECUTABLE};
  fake.set("BTC/USD", {.last = "97000", .open = "95000", .high = "98000", .low = "94000"});
  sandbox.write_config("exchanges = [\"" + exchange + "\"]\n[general]\nsymbols = [\"BTC/USD\"]\n" +
                       "[watch]\ninterval = \"1s\"\n[exchange." + exchange + "]\nrest_url = \"" +
                       fake.url(exchange) + "\"\nws_url = \"" + stream.url() + "\"\n");
  auto program = sandbox.start({.arguments = {"watch"}});
  REQUIRE(program.wait_for_out("\"last\":97000,"));
  REQUIRE(stream.wait_for("BTC/USD"));

  // Above the high of the answer, and 5 % above the open.
  REQUIRE(stream.push("BTC/USD", {.last = "99750"}) == 1);

  REQUIRE(program.wait_for_out("\"last\":99750,"));
  const std::string out = program.out();
  const auto at = out.find("\"last\":99750,");
  const auto line = out.substr(out.rfind('{', at), out.find('\n', at) - out.rfind('{', at));
  const auto told = nlohmann::json::parse(line);
  CHECK(told["open"] == 95000);
  CHECK(told["high"] == 99750);
  CHECK(told["low"] == 94000);
  CHECK(told["percentage"] == 5);
  CHECK(told["baseVolume"] == 1000);
  // The cache is written a moment later.
  Outcome cached;
  for (int i = 0; i < 200 && cached.out.find("99750") == std::string::npos; ++i) {
    cached = sandbox.run({"price", "BTC/USD", "--offline", "--json"});
  }
  CHECK(cached.out.find("\"open\":95000,\"high\":99750,\"low\":94000") != std::string::npos);
  program.signal(SIGTERM);
  CHECK(program.wait().exit_code == 0);
}

TEST_CASE("what a stream brings is in the cache for price") {
  Home home;
  auto program = home.sandbox.start({.arguments = {"watch", "--quiet"}});
  REQUIRE(home.stream.wait_for("BTC/USDT"));
  REQUIRE(home.stream.push("BTC/USDT", {.last = "97777.7"}) == 1);
  Outcome price;
  for (int i = 0; i < 200 && price.out.find("97777.7") == std::string::npos; ++i) {
    price = home.sandbox.run({"price", "BTC/USDT", "--offline", "--json"});
  }
  CHECK(price.out.find("97777.7") != std::string::npos);
}

TEST_CASE("SIGUSR1 tells how each stream stands") {
  Home home;
  const bool json = GENERATE(false, true);
  std::vector<std::string> arguments{"watch"};
  if (json) arguments.insert(arguments.end(), {"--log-format", "json"});
  auto program = home.sandbox.start({.arguments = arguments});
  REQUIRE(home.stream.wait_for("BTC/USDT"));
  REQUIRE(home.stream.push("BTC/USDT", {.last = "97777.7"}) == 1);
  REQUIRE(program.wait_for_out("97777.7"));
  program.signal(SIGUSR1);
  if (!json) {
    CHECK(program.wait_for_err("memory: "));
    CHECK(program.err().find("streams: 1 of 1 symbols, 1 tickers") != std::string::npos);
    CHECK(program.err().find("binance: streaming, 1 symbols for ") != std::string::npos);
    return;
  }
  REQUIRE(program.wait_for_err("resident_bytes"));
  program.signal(SIGTERM);
  std::istringstream lines{program.wait().err};
  for (std::string line; std::getline(lines, line);) {
    const auto status = nlohmann::json::parse(line);
    if (status["msg"] != "status") continue;
    CHECK(status["streamed"] == 1);
    REQUIRE(status["streams"].size() == 1);
    CHECK(status["streams"][0]["exchange"] == "binance");
    CHECK(status["streams"][0]["phase"] == "streaming");
    CHECK(status["streams"][0]["tickers"] == 1);
    CHECK(status["streams"][0]["error"].is_null());
  }
}

TEST_CASE("watch with --no-stream, --once and a mirror without a stream of its own open none") {
  Home home;
  std::vector<std::string> arguments{"watch", "--for", "2s"};
  SECTION("--no-stream") { arguments.emplace_back("--no-stream"); }
  SECTION("--once") { arguments = {"watch", "--once"}; }
  SECTION("no ws_url") {
    home.sandbox.write_config("exchanges = [\"binance\"]\n" + home.section({}));
  }
  arguments.emplace_back("BTC/USDT");
  CHECK(home.sandbox.run(arguments).exit_code == 0);
  CHECK(home.stream.connections() == 0);
}

TEST_CASE("a configuration that is read again streams what it names now") {
  Home home;
  auto program = home.sandbox.start({.arguments = {"watch"}});
  REQUIRE(home.stream.wait_for("BTC/USDT"));
  home.fake.set("ETH/USDT", {.last = "3400.5"});
  SECTION("other symbols, on the same connection") {
    home.sandbox.write_config(
        "exchanges = [\"binance\"]\n[general]\nsymbols = [\"BTC/USDT\", "
        "\"ETH/USDT\"]\n" +
        home.section(home.stream.url()));
    program.signal(SIGHUP);
    REQUIRE(home.stream.wait_for("ETH/USDT"));
    CHECK(home.stream.connections() == 1);
    home.stream.push("ETH/USDT", {.last = "3456.7"});
    CHECK(program.wait_for_out("3456.7"));
  }
  SECTION("another host") {
    FakeStreamServer other{"binance"};
    home.sandbox.write_config("exchanges = [\"binance\"]\n[general]\nsymbols = [\"BTC/USDT\"]\n" +
                              home.section(other.url()));
    program.signal(SIGHUP);
    REQUIRE(other.wait_for("BTC/USDT"));
    other.push("BTC/USDT", {.last = "96666.6"});
    CHECK(program.wait_for_out("96666.6"));
    program.signal(SIGTERM);
    CHECK(program.wait().exit_code == 0);
  }
}

TEST_CASE("a thousand symbols that stream take less than 40 MB") {
  if (kSanitized) {
    WARN("skipped: a sanitizer needs more");
    return;
  }
  Home home;
  std::string list;
  std::vector<std::string> symbols;
  for (int i = 0; i < 1000; ++i) {
    symbols.push_back("S" + std::to_string(i) + "/USDT");
    home.fake.set(symbols.back(), {});
    list += (list.empty() ? "\"" : ", \"") + symbols.back() + "\"";
  }
  home.sandbox.write_config("exchanges = [\"binance\"]\n[general]\nsymbols = [" + list + "]\n" +
                            home.section(home.stream.url()));
  auto program = home.sandbox.start({.arguments = {"watch", "--quiet", "--log-format", "json"}});
  for (const std::string& symbol : symbols) REQUIRE(home.stream.wait_for(symbol, seconds{30}));
  for (int round = 0; round < 5; ++round) {
    for (const std::string& symbol : symbols) REQUIRE(home.stream.push(symbol, {}) == 1);
  }
  std::string err;
  for (int i = 0; i < 100 && err.find("\"stream_tickers\":5000") == std::string::npos; ++i) {
    program.signal(SIGUSR1);
    (void)program.wait_for_err("never", milliseconds{100});
    err = program.err();
  }
  const auto at = err.rfind("\"resident_bytes\":");
  REQUIRE(at != std::string::npos);
  CHECK(err.find("\"stream_tickers\":5000") != std::string::npos);
  const double bytes = std::stod(err.substr(at + 17));
  CAPTURE(bytes);
  CHECK(bytes < 40e6);
  CHECK(home.stream.connections() == 2);
  CHECK(home.stream.breaches().empty());
}
