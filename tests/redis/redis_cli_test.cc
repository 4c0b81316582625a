// The plans as whole processes: btcw watch fills the cache, btcw price on another host reads it.
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/ticker.h"
#include "cli/price_bench.h"
#include "support/redis_server.h"
#include "support/run_btcw.h"
#include "support/sample_tickers.h"

using namespace btcw::test;
using btcw::FileDescriptor;
using btcw::milliseconds;
using btcw::seconds;
using Catch::Contains;
using nlohmann::json;

namespace {

btcw::UtcTime now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

std::string recording(std::string_view last = "97123.4") {
  return btcw::to_json(ticker_of("binance", "BTC/USDT", last, now())) + "\n";
}

std::string config_of(std::string_view url, std::string_view plan = "minimal") {
  return fmt::format("[deployment]\nplan = \"{}\"\n[redis]\nurl = \"{}\"\n", plan, url);
}

/// A host with its own home, which shares nothing with another but Redis.
Sandbox& configured(Sandbox& sandbox, std::string_view text) {
  sandbox.write_config(text);
  return sandbox;
}

/// A socket that counts who comes.
class Listener {
 public:
  explicit Listener(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof address.sun_path - 1);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(::bind(listener_.get(), generic, sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 8) == 0);
  }
  [[nodiscard]] bool was_called() const {
    const FileDescriptor peer{::accept(listener_.get(), nullptr, nullptr)};
    return static_cast<bool>(peer);
  }

 private:
  FileDescriptor listener_{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
};

}  // namespace

TEST_CASE("in plan minimal a price that one host watches is there on another") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Sandbox one{BTCW_EXECUTABLE};
  Sandbox other{BTCW_EXECUTABLE};
  configured(one, config_of(server.url()));
  configured(other, config_of(server.url()));

  const Outcome watch =
      one.run(Invocation{.arguments = {"watch", "--replay", "-", "--quiet"}, .input = recording()});
  const Outcome price = other.run({"price", "BTC/USDT", "--offline", "--json"});

  CHECK(watch.exit_code == 0);
  CHECK(watch.err.empty());
  CHECK(price.err.empty());
  REQUIRE(price.exit_code == 0);
  CHECK(json::parse(price.out)["source"] == "redis");
  CHECK(json::parse(price.out)["exchange"] == "binance");
  CHECK(json::parse(server.text({"GET", "price:BTC/USDT"}))["last"] == 97123.4);
  const auto ttl = server.ask({"TTL", "price:BTC/USDT"}).integer;
  CHECK(ttl > 0);
  CHECK(ttl <= 30);
}

TEST_CASE("what one host fetches is in Redis for another") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  PriceBench one;
  one.configure(config_of(server.url()));
  Sandbox other{BTCW_EXECUTABLE};
  configured(other, config_of(server.url()));

  const Outcome fetched = one.price({"BTC/USDT", "--json"});
  const Outcome price = other.run({"price", "BTC/USDT", "--offline", "--json"});

  CHECK(json::parse(fetched.out)["source"] == "rest");
  REQUIRE(price.exit_code == 0);
  CHECK(json::parse(price.out)["source"] == "redis");
}

TEST_CASE("a price comes from the local cache, with one warning, when Redis cannot give it") {
  if (!RedisServer::is_there()) return;
  struct Case {
    std::string_view why;
    void (*trouble)(RedisServer& server);
    std::string_view warning;  // empty: none
  };
  const auto row = GENERATE(values<Case>({
      {"killed", [](RedisServer& server) { server.kill(); }, "cannot connect"},
      {"frozen", [](RedisServer& server) { server.freeze(); }, "no answer within 500ms"},
      {"with a password",
       [](RedisServer& server) {
         server.ask({"CONFIG", "SET", "requirepass", "x"});
       },
       "Redis asks for a password"},
      {"emptied", [](RedisServer& server) { server.ask({"FLUSHALL"}); }, ""},
      {"holding nonsense",
       [](RedisServer& server) {
         server.ask({"SET", "price:BTC/USDT", "<html>"});
       },
       "a value in Redis is no price"},
  }));
  CAPTURE(row.why);
  RedisServer server;
  Sandbox host{BTCW_EXECUTABLE};
  configured(host, config_of(server.url()));
  REQUIRE(
      host.run(Invocation{.arguments = {"watch", "--replay", "-", "--quiet"}, .input = recording()})
          .exit_code == 0);
  row.trouble(server);

  const Outcome price = host.run({"price", "BTC/USDT", "--offline", "--json"});

  CAPTURE(price.err);
  REQUIRE(price.exit_code == 0);
  CHECK(json::parse(price.out)["source"] == "cache");
  CHECK(json::parse(price.out)["last"] == 97123.4);
  if (row.warning.empty()) {
    CHECK(price.err.empty());
    return;
  }
  CHECK_THAT(price.err, Contains(std::string{row.warning}));
  CHECK(std::count(price.err.begin(), price.err.end(), '\n') == 1);
}

