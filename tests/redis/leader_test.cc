// Who leads, what a former leader may still write, and what others hear of it.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "btcw/cache/redis_price_cache.h"
#include "btcw/redis/hiredis_lookup.h"
#include "btcw/redis/leader_lease.h"
#include "btcw/watch/follow_source.h"
#include "cli/price_bench.h"
#include "support/recording_log.h"
#include "support/redis_server.h"
#include "support/run_btcw.h"
#include "support/sample_tickers.h"

using namespace btcw;
using namespace btcw::test;
using Catch::Contains;
using nlohmann::json;

namespace {

UtcTime now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

bool comes_true(const std::function<bool()>& condition, milliseconds limit = seconds{20}) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(milliseconds{20});
  }
  return true;
}

/// What a leader with that token writes through.
struct Writer {
  Writer(const RedisServer& server, std::uint64_t token, bool stores = true)
      : client{server.client()},
        cache{make_redis_price_cache(
            {.leader_token = [token] { return token; }, .stores = stores},
            {.redis = *client, .clock = clock, .log = log, .reader = []() -> Result<TickerReader*> {
               return Error{Errc::unavailable, "none"};
             }})} {}
  Result<void> write(std::string_view last, CacheScope scope = CacheScope::any) {
    const CacheEntry entry{ticker_of("binance", "BTC/USDT", last, now()), scope};
    return cache->put(std::span{&entry, 1});
  }

  SystemClock clock;
  RecordingLog log;
  std::unique_ptr<RedisClient> client;
  std::unique_ptr<PriceCache> cache;
};

/// All that a source hands over until it has handed over so many.
std::vector<CacheEntry> taken_from(TickerSource& source, std::size_t count) {
  std::vector<CacheEntry> all;
  comes_true([&] {
    const auto state = source.take([&](std::span<const CacheEntry> entries) {
      all.insert(all.end(), entries.begin(), entries.end());
    });
    return !state || all.size() >= count;
  });
  return all;
}

/// A watch on a host of its own, with an exchange of its own.
struct Host {
  explicit Host(const RedisServer& server, std::string_view more = "") {
    bench.configure(fmt::format(
        "[deployment]\nplan = \"full\"\n{}\n[watch]\ninterval = \"1s\"\n[redis]\nurl = \"{}\"\n"
        "connect_timeout = \"300ms\"\ntimeout = \"300ms\"\n",
        more, server.url()));
  }
  [[nodiscard]] RunningProgram watch(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"watch", "-v", "BTC/USDT"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return bench.sandbox.start({.arguments = arguments});
  }

  PriceBench bench;
};

}  // namespace

TEST_CASE("one of several leads, and another once the lease is over or given up") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const auto client = server.client();
  LeaderLease one{{.holder = "one 1", .ttl = seconds{60}}, *client};
  LeaderLease other{{.holder = "other", .ttl = seconds{60}}, *client};

  const auto first = one.tend().value();
  CHECK(first > 0);
  CHECK(other.tend().value() == 0);
  CHECK(one.tend().value() == first);
  CHECK(server.ask({"PTTL", "btcw:leader"}).integer > 50'000);
  server.ask({"DEL", "btcw:leader"});
  const auto second = other.tend().value();
  CHECK(second > first);
  CHECK(one.tend().value() == 0);
  CHECK(one.resign());
  CHECK(one.tend().value() == 0);
  CHECK(other.resign());
  const auto third = one.tend().value();
  CHECK(third > second);
  // Also where Redis has lost all it knew; the time makes it so.
  std::this_thread::sleep_for(milliseconds{20});
  server.ask({"FLUSHALL"});
  CHECK(other.tend().value() > third);
}

TEST_CASE("what a former leader writes is refused, and never published") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const auto client = server.client();
  LeaderLease one{{.holder = "one"}, *client};
  LeaderLease other{{.holder = "other"}, *client};
  Writer former{server, one.tend().value()};
  REQUIRE(former.write("1"));
  CHECK(json::parse(server.text({"GET", "price:BTC/USDT"}))["last"] == 1);
  server.ask({"DEL", "btcw:leader"});
  Writer leader{server, other.tend().value()};
  const auto listener = server.client();
  REQUIRE(listener->listen({"btcw:prices"}, std::chrono::steady_clock::now())->empty());

  CHECK(former.write("2"));
  CHECK(json::parse(server.text({"GET", "price:BTC/USDT"}))["last"] == 1);
  CHECK(former.log.count("another watch leads") == 1);
  CHECK(leader.write("3"));
  CHECK(Writer{server, 0}.write("4"));

  CHECK(json::parse(server.text({"GET", "price:BTC/USDT"}))["last"] == 3);
  CHECK(json::parse(server.text({"GET", "price:binance:BTC/USDT"}))["last"] == 3);
  CHECK(server.ask({"TTL", "price:BTC/USDT"}).integer <= 30);
  const auto heard =
      listener->listen({"btcw:prices"}, std::chrono::steady_clock::now() + seconds{10});
  REQUIRE(heard->size() == 1);
  CHECK(json::parse(heard->front().text)["last"] == 3);
}

