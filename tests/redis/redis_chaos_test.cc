// Redis killed, frozen, filled and started anew a hundred times under a stream of prices, with
// readers that must never see a wrong one.
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "btcw/base/ticker_reader.h"
#include "btcw/cache/fallback_cache.h"
#include "btcw/cache/local_cache.h"
#include "btcw/cache/redis_feed.h"
#include "btcw/cache/redis_price_cache.h"
#include "support/recording_log.h"
#include "support/redis_server.h"
#include "support/sample_tickers.h"
#include "support/temp_folder.h"

using namespace btcw;
using test::RedisServer;

namespace {

constexpr std::size_t kRounds = 100;
constexpr milliseconds kTimeout{100};
/// Far more than both time-outs of a reader, for a machine under load.
constexpr seconds kStall{5};

struct Host {
  RedisServer& server;
  SystemClock clock;
  SystemRandom random;
  test::RecordingLog log;
  std::unique_ptr<TickerReader> reader = make_ticker_reader();
  std::unique_ptr<RedisClient> client = test::client_of(
      server.url(), clock, random, {.connect_timeout = kTimeout, .timeout = kTimeout});
  std::unique_ptr<PriceCache> redis =
      make_redis_price_cache({}, {.redis = *client, .clock = clock, .log = log, .reader = [this] {
                                    return Result<TickerReader*>{reader.get()};
                                  }});
  std::unique_ptr<PriceCache> local;

  Host(RedisServer& of, const std::filesystem::path& file)
      : server{of}, local{open_local_cache(file, {}, clock, log).value()} {}
};

/// What the readers saw, all together.
struct Seen {
  std::atomic<int> from_redis = 0;
  std::atomic<int> from_local = 0;
  std::atomic<int> wrong = 0;
  std::atomic<int> backwards = 0;
  std::atomic<int> stalls = 0;
};

/// As a short command does, over and over, each time with a new connection.
void read_on(RedisServer& server, const std::filesystem::path& file, const std::atomic<bool>& over,
             Seen& seen) {
  const std::vector<SymbolRequest> requests{test::request_of("BTC/USDT")};
  UtcTime newest = UtcTime::min();
  while (!over) {
    Host host{server, file};
    FallbackCache cache{*host.redis, *host.local, host.log};
    const auto begin = host.clock.steady_now();
    const auto found = cache.look_up(requests);
    if (host.clock.steady_now() - begin > kStall) ++seen.stalls;
    if (!found || !found->front()) continue;
    const CachedTicker& cached = *found->front();
    ++(cached.place == CachePlace::redis ? seen.from_redis : seen.from_local);
    if (!test::is_linked(cached.ticker)) ++seen.wrong;
    if (cached.ticker.received < newest) ++seen.backwards;
    newest = std::max(newest, cached.ticker.received);
    std::this_thread::sleep_for(milliseconds{2});
  }
}

/// The price stream: a ticker every few milliseconds, into a cache that must never hold it up.
class Stream {
 public:
  Stream(PriceCache& cache, Clock& clock) : cache_{cache}, clock_{clock} {}
  void tick() {
    const Ticker ticker = test::linked_ticker(test::symbol_of("BTC/USDT"), ++number_, clock_.now());
    const CacheEntry entry{ticker};
    const auto begin = clock_.steady_now();
    if (const auto put = cache_.put({&entry, 1}); !put) refused_ = put.error().message;
    longest_ = std::max(longest_, clock_.steady_now() - begin);
    std::this_thread::sleep_for(milliseconds{3});
  }
  bool tick_until(const std::function<bool()>& condition) {
    const auto until = clock_.steady_now() + seconds{20};
    while (!condition()) {
      if (clock_.steady_now() > until) return false;
      tick();
    }
    return true;
  }
  [[nodiscard]] auto longest() const { return longest_; }
  /// Why the cache did not take a ticker, which it always has to.
  [[nodiscard]] const std::string& refused() const { return refused_; }

 private:
  PriceCache& cache_;
  Clock& clock_;
  std::int64_t number_ = 0;
  std::chrono::nanoseconds longest_{0};
  std::string refused_;
};

void begin_trouble(int kind, RedisServer& server) {
  if (kind == 0) server.kill();
  if (kind == 1) server.freeze();
  if (kind == 2) server.ask({"CONFIG", "SET", "maxmemory", "1"});
  if (kind == 3) server.ask({"REPLICAOF", "127.0.0.1", "1"});
}

void end_trouble(int kind, RedisServer& server) {
  if (kind == 0) server.start();
  if (kind == 1) server.thaw();
  if (kind == 2) server.ask({"CONFIG", "SET", "maxmemory", "0"});
  if (kind == 3) server.ask({"REPLICAOF", "NO", "ONE"});
}

}  // namespace

TEST_CASE("a hundred troubles of Redis: two lines each, no stall, no wrong price") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::TempFolder folder;
  const auto file = folder / "prices";
  Host host{server, file};
  auto feed =
      make_redis_feed({.cache = *host.redis, .client = *host.client, .log = host.log}).value();
  const auto cache = make_fed_cache(*host.local, *feed);
  Stream stream{*cache, host.clock};
  std::atomic<bool> over = false;
  Seen seen;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] { read_on(server, file, over, seen); });
  }
  std::mt19937 random{5};
  int failed_rounds = 0;

  for (std::size_t round = 0; round < kRounds; ++round) {
    const int kind = static_cast<int>(random() % 4);
    const std::size_t lines = round + 1;
    const int local_before = seen.from_local;
    begin_trouble(kind, server);
    bool fine = stream.tick_until([&] { return host.log.count("Redis is away") == lines; });
    // A full Redis and a replica still answer, with what they last got; the others do not.
    if (kind < 2) fine &= stream.tick_until([&] { return seen.from_local > local_before; });
    end_trouble(kind, server);
    fine &= stream.tick_until([&] { return host.log.count("Redis is back") == lines; });
    const int redis_before = seen.from_redis;
    fine &= stream.tick_until([&] { return seen.from_redis > redis_before; });
    CAPTURE(round, kind);
    if (!fine) ++failed_rounds;
    CHECK(fine);
    if (!fine) break;
  }
  over = true;
  for (std::thread& reader : readers) reader.join();

  CHECK(failed_rounds == 0);
  CHECK(host.log.lines().size() == 2 * kRounds);
  CHECK(seen.wrong == 0);
  CHECK(seen.backwards == 0);
  CHECK(seen.stalls == 0);
  CHECK(stream.refused() == "");
  CHECK(stream.longest() < kStall);
  WARN("read " << seen.from_redis << " prices from Redis and " << seen.from_local
               << " from the local cache; the longest put took "
               << std::chrono::duration_cast<milliseconds>(stream.longest()).count() << " ms");
}
