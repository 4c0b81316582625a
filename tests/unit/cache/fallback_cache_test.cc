#include "btcw/cache/fallback_cache.h"

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "btcw/cache/memory_cache.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/sample_tickers.h"

using namespace btcw;
using test::request_of;
using test::ticker_of;

namespace {

/// A cache that can be told to fail.
class FrailCache final : public PriceCache {
 public:
  explicit FrailCache(const Clock& clock) : held_{make_memory_cache(clock)} {}

  Result<void> put(std::span<const CacheEntry> entries) override {
    if (fails()) return error();
    return held_->put(entries);
  }
  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest> requests) override {
    if (fails()) return error();
    return held_->get(requests);
  }
  Result<std::vector<Ticker>> list() override {
    if (fails()) return error();
    return held_->list();
  }
  Result<std::size_t> remove_older(UtcTime before) override {
    if (fails()) return error();
    return held_->remove_older(before);
  }

  bool is_broken = false;
  int calls = 0;

 private:
  bool fails() {
    ++calls;
    return is_broken;
  }
  static Error error() { return {Errc::unavailable, "out of order"}; }

  std::unique_ptr<PriceCache> held_;
};

struct Bench {
  test::FakeClock clock;
  test::RecordingLog log;
  FrailCache redis{clock};
  FrailCache local{clock};
  FallbackCache cache{redis, local, log};

  Ticker put(PriceCache& into, std::string_view last, seconds age) const {
    const Ticker ticker = ticker_of("okx", "BTC/USDT", last, clock.now() - age);
    const CacheEntry entry{ticker};
    REQUIRE(into.put({&entry, 1}));
    return ticker;
  }
  std::optional<CachedTicker> look_up() {
    const std::vector<SymbolRequest> requests{request_of("BTC/USDT")};
    const auto found = cache.look_up(requests);
    REQUIRE(found.has_value());
    return found->front();
  }
};

}  // namespace

TEST_CASE("the younger of both answers, and Redis where they are the same") {
  struct Case {
    std::string_view why;
    std::optional<seconds> in_redis;  // age
    std::optional<seconds> in_local;
    std::optional<CachePlace> place;
  };
  const auto row = GENERATE(values<Case>({
      {"neither", std::nullopt, std::nullopt, std::nullopt},
      {"Redis alone", seconds{5}, std::nullopt, CachePlace::redis},
      {"the local one alone", std::nullopt, seconds{5}, CachePlace::local},
      {"the same", seconds{5}, seconds{5}, CachePlace::redis},
      {"younger in Redis", seconds{4}, seconds{5}, CachePlace::redis},
      {"younger here", seconds{6}, seconds{5}, CachePlace::local},
  }));
  CAPTURE(row.why);
  Bench bench;
  if (row.in_redis) bench.put(bench.redis, "1", *row.in_redis);
  if (row.in_local) bench.put(bench.local, "2", *row.in_local);

  const auto found = bench.look_up();

  REQUIRE(found.has_value() == row.place.has_value());
  if (!found) return;
  CHECK(found->place == *row.place);
  CHECK(found->ticker.last == *Decimal::parse(*row.place == CachePlace::redis ? "1" : "2"));
}

TEST_CASE("what is put goes to both") {
  Bench bench;
  const Ticker ticker = bench.put(bench.cache, "1", seconds{1});
  CHECK(test::get_one(bench.redis, "BTC/USDT") == ticker);
  CHECK(test::get_one(bench.local, "BTC/USDT") == ticker);
  CHECK(test::get_one(bench.cache, "BTC/USDT") == ticker);
  CHECK(*bench.cache.remove_older(bench.clock.now()) == 1);
  CHECK(bench.redis.list()->empty());
}

TEST_CASE("Redis that fails is said once and not asked again") {
  Bench bench;
  const Ticker ticker = bench.put(bench.local, "2", seconds{1});
  bench.redis.is_broken = true;

  const auto found = bench.look_up();

  REQUIRE(found.has_value());
  CHECK(found->ticker == ticker);
  CHECK(found->place == CachePlace::local);
  CHECK(bench.log.count(LogLevel::warning,
                        "Redis is away, the local cache stands in why=out of order") == 1);
  const int calls = bench.redis.calls;
  bench.put(bench.cache, "3", seconds{0});
  CHECK(bench.cache.list()->size() == 1);
  CHECK(bench.cache.remove_older(UtcTime{}).has_value());
  CHECK(bench.redis.calls == calls);
  CHECK(bench.log.lines().size() == 1);
}

TEST_CASE("each way to use it survives Redis that fails") {
  for (const int way : {0, 1, 2}) {
    CAPTURE(way);
    Bench bench;
    bench.redis.is_broken = true;
    if (way == 0) bench.put(bench.cache, "1", seconds{1});
    if (way == 1) CHECK(bench.cache.list()->empty());
    if (way == 2) CHECK(*bench.cache.remove_older(bench.clock.now()) == 0);
    CHECK(bench.log.lines().size() == 1);
  }
}

TEST_CASE("a local cache that fails is no matter while Redis knows it all") {
  Bench bench;
  bench.put(bench.redis, "1", seconds{1});
  bench.local.is_broken = true;
  CHECK(bench.look_up()->place == CachePlace::redis);
  CHECK(bench.cache.list()->size() == 1);
  const std::vector<SymbolRequest> requests{request_of("BTC/USDT"), request_of("ETH/USDT")};
  CHECK(bench.cache.look_up(requests).error().message == "out of order");
  CHECK(bench.cache.get(requests).error().message == "out of order");
}

TEST_CASE("the list is of both, each symbol and exchange once, the younger of two") {
  Bench bench;
  bench.put(bench.redis, "1", seconds{5});
  const Ticker younger = bench.put(bench.local, "2", seconds{4});
  const Ticker other = ticker_of("kraken", "BTC/USDT", "3", bench.clock.now());
  const CacheEntry entry{other};
  REQUIRE(bench.redis.put({&entry, 1}));

  const auto tickers = bench.cache.list();

  REQUIRE(tickers.has_value());
  CHECK(*tickers == std::vector{other, younger});
}