TEST_CASE("watch says once that Redis went and once that it is back, and goes on") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Sandbox host{BTCW_EXECUTABLE};
  configured(host, config_of(server.url()) + "connect_timeout = \"200ms\"\ntimeout = \"200ms\"\n");
  auto watch =
      host.start({.arguments = {"watch", "--demo", "--seed", "1", "--interval", "1s", "BTC/USDT"}});
  REQUIRE(watch.wait_for_out("\"demo\""));
  server.kill();
  REQUIRE(watch.wait_for_err("Redis is away, prices go on through the local cache"));
  server.start();
  REQUIRE(watch.wait_for_err("Redis is back"));
  CHECK_THAT(server.text({"GET", "price:demo:BTC/USDT"}), Contains("\"exchange\":\"demo\""));
  // A simulated price never answers for a real one.
  CHECK(server.ask({"EXISTS", "price:BTC/USDT"}).integer == 0);
  watch.signal(SIGTERM);
  const Outcome end = watch.wait();
  CHECK(end.exit_code == 0);
  CHECK(std::count(end.err.begin(), end.err.end(), '\n') == 2);
}

TEST_CASE("another Redis in the configuration is told to need a restart") {
  struct Case {
    std::string_view why;
    std::string_view before;
    std::string_view after;
    bool is_told;
  };
  const auto row = GENERATE(values<Case>({
      {"the same", "plan = \"minimal\"\n[redis]\nprefix = \"a\"",
       "plan = \"minimal\"\n[redis]\nprefix = \"a\"\ntimeout = \"400ms\"", false},
      {"another prefix", "plan = \"minimal\"\n[redis]\nprefix = \"a\"",
       "plan = \"minimal\"\n[redis]\nprefix = \"b\"", true},
      {"another URL", "plan = \"minimal\"", "plan = \"minimal\"\n[redis]\nurl = \"redis://x\"",
       true},
      {"another plan", "plan = \"none\"", "plan = \"minimal\"", true},
      {"another URL that is not used", "plan = \"none\"",
       "plan = \"none\"\n[redis]\nurl = \"redis://x\"", false},
  }));
  CAPTURE(row.why);
  PriceBench host;
  host.configure("[deployment]\n" + std::string{row.before});
  auto watch = host.sandbox.start({.arguments = {"watch", "-v", "BTC/USDT"}});
  REQUIRE(watch.wait_for_out("BTC/USDT"));
  host.configure("[deployment]\n" + std::string{row.after});
  watch.signal(SIGHUP);
  CHECK(watch.wait_for_err("configuration read again"));
  CHECK((watch.err().find("after a restart only") != std::string::npos) == row.is_told);
  watch.signal(SIGTERM);
  CHECK(watch.wait().exit_code == 0);
}

TEST_CASE("plan none never speaks to Redis, whatever its section says") {
  PriceBench host;
  const Listener listener{host.sandbox.root() / "redis.sock"};
  const std::string url = "unix://" + (host.sandbox.root() / "redis.sock").string();
  host.configure(config_of(url, "none"));

  CHECK(host.price({"BTC/USDT"}).exit_code == 0);
  CHECK(
      host.sandbox
          .run(Invocation{.arguments = {"watch", "--replay", "-", "--quiet"}, .input = recording()})
          .exit_code == 0);
  CHECK(host.sandbox.run({"watch", "--once", "BTC/USDT"}).exit_code == 0);
  CHECK(host.sandbox.run({"config", "show"}).exit_code == 0);
  CHECK(host.sandbox.run({"notify", "hello"}).exit_code == 0);
  CHECK(host.sandbox.run({"queue-drain"}).exit_code == 0);
  CHECK(host.sandbox.run({"token", "revoke", "some-jti"}).exit_code == 0);
  CHECK(host.sandbox.run({"token", "revoked"}).exit_code == 0);
  CHECK_FALSE(listener.was_called());

  // The listener is worth its name.
  host.configure(config_of(url) + "timeout = \"50ms\"\n");
  CHECK(host.price({"BTC/USDT"}).exit_code == 0);
  CHECK(listener.was_called());
}

