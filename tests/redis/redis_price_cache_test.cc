// What RedisPriceCache does beyond the contract of every PriceCache.
#include "btcw/cache/redis_price_cache.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/ticker_reader.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/redis_server.h"
#include "support/sample_tickers.h"

using namespace btcw;
using test::full_ticker;
using test::get_one;
using test::RedisServer;
using test::ticker_of;

namespace {

struct Bench {
  RedisServer& server;
  test::FakeClock clock;
  test::RecordingLog log;
  std::unique_ptr<RedisClient> client = server.client();
  std::unique_ptr<TickerReader> reader = make_ticker_reader();
  int readers_asked_for = 0;
  std::unique_ptr<PriceCache> cache;

  explicit Bench(RedisServer& of, std::string prefix = {}) : server{of} {
    cache = make_redis_price_cache({.prefix = std::move(prefix)},
                                   {.redis = *client, .clock = clock, .log = log, .reader = [this] {
                                      ++readers_asked_for;
                                      return Result<TickerReader*>{reader.get()};
                                    }});
  }
  Result<void> put(const Ticker& ticker, CacheScope scope = CacheScope::any) {
    const CacheEntry entry{ticker, scope};
    return cache->put({&entry, 1});
  }
  [[nodiscard]] UtcTime ago(milliseconds age) const { return clock.now() - age; }
};

}  // namespace

TEST_CASE("a price lies in Redis as JSON with a time to live, under two keys") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  const Ticker ticker = full_ticker("okx", "BTC/USDT", bench.ago(milliseconds{300}));

  REQUIRE(bench.put(ticker));

  CHECK(server.text({"GET", "price:BTC/USDT"}) == to_json(ticker));
  CHECK(server.text({"GET", "price:okx:BTC/USDT"}) == to_json(ticker));
  const auto ttl = server.ask({"TTL", "price:BTC/USDT"}).integer;
  CHECK(ttl <= 30);
  CHECK(ttl >= 20);
  CHECK(server.ask({"DBSIZE"}).integer == 2);
  CHECK(get_one(*bench.cache, "BTC/USDT") == ticker);
  CHECK(bench.readers_asked_for == 0);
}

TEST_CASE("a price of exchange scope lies under the exchange's key alone") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server, "desk:*"};
  REQUIRE(bench.put(ticker_of("okx", "BTC/USDT", "1", bench.clock.now()), CacheScope::exchange));
  CHECK(server.ask({"KEYS", "*"}).items.size() == 1);
  CHECK(server.ask({"EXISTS", "desk:*price:okx:BTC/USDT"}).integer == 1);
  // The prefix is no pattern: somebody else's key does not match it.
  server.ask({"SET", "desk:xprice:okx:BTC/USDT", "1"});
  CHECK(bench.cache->list()->size() == 1);
  CHECK(*bench.cache->remove_older(bench.clock.now() + seconds{1}) == 1);
  CHECK(server.ask({"DBSIZE"}).integer == 1);
}