TEST_CASE("a follower gets the prices that it wants, each for the requests it answers") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const auto client = server.client();
  LeaderLease lease{{.holder = "one"}, *client};
  Writer leader{server, lease.tend().value(), false};
  RecordingLog log;
  const auto source =
      FollowSource::start(
          {.channel = "btcw:prices",
           .requests = {{Symbol::parse("BTC/USDT").value()}, {Symbol::parse("ETH/USDT").value()}}},
          server.client(), log)
          .value();
  REQUIRE(comes_true([&] { return source->settled(); }));
  REQUIRE(leader.write("1", CacheScope::exchange));
  server.ask({"PUBLISH", "btcw:prices", "<html>"});
  const CacheEntry unwanted{ticker_of("kraken", "SOL/USDT", "5", now())};
  REQUIRE(leader.cache->put(std::span{&unwanted, 1}));
  REQUIRE(leader.write("2"));

  const auto taken = taken_from(*source, 1);

  REQUIRE(taken.size() == 1);
  CHECK(taken[0].ticker.last.to_string() == "2");
  CHECK(taken[0].scope == CacheScope::any);
  CHECK(log.count("what came through Redis is no price") == 1);
  // It only published.
  CHECK(server.ask({"EXISTS", "price:BTC/USDT"}).integer == 0);

  server.kill();
  REQUIRE(comes_true([&] { return log.mentions("Redis is away"); }));
  server.start();
  REQUIRE(comes_true([&] { return log.mentions("Redis is back"); }));
  Writer again{server, LeaderLease{{.holder = "x"}, *server.client()}.tend().value(), false};
  REQUIRE(again.write("7"));
  CHECK(taken_from(*source, 1).at(0).ticker.last.to_string() == "7");
}

TEST_CASE("a server that hangs is noticed by who only listens") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const SystemClock clock;
  SystemRandom random;
  const auto client = client_of(server.url(), clock, random,
                                {.connect_timeout = seconds{1}, .timeout = milliseconds{300}});
  REQUIRE(client->listen({"c"}, clock.steady_now()));
  server.freeze();
  const auto heard = client->listen({"c"}, clock.steady_now() + seconds{60});
  server.thaw();
  REQUIRE_FALSE(heard);
  CHECK_THAT(heard.error().message, Contains("no answer within 300ms"));
}

TEST_CASE("one of two watches asks the exchanges, and both show and cache what it finds") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const Host one{server};
  const Host other{server};
  auto leader = one.watch();
  REQUIRE(leader.wait_for_out("97123.4"));
  CHECK_THAT(leader.err(), Contains("this watch leads"));

  auto follower = other.watch();

  REQUIRE(follower.wait_for_out("97123.4"));
  CHECK_THAT(follower.err(), Contains("another watch leads"));
  CHECK(other.bench.requests() == 0);
  const Outcome price = other.bench.sandbox.run({"price", "BTC/USDT", "--offline", "--json"});
  CHECK(price.exit_code == 0);
  // Who ends hands over at once.
  leader.signal(SIGTERM);
  CHECK(leader.wait().exit_code == 0);
  REQUIRE(follower.wait_for_err("this watch leads"));
  CHECK(comes_true([&] { return other.bench.requests() > 0; }));
  follower.signal(SIGTERM);
  CHECK(follower.wait().exit_code == 0);
}

TEST_CASE("what the leader does not watch a follower asks for itself, and nothing else") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Host one{server};
  const Host other{server};
  auto leader = one.watch();
  REQUIRE(leader.wait_for_out("97123.4"));

  auto follower = other.watch({"ETH/USDT"});

  REQUIRE(follower.wait_for_out("97123.4"));
  CHECK(other.bench.requests() == 0);
  REQUIRE(follower.wait_for_out("3456.789", seconds{20}));
  CHECK(other.bench.requests() > 0);
  CHECK(server.ask({"EXISTS", "price:ETH/USDT"}).integer == 0);
  follower.signal(SIGTERM);
  CHECK(follower.wait().exit_code == 0);
}