TEST_CASE("every plan does the main job: watch, price, notify, deliver, revoke") {
  if (!RedisServer::is_there()) return;
  const auto* const plan = GENERATE("none", "minimal", "full");
  CAPTURE(plan);
  RedisServer server;
  PriceBench host;
  host.configure(config_of(server.url(), plan));

  CHECK(host.sandbox.run({"watch", "--once", "--quiet", "BTC/USDT"}).exit_code == 0);
  const Outcome price = host.price({"BTC/USDT", "--offline", "--json"});
  const Outcome notify = host.sandbox.run({"notify", "BTC is high"});
  const Outcome listed = host.sandbox.run({"queue-drain", "--list"});
  const Outcome drain = host.sandbox.run({"queue-drain", "--json"});
  CHECK(host.sandbox.run({"token", "revoke", "some-jti"}).exit_code == 0);
  const Outcome revoked = host.sandbox.run({"token", "revoked"});

  REQUIRE(price.exit_code == 0);
  const bool in_redis = std::string_view{plan} != "none";
  CHECK(json::parse(price.out)["source"] == (in_redis ? "redis" : "cache"));
  CHECK(json::parse(price.out)["last"] == 97123.4);
  CHECK(notify.exit_code == 0);
  CHECK_THAT(listed.out, Contains("BTC is high"));
  CHECK(json::parse(drain.out)["delivered"] == 1);
  CHECK_THAT(revoked.out, Contains("some-jti"));
  for (const auto* outcome : {&price, &notify, &listed, &drain, &revoked}) {
    CHECK(outcome->err.empty());
  }
  const auto keys = server.ask({"KEYS", "btcw:*"}).items.size();
  CHECK((keys > 0) == (std::string_view{plan} == "full"));
}

TEST_CASE("messages and revoked tokens go to the Redis that is named for them") {
  if (!RedisServer::is_there()) return;
  RedisServer prices;
  RedisServer durable;
  PriceBench host;
  PriceBench other;
  for (PriceBench* each : {&host, &other}) {
    each->configure(config_of(prices.url(), "full") + "durable_url = \"" + durable.url() + "\"\n");
  }
  const auto keys = [](RedisServer& server, const char* pattern) {
    return server.ask({"KEYS", pattern}).items.size();
  };

  CHECK(host.sandbox.run({"watch", "--once", "--quiet", "BTC/USDT"}).exit_code == 0);
  CHECK(host.sandbox.run({"notify", "BTC is high"}).exit_code == 0);
  CHECK(host.sandbox.run({"token", "revoke", "some-jti"}).exit_code == 0);

  CHECK(keys(prices, "price:*") == 2);
  CHECK(keys(durable, "price:*") == 0);
  CHECK(keys(prices, "btcw:queue*") == 0);
  CHECK(keys(durable, "btcw:queue*") > 0);
  CHECK(keys(prices, "btcw:revoked:*") == 0);
  CHECK(keys(durable, "btcw:revoked:*") == 1);

  CHECK(json::parse(other.price({"BTC/USDT", "--offline", "--json"}).out)["source"] == "redis");
  CHECK_THAT(other.sandbox.run({"token", "revoked"}).out, Contains("some-jti"));
  CHECK(json::parse(other.sandbox.run({"queue-drain", "--json"}).out)["delivered"] == 1);
}

TEST_CASE("a wrong URL of Redis is an error of the configuration, and keeps its password") {
  const Sandbox host{BTCW_EXECUTABLE};
  host.write_config(config_of("rediss://me:hunter2@cache"));
  for (const auto& arguments : {std::vector<std::string>{"price", "BTC/USDT"},
                                {"watch", "--once", "BTC/USDT"},
                                {"config", "check"}}) {
    const Outcome outcome = host.run(arguments);
    CAPTURE(arguments.front(), outcome.err);
    CHECK(outcome.exit_code == 2);
    CHECK_THAT(outcome.err, Contains("redis.url") && Contains("needs TLS"));
    CHECK_THAT(outcome.err, !Contains("hunter2"));
  }
}

TEST_CASE("config show says who does what, and why") {
  const Sandbox host{BTCW_EXECUTABLE};
  host.write_config("[deployment]\nplan = \"minimal\"\nqueue = \"file\"\n");
  const std::string file = (host.root() / "config/btcw/config.toml").string();
  CHECK_THAT(host.run({"config", "show"}).out, Contains("\n# Who does what:\n"
                                                        "# price_cache  redis   plan minimal\n"
                                                        "# sessions     file    plan minimal\n"
                                                        "# queue        file    deployment.queue\n"
                                                        "# fan_out      memory  plan minimal\n"));
  CHECK_THAT(host.run({"config", "show", "--origin"}).out,
             Contains("# price_cache  redis   plan minimal  # " + file + ":2\n"));
  const json all = json::parse(host.run({"config", "show", "--json"}).out);
  CHECK(all["roles"]["price_cache"]["uses"] == "redis");
  CHECK(all["roles"]["queue"]["why"] == "deployment.queue");
}