TEST_CASE("the time to live counts from when the price was received") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  struct Case {
    std::string_view why;
    milliseconds age;
    std::int64_t most;  // -2: there is no key
  };
  const auto row = GENERATE(values<Case>({
      {"now", milliseconds{0}, 30},
      {"some seconds ago", milliseconds{10'200}, 20},
      {"almost over", milliseconds{29'999}, 1},
      {"over", milliseconds{30'000}, -2},
      {"long over", std::chrono::hours{5}, -2},
      {"in the future", -std::chrono::hours{5}, 30},
  }));
  CAPTURE(row.why);
  REQUIRE(bench.put(ticker_of("okx", "BTC/USDT", "1", bench.ago(row.age))));
  const auto ttl = server.ask({"TTL", "price:BTC/USDT"}).integer;
  CHECK(ttl <= row.most);
  if (row.most > 1) CHECK(ttl > row.most - 10);
  if (row.most < 0) CHECK(ttl == -2);
}

TEST_CASE("what another process wrote is not replaced by an earlier price") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench one{server};
  Bench other{server};
  const Ticker first = ticker_of("okx", "BTC/USDT", "1", one.ago(seconds{9}));
  const Ticker newest = ticker_of("okx", "BTC/USDT", "3", one.ago(seconds{1}));
  const Ticker between = ticker_of("okx", "BTC/USDT", "2", one.ago(seconds{5}));
  REQUIRE(one.put(first));
  REQUIRE(other.put(newest));

  // Within the second it knows only what it wrote itself.
  one.clock.advance(milliseconds{1001});
  REQUIRE(one.put(between));

  CHECK(get_one(*one.cache, "BTC/USDT") == newest);
  CHECK(get_one(*one.cache, "okx:BTC/USDT") == newest);
}

TEST_CASE("a server that lost its data gets what it had before, older or not") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  const Ticker older = ticker_of("okx", "BTC/USDT", "1", bench.ago(seconds{2}));
  REQUIRE(bench.put(ticker_of("okx", "BTC/USDT", "2", bench.ago(seconds{1}))));
  server.kill();
  server.start();
  static_cast<void>(bench.cache->get({}));
  static_cast<void>(get_one(*bench.cache, "ETH/USDT"));
  REQUIRE(bench.put(older));
  CHECK(get_one(*bench.cache, "BTC/USDT") == older);
}

TEST_CASE("a hostile value is no price and a warning, and gives way to a price") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  const std::string good = to_json(full_ticker("okx", "BTC/USDT", bench.ago(seconds{1})));
  const std::string other = to_json(full_ticker("okx", "ETH/USDT", bench.ago(seconds{1})));
  struct Case {
    std::string_view why;
    std::string value;
  };
  const auto row = GENERATE_COPY(values<Case>({
      {"empty", ""},
      {"no JSON", "97123.45"},
      {"half of it", good.substr(0, 40)},
      {"behind it", good + "x"},
      {"another symbol", other},
      {"a list", "[" + good + "]"},
      {"a price of zero",
       R"({"symbol":"BTC/USDT","exchange":"okx","last":0,"received":1732290000000})"},
      {"no last", R"({"symbol":"BTC/USDT","exchange":"okx","received":1732290000000})"},
      {"beyond all years",
       R"({"symbol":"BTC/USDT","exchange":"okx","last":1,"received":999999999999999})"},
      {"not UTF-8", "\xFF\xFE"},
      {"zeros", std::string(100, '\0')},
      {"huge", std::string(20'000, ' ') + good},
      {"deep", std::string(9'000, '[')},
  }));
  CAPTURE(row.why);
  server.ask({"SET", "price:BTC/USDT", row.value});
  const Ticker ticker = ticker_of("okx", "BTC/USDT", "1", bench.ago(seconds{20}));

  CHECK(get_one(*bench.cache, "BTC/USDT") == std::nullopt);

  CHECK(bench.log.count(LogLevel::warning, "a value in Redis is no price key=price:BTC/USDT") == 1);
  CHECK(bench.cache->list()->empty());
  REQUIRE(bench.put(ticker));
  CHECK(get_one(*bench.cache, "BTC/USDT") == ticker);
}

TEST_CASE("a key of another type is no price") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  server.ask({"LPUSH", "price:BTC/USDT", "x"});
  CHECK(get_one(*bench.cache, "BTC/USDT") == std::nullopt);
  const Ticker ticker = ticker_of("okx", "BTC/USDT", "1", bench.ago(seconds{1}));
  REQUIRE(bench.put(ticker));
  CHECK(get_one(*bench.cache, "BTC/USDT") == ticker);
}

TEST_CASE("a value of many megabytes costs neither memory nor the other prices") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  const Ticker ticker = ticker_of("okx", "ETH/USDT", "1", bench.ago(seconds{1}));
  REQUIRE(bench.put(ticker));
  server.ask({"SETRANGE", "price:BTC/USDT", "50000000", "x"});
  const std::vector<SymbolRequest> requests{
      test::request_of("BTC/USDT"), test::request_of("ETH/USDT"), test::request_of("SOL/USDT")};

  const auto answers = bench.cache->get(requests);

  REQUIRE(answers.has_value());
  CHECK(*answers == std::vector<std::optional<Ticker>>{std::nullopt, ticker, std::nullopt});
  CHECK(bench.log.count(LogLevel::warning, "longer than 16384 bytes") == 1);
}

TEST_CASE("what another program wrote in its own layout is read") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench{server};
  server.ask({"SET", "price:BTC/USDT", R"({ "exchange": "okx", "last": "skip" })"});
  server.ask({"SET", "price:ETH/USDT",
              R"({ "received": 1732290000000, "extra": [1], "last": 9.5e1, "exchange": "okx", )"
              R"("symbol": "ETH/USDT" })"});
  const auto found = get_one(*bench.cache, "ETH/USDT");
  REQUIRE(found);
  CHECK(found->last == *Decimal::parse("95"));
  CHECK(bench.readers_asked_for == 1);
}

TEST_CASE("a server that takes no writes is an error that says why") {
  if (!RedisServer::is_there()) return;
  struct Case {
    std::string_view why;
    std::vector<std::string> options;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"full", {"--maxmemory", "1"}, "Redis is out of memory (maxmemory)"},
      {"replica", {"--replicaof", "127.0.0.1", "1"}, "Redis is a replica that cannot be written"},
      {"stale replica",
       {"--replicaof", "127.0.0.1", "1", "--replica-serve-stale-data", "no"},
       "lost its master"},
      {"no password", {"--requirepass", "x"}, "Redis asks for a password"},
  }));
  CAPTURE(row.why);
  RedisServer server{row.options};
  Bench bench{server};
  const auto written = bench.put(ticker_of("okx", "BTC/USDT", "1", bench.clock.now()));
  REQUIRE_FALSE(written.has_value());
  CHECK_THAT(written.error().message, Catch::Contains(std::string{row.message}));
}

TEST_CASE("Python's redis and json read a price") {
  if (!RedisServer::is_there()) return;
  if (std::system("/usr/bin/python3 -c 'import redis' 2>/dev/null") != 0) {
    WARN("skipped: no python3-redis");
    return;
  }
  RedisServer server;
  Bench bench{server};
  REQUIRE(bench.put(full_ticker("okx", "BTC/USDT", bench.clock.now())));
  const std::string script =
      "import redis, json, sys\n"
      "r = redis.Redis(unix_socket_path=sys.argv[1])\n"
      "t = json.loads(r.get(\"price:BTC/USDT\"))\n"
      "assert t[\"symbol\"] == \"BTC/USDT\" and t[\"exchange\"] == \"okx\", t\n"
      "assert isinstance(t[\"last\"], (int, float)), t\n"
      "assert 0 < r.ttl(\"price:BTC/USDT\") <= 30\n";
  const std::string command = "/usr/bin/python3 -c '" + script + "' " + server.socket().string();
  CHECK(std::system(command.c_str()) == 0);
}