TEST_CASE("watch --follow-redis never asks an exchange") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const Host one{server};
  const Host other{server};
  auto follower = other.watch({"--follow-redis"});
  auto leader = one.watch();
  REQUIRE(follower.wait_for_out("97123.4"));
  leader.signal(SIGTERM);
  CHECK(leader.wait().exit_code == 0);
  follower.signal(SIGUSR1);
  CHECK(follower.wait_for_err("follows another"));
  follower.signal(SIGTERM);
  CHECK(follower.wait().exit_code == 0);
  CHECK(other.bench.requests() == 0);
  const Host local{server, "fan_out = \"memory\""};
  CHECK(local.bench.sandbox.run({"watch", "--follow-redis"}).exit_code == 2);
  for (const auto* option : {"--demo", "--once", "--replay=x", "--interval=5s", "--exchange=okx"}) {
    CAPTURE(option);
    CHECK(other.bench.sandbox.run({"watch", "--follow-redis", option}).exit_code == 2);
  }
}

TEST_CASE("a leader that is stopped is replaced within ten seconds, and never writes again") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Host one{server};
  Host other{server};
  auto former = one.watch();
  REQUIRE(former.wait_for_out("97123.4"));
  auto next = other.watch();
  REQUIRE(next.wait_for_out("97123.4"));
  other.bench.exchange.set("BTC/USDT", {.last = "50000"});
  const auto stopped_at = std::chrono::steady_clock::now();

  former.signal(SIGSTOP);

  REQUIRE(next.wait_for_err("this watch leads", seconds{30}));
  CHECK(std::chrono::steady_clock::now() - stopped_at < seconds{10});
  REQUIRE(comes_true([&] {
    return server.text({"GET", "price:BTC/USDT"}).find("50000") != std::string::npos;
  }));
  const std::string token = server.text({"GET", "btcw:leader:token"});
  const std::size_t asked = one.bench.requests();
  former.signal(SIGCONT);
  REQUIRE(former.wait_for_err("another watch leads", seconds{30}));
  // Nothing of the former leader's comes to Redis, whatever it did in between.
  for (int i = 0; i < 100; ++i) {
    CHECK_THAT(server.text({"GET", "price:BTC/USDT"}), Contains("50000"));
    std::this_thread::sleep_for(milliseconds{10});
  }
  CHECK(server.text({"GET", "btcw:leader:token"}) == token);
  CHECK(one.bench.requests() <= asked + 2);
  REQUIRE(former.wait_for_out("50000"));
  for (auto* watch : {&former, &next}) {
    watch->signal(SIGTERM);
    CHECK(watch->wait().exit_code == 0);
  }
}

TEST_CASE("while Redis is away each watch asks for itself, and then one for all again") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Host one{server};
  const Host other{server};
  auto leader = one.watch();
  REQUIRE(leader.wait_for_out("97123.4"));
  auto follower = other.watch();
  REQUIRE(follower.wait_for_err("another watch leads"));
  server.kill();
  REQUIRE(follower.wait_for_err("this watch asks the exchanges itself"));
  CHECK(comes_true([&] { return other.bench.requests() > 0; }));
  REQUIRE(leader.wait_for_err("Redis is away, prices go on through the local cache"));
  server.start();
  CHECK(comes_true([&] { return server.ask({"EXISTS", "price:BTC/USDT"}).integer == 1; }));
  for (auto* watch : {&leader, &follower}) {
    watch->signal(SIGTERM);
    CHECK(watch->wait().exit_code == 0);
  }
}

TEST_CASE("looking up a host takes no longer than it may, and goes on meanwhile") {
  using Addresses = std::vector<std::string>;
  HostLookup slow{[](const std::string& host) -> Result<Addresses> {
    std::this_thread::sleep_for(milliseconds{400});
    return Addresses{host + "'s"};
  }};
  const auto late = slow.find("cache", milliseconds{20});
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Errc::unavailable);
  CHECK(late.error().message == "the address of the host was not found within 20ms");
  CHECK(slow.find("cache", seconds{20}).value() == Addresses{"cache's"});
  CHECK(slow.find("::1", milliseconds{0}).value() == Addresses{"::1"});
  CHECK(HostLookup{}.find("127.0.0.1", milliseconds{0}).value() == Addresses{"127.0.0.1"});
  CHECK_FALSE(HostLookup{}.find("localhost", seconds{20}).value().empty());
}
