// Who of several watches streams, and what SIGUSR1 tells of it.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>

#include "btcw/base/ticker.h"
#include "cli/price_bench.h"
#include "support/fake_stream_server.h"
#include "support/redis_server.h"
#include "support/sample_tickers.h"

using namespace btcw;
using namespace btcw::test;
using nlohmann::json;

namespace {

bool comes_true(const std::function<bool()>& condition, milliseconds limit = seconds{20}) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(milliseconds{20});
  }
  return true;
}

/// A host whose binance is here, REST and stream.
struct Host {
  explicit Host(const RedisServer& server) {
    bench.configure(
        fmt::format("[deployment]\nplan = \"full\"\n[general]\nsymbols = [\"BTC/USDT\"]\n"
                    "[watch]\ninterval = \"1s\"\n[redis]\nurl = \"{}\"\n"
                    "connect_timeout = \"300ms\"\ntimeout = \"300ms\"\n",
                    server.url()),
        R"(["binance"])");
  }
  [[nodiscard]] RunningProgram watch(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"watch", "-v"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return bench.sandbox.start(
        {.arguments = arguments,
         .environment = {{"BTCW__EXCHANGE__BINANCE__WS_URL", stream.url()}}});
  }
  /// How many connections hear of that pair now.
  [[nodiscard]] std::size_t streaming() { return stream.push("BTC/USDT", {.last = "97777.7"}); }

  PriceBench bench;
  FakeStreamServer stream{"binance"};
};

/// From now on another holds the lease, for longer than a test takes.
void take_lease(RedisServer& server) {
  server.ask({"SET", "btcw:leader", "another 9999999999999", "PX", "120000"});
}

void publish(RedisServer& server) {
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  server.ask({"PUBLISH", "btcw:prices", to_json(ticker_of("binance", "BTC/USDT", "5", now))});
}

json status_of(RunningProgram& watch) {
  watch.signal(SIGUSR1);
  if (!watch.wait_for_err("resident_bytes")) return {};
  const std::string& err = watch.err();
  const auto begin = err.rfind("{\"time\"", err.rfind("\"msg\":\"status\""));
  return json::parse(err.substr(begin, err.find('\n', begin) - begin));
}

}  // namespace

TEST_CASE("a watch that no longer leads closes its streams, and those it opened in between") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Host host{server};
  auto watch = host.watch();
  REQUIRE(host.stream.wait_for("BTC/USDT"));

  take_lease(server);
  REQUIRE(watch.wait_for_err("another watch leads"));
  CHECK(comes_true([&] { return host.streaming() == 0; }));
  // Of a leader that brings nothing it is itself that asks, and streams.
  REQUIRE(host.stream.wait_for("BTC/USDT", seconds{20}));
  CHECK(host.stream.connections() == 2);
  // The standing stays; there is nothing more to ask for.
  CHECK(comes_true([&] {
    publish(server);
    return host.streaming() == 0;
  }));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
}

TEST_CASE("a leader keeps its streams while Redis is away and when it is back") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Host host{server};
  auto watch = host.watch();
  REQUIRE(host.stream.wait_for("BTC/USDT"));
  REQUIRE(watch.wait_for_err("this watch leads"));

  server.kill();
  REQUIRE(watch.wait_for_err("this watch asks the exchanges itself"));
  // More than it takes to notice.
  std::this_thread::sleep_for(milliseconds{600});
  CHECK(host.streaming() == 1);
  server.start();
  CHECK(comes_true([&] { return server.ask({"EXISTS", "btcw:leader"}).integer == 1; }));
  std::this_thread::sleep_for(milliseconds{600});

  CHECK(host.streaming() == 1);
  CHECK(host.stream.connections() == 1);
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
}

TEST_CASE("SIGUSR1 tells who leads, by what token, and how Redis is connected") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Host host{server};
  SECTION("in lines") {
    auto watch = host.watch();
    REQUIRE(watch.wait_for_err("this watch leads"));
    watch.signal(SIGUSR1);
    CHECK(watch.wait_for_err("redis: price_cache fan_out; this watch leads, token 1"));
    CHECK(watch.wait_for_err("    lease: connected since 2"));
    CHECK(watch.wait_for_err("    follow: connected since 2"));
    return;
  }
  SECTION("as JSON, of a leader") {
    auto watch = host.watch({"--log-format", "json"});
    REQUIRE(watch.wait_for_err("this watch leads"));
    REQUIRE(comes_true([&] { return server.ask({"EXISTS", "price:BTC/USDT"}).integer == 1; }));
    const json redis = status_of(watch)["redis"];
    CHECK(redis["roles"] == json{"price_cache", "fan_out"});
    CHECK(redis["leader"] == true);
    CHECK(redis["standing"] == "leads");
    CHECK(std::to_string(redis["token"].get<std::int64_t>()) ==
          server.text({"GET", "btcw:leader:token"}));
    CHECK(redis["lease_ms"] > 0);
    CHECK(redis["lease_ms"] <= 6000);
    REQUIRE(redis["connections"].size() == 3);
    for (const auto& one : redis["connections"]) CHECK(one["since"].is_string());
    return;
  }
  SECTION("as JSON, of a follower") {
    take_lease(server);
    auto watch = host.watch({"--log-format", "json"});
    REQUIRE(watch.wait_for_err("another watch leads"));
    const json redis = status_of(watch)["redis"];
    CHECK(redis["leader"] == false);
    CHECK(redis["standing"] == "follows");
    CHECK(redis["token"].is_null());
    return;
  }
  SECTION("as JSON, while Redis is away") {
    server.kill();
    auto watch = host.watch({"--log-format", "json"});
    REQUIRE(watch.wait_for_err("this watch asks the exchanges itself"));
    const json redis = status_of(watch)["redis"];
    CHECK(redis["standing"] == "alone");
    for (const auto& one : redis["connections"]) {
      if (one["use"] != "lease") continue;
      CHECK(one["since"].is_null());
      CHECK(one["error"].get<std::string>().find("cannot connect") != std::string::npos);
      CHECK(one["error_at"].is_string());
    }
    return;
  }
}
