// `watch --follow-redis` as a whole program: what a leader publishes is shown, judged, remembered
// and scheduled by, and no exchange is spoken to.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include "btcw/base/ticker.h"
#include "cli/price_bench.h"
#include "support/fake_stream_server.h"
#include "support/pty_program.h"
#include "support/redis_server.h"
#include "support/sample_tickers.h"
#include "support/sanitizer.h"

using namespace btcw;
using namespace btcw::test;
using Catch::Contains;
using nlohmann::json;

namespace {

constexpr std::string_view kRules = R"(
[[alert]]
name = "up"
symbol = "BTC/USDT"
when = "last crosses above 105"
message = "{symbol} broke {threshold}: now {last}"
[[schedule]]
name = "beat"
every = "100ms"
action = "exec"
command = ["sh", "-c", "echo x >> $BTCW_STATE_DIR/beat"]
)";

// Under a sanitizer the crash tests beside keep the disk busy for a minute and more.
constexpr milliseconds kPatience = seconds{kSanitized ? 180 : 20};

bool comes_true(const std::function<bool()>& condition, milliseconds limit = kPatience) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(milliseconds{20});
  }
  return true;
}

/// A host that follows; its exchange and that one's stream are here, and want to hear nothing.
struct Follower {
  explicit Follower(const RedisServer& server, std::string_view more = kRules) {
    bench.configure(fmt::format(
        "[deployment]\nplan = \"full\"\nqueue = \"file\"\n[general]\nsymbols = [\"BTC/USDT\"]\n"
        "[history]\nenabled = true\n[watch]\ninterval = \"1s\"\n[redis]\nurl = \"{}\"\n"
        "connect_timeout = \"300ms\"\ntimeout = \"300ms\"\n{}",
        server.url(), more));
  }
  [[nodiscard]] RunningProgram watch(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"watch", "--follow-redis"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return bench.sandbox.start(
        {.arguments = arguments,
         .environment = {{"BTCW__EXCHANGE__BINANCE__WS_URL", stream.url()}}});
  }
  [[nodiscard]] std::size_t messages() const {
    return json::parse(bench.sandbox.run({"queue-drain", "--list", "--json"}).out).size();
  }
  /// Nobody has spoken to an exchange.
  [[nodiscard]] bool asked_nobody() const {
    return bench.requests() == 0 && stream.connections() == 0;
  }

  PriceBench bench;
  FakeStreamServer stream{"binance"};
};

/// Publishes a price as a leader does; returns how many have heard it.
std::int64_t publish(RedisServer& server, std::string_view last) {
  const auto now = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  return server
      .ask({"PUBLISH", "btcw:prices", to_json(ticker_of("binance", "BTC/USDT", last, now))})
      .integer;
}

/// A subscriber that has heard of it, as soon as there is one.
bool is_heard(RedisServer& server, std::string_view last) {
  return comes_true([&] { return publish(server, last) > 0; });
}

}  // namespace

TEST_CASE("a follower's alerts, history and schedules run on what another host publishes") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Follower follower{server};
  auto watch = follower.watch();

  REQUIRE(is_heard(server, "100"));
  REQUIRE(watch.wait_for_out("\"last\":100,"));
  CHECK(follower.messages() == 0);
  REQUIRE(is_heard(server, "110"));
  REQUIRE(watch.wait_for_out("\"last\":110,"));

  CHECK(comes_true([&] { return follower.messages() == 1; }));
  const json listed =
      json::parse(follower.bench.sandbox.run({"queue-drain", "--list", "--json"}).out);
  CHECK(listed[0].dump().find("BTC/USDT broke 105: now 110") != std::string::npos);
  CHECK(comes_true(
      [&] { return std::filesystem::exists(follower.bench.sandbox.root() / "state/btcw/beat"); }));
  // The cache is written a batch each tenth of a second.
  CHECK(comes_true([&] {
    const Outcome price = follower.bench.sandbox.run({"price", "BTC/USDT", "--offline", "--json"});
    return price.out.find("\"last\":110,") != std::string::npos;
  }));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  const Outcome history = follower.bench.sandbox.run(
      {"price", "BTC/USDT", "--history", "1h", "--every", "1h", "--format", "csv"});
  CHECK_THAT(history.out, Contains(",110,"));
  CHECK(follower.asked_nobody());
}

TEST_CASE("a follower whose terminal is closed ends, also when it writes elsewhere") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Follower follower{server};
  const auto root = follower.bench.sandbox.root();
  const std::string out = (root / "prices.ndjson").string();
  PtyProgram watch{
      {.command = {"/bin/sh", "-c", "exec \"$0\" watch --follow-redis >\"$1\"", BTCW_EXECUTABLE,
                   out},
       .environment = {{"HOME", root.string()}, {"XDG_CONFIG_HOME", (root / "config").string()}}}};
  REQUIRE(is_heard(server, "100"));
  REQUIRE(comes_true([&] {
    std::error_code absent;
    return std::filesystem::file_size(out, absent) > 0 && !absent;
  }));
  watch.hang_up();
  CHECK(watch.wait() == 0);
}

TEST_CASE("a follower waits for Redis that goes, asks nobody meanwhile, and goes on by it") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Follower follower{server};
  auto watch = follower.watch();
  REQUIRE(is_heard(server, "100"));
  REQUIRE(watch.wait_for_out("\"last\":100,"));

  server.kill();
  REQUIRE(watch.wait_for_err("Redis is away, no prices come from it"));
  // More than its interval.
  std::this_thread::sleep_for(milliseconds{1500});
  CHECK(follower.asked_nobody());
  server.start();
  REQUIRE(watch.wait_for_err("Redis is back, prices come from it again"));
  REQUIRE(is_heard(server, "110"));

  REQUIRE(watch.wait_for_out("\"last\":110,"));
  CHECK(comes_true([&] { return follower.messages() == 1; }));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  CHECK(follower.asked_nobody());
}

TEST_CASE("a follower starts while Redis is away, and is there when it comes") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  server.kill();
  const Follower follower{server};
  auto watch = follower.watch();
  REQUIRE(watch.wait_for_err("Redis is away, no prices come from it"));
  server.start();
  REQUIRE(is_heard(server, "100"));
  CHECK(watch.wait_for_out("\"last\":100,"));
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
  CHECK(follower.asked_nobody());
}

TEST_CASE("SIGUSR1 tells a follower's connection to Redis, in lines or as JSON") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Follower follower{server};
  const bool as_json = GENERATE(false, true);
  CAPTURE(as_json);
  auto watch = follower.watch({"--log-format", as_json ? "json" : "text"});
  REQUIRE(is_heard(server, "100"));
  REQUIRE(watch.wait_for_out("\"last\":100,"));
  watch.signal(SIGUSR1);
  if (!as_json) {
    CHECK(watch.wait_for_err("redis: fan_out\n    follow: connected since 2"));
    return;
  }
  REQUIRE(watch.wait_for_err("resident_bytes"));
  const std::string& err = watch.err();
  const json status = json::parse(err.substr(0, err.find('\n')));
  CHECK(status["msg"] == "status");
  CHECK(status["tickers"] >= 1);
  CHECK(status["redis"]["leader"] == false);
  CHECK(status["redis"]["connections"][0]["use"] == "follow");
  CHECK(status["redis"]["connections"][0]["since"].is_string());
}
