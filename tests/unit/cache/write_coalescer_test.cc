#include "btcw/cache/write_coalescer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "btcw/cache/memory_cache.h"
#include "support/counted_allocations.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/sample_tickers.h"

using namespace btcw;
using test::ticker_of;

namespace {

/// Remembers each batch; fails while told to.
class ScriptedCache final : public PriceCache {
 public:
  Result<void> put(std::span<const CacheEntry> entries) override {
    batches.emplace_back(entries.begin(), entries.end());
    if (is_broken) return Error{Errc::unavailable, "no space left on device"};
    return {};
  }
  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest>) override {
    return std::vector<std::optional<Ticker>>{};
  }
  Result<std::vector<Ticker>> list() override { return std::vector<Ticker>{}; }
  Result<std::size_t> remove_older(UtcTime) override { return std::size_t{0}; }

  std::vector<std::vector<CacheEntry>> batches;
  bool is_broken = false;
};

struct Bench {
  test::FakeClock clock;
  test::RecordingLog log;
  ScriptedCache cache;
  WriteCoalescer coalescer{cache, clock, log};

  [[nodiscard]] CacheEntry entry(std::string_view symbol, std::string_view last,
                                 CacheScope scope = CacheScope::any) const {
    return {ticker_of("okx", symbol, last, clock.now()), scope};
  }
};

}  // namespace

TEST_CASE("a coalescer writes one batch a tenth of a second after the first entry") {
  Bench bench;
  CHECK(bench.coalescer.due() == SteadyTime::max());
  const SteadyTime start = bench.clock.steady_now();

  bench.coalescer.put(bench.entry("BTC/USDT", "1"));
  CHECK(bench.coalescer.due() == start + milliseconds{100});
  bench.clock.advance(milliseconds{50});
  bench.coalescer.put(bench.entry("ETH/USDT", "2"));
  CHECK(bench.coalescer.due() == start + milliseconds{100});
  bench.clock.advance(milliseconds{49});
  bench.coalescer.write_if_due();
  CHECK(bench.cache.batches.empty());
  bench.clock.advance(milliseconds{1});
  bench.coalescer.write_if_due();

  REQUIRE(bench.cache.batches.size() == 1);
  CHECK(bench.cache.batches[0].size() == 2);
  CHECK(bench.coalescer.due() == SteadyTime::max());
  bench.clock.advance(seconds{1});
  bench.coalescer.write_if_due();
  CHECK(bench.cache.batches.size() == 1);
}

TEST_CASE("of one symbol, exchange and scope only the last entry is written") {
  Bench bench;
  bench.coalescer.put(bench.entry("BTC/USDT", "1"));
  bench.coalescer.put(bench.entry("BTC/USDT", "2", CacheScope::exchange));
  bench.coalescer.put(bench.entry("BTC/USDT", "3"));
  CacheEntry other = bench.entry("BTC/USDT", "4");
  other.ticker.exchange = ExchangeName::parse("kraken").value();
  bench.coalescer.put(other);
  CacheEntry late = bench.entry("BTC/USDT", "5");
  late.ticker.received -= seconds{1};
  bench.coalescer.put(late);

  bench.coalescer.flush();

  REQUIRE(bench.cache.batches.size() == 1);
  std::vector<std::string> prices;
  for (const CacheEntry& entry : bench.cache.batches[0]) {
    prices.push_back(entry.ticker.last.to_string());
  }
  CHECK(prices == std::vector<std::string>{"3", "2", "4"});
}

TEST_CASE("an entry of a clock that ran ahead gives way in the coalescer too") {
  Bench bench;
  CacheEntry ahead = bench.entry("BTC/USDT", "1");
  ahead.ticker.received += std::chrono::hours{1};
  bench.coalescer.put(ahead);
  bench.coalescer.put(bench.entry("BTC/USDT", "2"));

  bench.coalescer.flush();

  REQUIRE(bench.cache.batches.size() == 1);
  CHECK(bench.cache.batches[0].at(0).ticker.last == Decimal::from_parts(2, 0));
}

TEST_CASE("a coalescer keeps thousands of keys apart, round after round") {
  Bench bench;
  for (int round = 0; round < 3; ++round) {
    for (int pass = 0; pass < 2; ++pass) {
      for (int i = 0; i < 3000; ++i) {
        bench.coalescer.put(bench.entry("C" + std::to_string(i) + "/USDT",
                                        std::to_string(1 + i * 10 + round * 2 + pass)));
      }
    }
    bench.coalescer.flush();
    const auto& batch = bench.cache.batches.back();
    REQUIRE(batch.size() == 3000);
    for (int i = 0; i < 3000; ++i) {
      const CacheEntry& entry = batch[static_cast<std::size_t>(i)];
      REQUIRE(entry.ticker.symbol.text() == "C" + std::to_string(i) + "/USDT");
      REQUIRE(entry.ticker.last == Decimal::from_parts(1 + i * 10 + round * 2 + 1, 0));
    }
  }
}

TEST_CASE("a cache that fails is tried again with what waits, and told of once") {
  Bench bench;
  bench.cache.is_broken = true;
  bench.coalescer.put(bench.entry("BTC/USDT", "1"));
  bench.coalescer.flush();
  CHECK(bench.coalescer.due() == bench.clock.steady_now() + seconds{1});
  bench.coalescer.put(bench.entry("BTC/USDT", "2"));
  bench.coalescer.put(bench.entry("ETH/USDT", "3"));
  bench.clock.advance(seconds{1});
  bench.coalescer.write_if_due();
  CHECK(bench.log.count(LogLevel::warning, "no space left on device") == 1);
  CHECK(bench.log.lines().size() == 1);

  bench.cache.is_broken = false;
  bench.clock.advance(seconds{1});
  bench.coalescer.write_if_due();

  REQUIRE(bench.cache.batches.size() == 3);
  CHECK(bench.cache.batches[2].size() == 2);
  CHECK(bench.cache.batches[2][0].ticker.last == Decimal::from_parts(2, 0));
  CHECK(bench.log.count("again") == 1);
  CHECK(bench.coalescer.due() == SteadyTime::max());

  bench.cache.is_broken = true;
  bench.coalescer.put(bench.entry("BTC/USDT", "4"));
  bench.coalescer.flush();
  CHECK(bench.log.count(LogLevel::warning) == 2);
}

TEST_CASE("a coalescer asks for no memory once it has seen its keys") {
  if (!test::allocations_are_counted()) {
    WARN("skipped: a sanitizer keeps its own operator new");
    return;
  }
  const test::FakeClock clock;
  test::RecordingLog log;
  const auto cache = make_memory_cache(clock);
  WriteCoalescer coalescer{*cache, clock, log};
  std::vector<CacheEntry> entries;
  for (int i = 0; i < 1000; ++i) {
    entries.push_back({ticker_of("okx", "C" + std::to_string(i) + "/USDT", "1", clock.now())});
  }
  const auto write_round = [&] {
    for (const CacheEntry& entry : entries) coalescer.put(entry);
    clock.advance(milliseconds{100});
    coalescer.write_if_due();
  };
  write_round();
  const std::size_t before = test::allocations();

  for (int round = 0; round < 10; ++round) write_round();

  CHECK(test::allocations() == before);
}

TEST_CASE("a flush with nothing waiting does not touch the cache") {
  Bench bench;
  bench.coalescer.flush();
  CHECK(bench.cache.batches.empty());
}
