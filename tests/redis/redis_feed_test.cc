// Redis that goes and comes back while prices flow.
#include "btcw/cache/redis_feed.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "btcw/base/ticker_reader.h"
#include "btcw/cache/memory_cache.h"
#include "btcw/cache/redis_price_cache.h"
#include "support/recording_log.h"
#include "support/redis_server.h"
#include "support/sample_tickers.h"

using namespace btcw;
using test::get_one;
using test::RedisServer;
using test::ticker_of;

namespace {

constexpr std::string_view kGone = "Redis is away, prices go on through the local cache";
constexpr std::string_view kBack = "Redis is back";

bool holds_within(milliseconds limit, const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return true;
}

struct Bench {
  RedisServer& server;
  SystemClock clock;
  SystemRandom random;
  test::RecordingLog log;
  std::unique_ptr<TickerReader> reader = make_ticker_reader();
  std::unique_ptr<RedisClient> client;
  std::unique_ptr<PriceCache> redis;
  std::unique_ptr<PriceCache> local = make_memory_cache(clock);
  std::unique_ptr<RedisFeed> feed;
  std::unique_ptr<PriceCache> cache;

  explicit Bench(RedisServer& of, milliseconds ttl = seconds{30}) : server{of} {
    client = test::client_of(of.url(), clock, random,
                             {.connect_timeout = milliseconds{150}, .timeout = milliseconds{150}});
    redis = make_redis_price_cache({.ttl = ttl},
                                   {.redis = *client, .clock = clock, .log = log, .reader = [this] {
                                      return Result<TickerReader*>{reader.get()};
                                    }});
    feed = make_redis_feed({.cache = *redis, .client = *client, .log = log}).value();
    cache = make_fed_cache(*local, *feed);
  }
  Ticker put(std::string_view symbol, int last) {
    const Ticker ticker = ticker_of("okx", symbol, std::to_string(last), clock.now());
    const CacheEntry entry{ticker};
    REQUIRE(cache->put({&entry, 1}));
    return ticker;
  }
  bool redis_has(const Ticker& ticker) {
    return server.text({"GET", "price:" + std::string{ticker.symbol.text()}}) == to_json(ticker);
  }
};

struct Trouble {
  std::string_view why;
  std::function<void(RedisServer&)> begin;
  std::function<void(RedisServer&)> end;
  std::string_view message;
};

Trouble trouble_named(std::string_view name) {
  if (name == "killed") {
    return {name, [](RedisServer& s) { s.kill(); }, [](RedisServer& s) { s.start(); }, "connect"};
  }
  if (name == "frozen") {
    return {name, [](RedisServer& s) { s.freeze(); }, [](RedisServer& s) { s.thaw(); },
            "no answer within 150ms"};
  }
  if (name == "full") {
    return {name,
            [](RedisServer& s) {
              s.ask({"CONFIG", "SET", "maxmemory", "1"});
            },
            [](RedisServer& s) {
              s.ask({"CONFIG", "SET", "maxmemory", "0"});
            },
            "out of memory (maxmemory)"};
  }
  if (name == "replica") {
    return {name,
            [](RedisServer& s) {
              s.ask({"REPLICAOF", "127.0.0.1", "1"});
            },
            [](RedisServer& s) {
              s.ask({"REPLICAOF", "NO", "ONE"});
            },
            "a replica that cannot be written to"};
  }
  // The others keep their connections; so every one is cut.
  return {name,
          [](RedisServer& s) {
            s.ask({"CONFIG", "SET", "requirepass", "x"});
            s.ask({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
          },
          [](RedisServer& s) {
            s.ask({"CONFIG", "SET", "requirepass", ""});
          },
          "Redis asks for a password"};
}

}  // namespace

TEST_CASE("prices go to Redis and stay in the local cache") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  const Ticker ticker = bench.put("BTC/USDT", 1);
  CHECK(holds_within(seconds{10}, [&] { return bench.redis_has(ticker); }));
  CHECK(get_one(*bench.cache, "BTC/USDT") == ticker);
  CHECK(bench.log.lines().empty());
}

TEST_CASE("Redis in trouble is said once, prices go on, and it is filled at once when back") {
  if (!RedisServer::is_there()) return;
  const auto name = GENERATE(as<std::string>{}, "killed", "frozen", "full", "replica", "password");
  CAPTURE(name);
  const Trouble trouble = trouble_named(name);
  RedisServer server;
  Bench bench{server};
  const Ticker resting = bench.put("ETH/USDT", 7);
  REQUIRE(holds_within(seconds{10}, [&] { return bench.redis_has(resting); }));

  trouble.begin(server);
  int last = 0;
  REQUIRE(holds_within(seconds{10}, [&] {
    bench.put("BTC/USDT", ++last);
    return bench.log.count(LogLevel::warning, kGone) == 1;
  }));
  CHECK(bench.feed->is_away());
  CHECK(bench.log.count(trouble.message) == 1);
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) bench.put("BTC/USDT", ++last);
  // A hundred time-outs would be fifteen seconds.
  CHECK(std::chrono::steady_clock::now() - before < seconds{5});
  const Ticker ticker = bench.put("BTC/USDT", ++last);
  CHECK(get_one(*bench.cache, "BTC/USDT") == ticker);
  trouble.end(server);

  // Nothing new is put: what was known is what fills it.
  CHECK(holds_within(seconds{10}, [&] { return bench.log.count(LogLevel::warning, kBack) == 1; }));
  CHECK(bench.redis_has(ticker));
  CHECK(bench.redis_has(resting));
  CHECK_FALSE(bench.feed->is_away());
  CHECK(bench.log.count(kGone) == 1);
}

TEST_CASE("Redis that is down at the start is used as soon as it comes up") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  server.kill();
  Bench bench{server};
  const Ticker ticker = bench.put("BTC/USDT", 1);
  REQUIRE(holds_within(seconds{10}, [&] { return bench.log.count(kGone) == 1; }));
  server.start();
  CHECK(holds_within(seconds{10}, [&] { return bench.redis_has(ticker); }));
  CHECK(holds_within(seconds{10}, [&] { return bench.log.count(kBack) == 1; }));
}

TEST_CASE("Redis is not back because there is nothing young enough to write") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server, milliseconds{300}};
  server.kill();
  REQUIRE(holds_within(seconds{10}, [&] {
    bench.put("BTC/USDT", 1);
    return bench.log.count(kGone) == 1;
  }));

  // Long enough for the price to grow old, and for several attempts.
  std::this_thread::sleep_for(milliseconds{1500});
  CHECK(bench.log.count(kBack) == 0);

  server.start();
  CHECK(holds_within(seconds{10}, [&] { return bench.log.count(kBack) == 1; }));
  CHECK(bench.log.count(kGone) == 1);
}

TEST_CASE("Redis that was started anew between two prices gets all of them") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  const Ticker resting = bench.put("ETH/USDT", 7);
  REQUIRE(holds_within(seconds{10}, [&] { return bench.redis_has(resting); }));
  server.kill();
  server.start();

  bench.put("BTC/USDT", 1);

  CHECK(holds_within(seconds{10}, [&] { return bench.redis_has(resting); }));
}

TEST_CASE("what waits is written at the end, unless Redis is away") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const bool is_away = GENERATE(false, true);
  CAPTURE(is_away);
  std::optional<Ticker> ticker;
  {
    Bench bench{server};
    if (is_away) server.freeze();
    ticker = bench.put("BTC/USDT", 1);
  }
  if (is_away) {
    server.thaw();
    return;
  }
  CHECK(server.text({"GET", "price:BTC/USDT"}) == to_json(*ticker));
}
