// What every PriceCache promises, of each of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "btcw/cache/local_cache.h"
#include "btcw/cache/memory_cache.h"
#include "btcw/cache/redis_price_cache.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/redis_server.h"
#include "support/sample_tickers.h"
#include "support/temp_folder.h"

using namespace btcw;
using test::get_one;
using test::ticker_of;

namespace {

struct Bench {
  test::TempFolder folder;
  const std::filesystem::path file = folder / "prices.cache";
  test::FakeClock clock;
  test::RecordingLog log;
  std::unique_ptr<RedisClient> client;
  std::unique_ptr<TickerReader> reader;
  std::unique_ptr<PriceCache> cache;

  /// One for all tests.
  static test::RedisServer& server() {
    static test::RedisServer shared;
    return shared;
  }
  explicit Bench(std::string_view kind) {
    if (kind == "memory") {
      cache = make_memory_cache(clock);
    } else if (kind == "redis") {
      client = server().client();
      server().ask({"FLUSHALL"});
      reader = make_ticker_reader();
      cache =
          make_redis_price_cache({.prefix = "test:", .ttl = std::chrono::hours{8760}},
                                 {.redis = *client, .clock = clock, .log = log, .reader = [this] {
                                    return Result<TickerReader*>{reader.get()};
                                  }});
    } else {
      cache = open_local_cache(file, CacheOptions{}, clock, log).value();
    }
  }
  [[nodiscard]] UtcTime ago(milliseconds age) const { return clock.now() - age; }
  void put(const Ticker& ticker, CacheScope scope = CacheScope::any) {
    const CacheEntry entry{ticker, scope};
    REQUIRE(cache->put({&entry, 1}));
  }
};

#define GENERATE_KIND() GENERATE(as<std::string>{}, "memory", "local", "redis")
// Where there is no Redis that kind is skipped, and says so.
#define SKIP_WITHOUT_SERVER(kind) \
  if ((kind) == "redis" && !test::RedisServer::is_there()) return

std::vector<std::string> sorted_json(const std::vector<Ticker>& tickers) {
  std::vector<std::string> lines;
  for (const Ticker& ticker : tickers) lines.push_back(to_json(ticker));
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

TEST_CASE("an empty cache knows nothing") {
  const auto kind = GENERATE_KIND();
  CAPTURE(kind);
  SKIP_WITHOUT_SERVER(kind);
  Bench bench{kind};

  CHECK(get_one(*bench.cache, "BTC/USDT") == std::nullopt);
  CHECK(get_one(*bench.cache, "okx:BTC/USDT") == std::nullopt);
  CHECK(bench.cache->list()->empty());
  CHECK(*bench.cache->remove_older(bench.clock.now()) == 0);
  CHECK(bench.cache->get({})->empty());
  CHECK(bench.cache->put({}));
}

TEST_CASE("a ticker for any request answers with and without its exchange") {
  const auto kind = GENERATE_KIND();
  CAPTURE(kind);
  SKIP_WITHOUT_SERVER(kind);
  Bench bench{kind};
  const Ticker ticker = test::full_ticker("okx", "BTC/USDT", bench.ago(seconds{1}));

  bench.put(ticker);

  CHECK(get_one(*bench.cache, "BTC/USDT") == ticker);
  CHECK(get_one(*bench.cache, "okx:BTC/USDT") == ticker);
  CHECK(get_one(*bench.cache, "kraken:BTC/USDT") == std::nullopt);
  CHECK(get_one(*bench.cache, "BTC/USD") == std::nullopt);
  CHECK(*bench.cache->list() == std::vector{ticker});
}

TEST_CASE("a ticker of exchange scope answers only a request that names its exchange") {
  const auto kind = GENERATE_KIND();
  CAPTURE(kind);
  SKIP_WITHOUT_SERVER(kind);
  Bench bench{kind};
  const Ticker first = ticker_of("okx", "BTC/USDT", "1", bench.ago(seconds{2}));
  const Ticker pinned = ticker_of("kraken", "BTC/USDT", "2", bench.ago(seconds{1}));
  const Ticker newer = ticker_of("okx", "BTC/USDT", "3", bench.ago(seconds{1}));

  bench.put(pinned, CacheScope::exchange);
  CHECK(get_one(*bench.cache, "BTC/USDT") == std::nullopt);
  CHECK(get_one(*bench.cache, "kraken:BTC/USDT") == pinned);

  bench.put(first);
  bench.put(newer, CacheScope::exchange);
  CHECK(get_one(*bench.cache, "BTC/USDT") == first);
  CHECK(get_one(*bench.cache, "okx:BTC/USDT") == newer);
  CHECK(sorted_json(*bench.cache->list()) == sorted_json({pinned, newer}));
}

TEST_CASE("requests are answered in their order, repeated ones too") {
  const auto kind = GENERATE_KIND();
  CAPTURE(kind);
  SKIP_WITHOUT_SERVER(kind);
  Bench bench{kind};
  const std::vector<CacheEntry> entries{
      {ticker_of("okx", "BTC/USDT", "1", bench.ago(seconds{1}))},
      {ticker_of("okx", "ETH/USDT", "2", bench.ago(seconds{1}))},
      {ticker_of("kraken", "BTC/USDT", "3", bench.ago(seconds{1})), CacheScope::exchange}};
  REQUIRE(bench.cache->put(entries));
  const std::vector<SymbolRequest> requests{
      test::request_of("ETH/USDT"), test::request_of("SOL/USDT"),
      test::request_of("kraken:BTC/USDT"), test::request_of("ETH/USDT")};

  const auto answers = bench.cache->get(requests);

  REQUIRE(answers.has_value());
  CHECK(*answers == std::vector<std::optional<Ticker>>{entries[1].ticker, std::nullopt,
                                                       entries[2].ticker, entries[1].ticker});
}

TEST_CASE("an entry is not replaced by an older one unless it lies in the future") {
  struct Case {
    std::string_view why;
    milliseconds held;  // from now
    milliseconds offered;
    bool is_replaced;
  };
  const auto row = GENERATE(values<Case>({
      {"newer", seconds{-10}, seconds{-5}, true},
      {"of the same moment", seconds{-10}, seconds{-10}, true},
      {"older", seconds{-10}, seconds{-11}, false},
      {"older, held a minute ahead", seconds{60}, seconds{0}, false},
      {"older, held further ahead", milliseconds{60'001}, seconds{0}, true},
      {"both far ahead, the offered less", std::chrono::hours{48}, std::chrono::hours{24}, true},
      {"both far ahead, the offered more", std::chrono::hours{24}, std::chrono::hours{48}, true},
  }));
  const auto kind = GENERATE_KIND();
  CAPTURE(kind, row.why);
  SKIP_WITHOUT_SERVER(kind);
  Bench bench{kind};
  const Ticker held = ticker_of("okx", "BTC/USDT", "1", bench.ago(-row.held));
  const Ticker offered = ticker_of("okx", "BTC/USDT", "2", bench.ago(-row.offered));

  bench.put(held);
  bench.put(offered);

  const Ticker& expected = row.is_replaced ? offered : held;
  CHECK(get_one(*bench.cache, "BTC/USDT") == expected);
  CHECK(get_one(*bench.cache, "okx:BTC/USDT") == expected);
}

TEST_CASE("any request is answered by the exchange that spoke last") {
  const auto kind = GENERATE_KIND();
  CAPTURE(kind);
  SKIP_WITHOUT_SERVER(kind);
  Bench bench{kind};
  const Ticker later = ticker_of("okx", "BTC/USDT", "1", bench.ago(seconds{5}));
  const Ticker earlier = ticker_of("kraken", "BTC/USDT", "2", bench.ago(seconds{6}));

  bench.put(later);
  bench.put(earlier);

  CHECK(get_one(*bench.cache, "BTC/USDT") == later);
  CHECK(get_one(*bench.cache, "kraken:BTC/USDT") == earlier);
}

TEST_CASE("removing what is older counts tickers and spares the rest") {
  const auto kind = GENERATE_KIND();
  CAPTURE(kind);
  SKIP_WITHOUT_SERVER(kind);
  Bench bench{kind};
  const Ticker old = ticker_of("okx", "BTC/USDT", "1", bench.ago(seconds{20}));
  const Ticker edge = ticker_of("okx", "ETH/USDT", "2", bench.ago(seconds{10}));
  const Ticker young = ticker_of("okx", "SOL/USDT", "3", bench.ago(seconds{5}));
  for (const Ticker& ticker : {old, edge, young}) bench.put(ticker);

  CHECK(*bench.cache->remove_older(bench.ago(seconds{10})) == 1);

  CHECK(get_one(*bench.cache, "BTC/USDT") == std::nullopt);
  CHECK(get_one(*bench.cache, "okx:BTC/USDT") == std::nullopt);
  CHECK(sorted_json(*bench.cache->list()) == sorted_json({edge, young}));
  bench.put(old);
  CHECK(get_one(*bench.cache, "BTC/USDT") == old);
}

TEST_CASE("what is no ticker is passed over, the rest of the batch is kept") {
  const auto kind = GENERATE_KIND();
  CAPTURE(kind);
  SKIP_WITHOUT_SERVER(kind);
  Bench bench{kind};
  Ticker bad = ticker_of("okx", "BTC/USDT", "1", bench.ago(seconds{5}));
  bad.last = Decimal{};
  const Ticker good = ticker_of("okx", "ETH/USDT", "1", bench.ago(seconds{5}));
  const std::vector<CacheEntry> entries{{bad}, {good}};

  CHECK(bench.cache->put(entries));

  CHECK(*bench.cache->list() == std::vector{good});
}

TEST_CASE("the caches agree after thousands of random changes") {
  const auto kind = GENERATE(as<std::string>{}, "local", "redis");
  CAPTURE(kind);
  SKIP_WITHOUT_SERVER(kind);
  Bench memory{"memory"};
  Bench local{kind};
  std::mt19937 random{20'221'122};
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  };
  constexpr std::array<std::string_view, 4> kExchanges{"okx", "kraken", "demo", "gate"};
  for (int round = 0; round < 400; ++round) {
    std::vector<CacheEntry> batch;
    for (std::uint32_t i = below(30); i > 0; --i) {
      const std::string symbol = "C" + std::to_string(below(60)) + "/USDT";
      const auto time = memory.clock.now() + milliseconds{below(240'000)} - milliseconds{120'000};
      const Ticker ticker =
          ticker_of(kExchanges[below(4)], symbol, std::to_string(1 + below(1'000'000)), time);
      batch.push_back({ticker, below(2) == 0 ? CacheScope::any : CacheScope::exchange});
    }
    REQUIRE(memory.cache->put(batch));
    REQUIRE(local.cache->put(batch));
    if (below(20) == 0) {
      const UtcTime before = memory.clock.now() - milliseconds{below(120'000)};
      REQUIRE(*memory.cache->remove_older(before) == *local.cache->remove_older(before));
    }
    std::vector<SymbolRequest> requests;
    for (int i = 0; i < 60; ++i) {
      const std::string symbol = "C" + std::to_string(i) + "/USDT";
      requests.push_back(test::request_of(symbol));
      for (const auto exchange : kExchanges) {
        requests.push_back(test::request_of(std::string{exchange} + ":" + symbol));
      }
    }
    REQUIRE(*memory.cache->get(requests) == *local.cache->get(requests));
    const milliseconds step{below(60'000)};
    memory.clock.advance(step);
    local.clock.advance(step);
  }
  CHECK(sorted_json(*memory.cache->list()) == sorted_json(*local.cache->list()));
  CHECK(local.log.lines().empty());
}
