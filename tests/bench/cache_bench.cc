// The price cache: what a short-lived reader pays, and what a watcher can write.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "btcw/cache/local_cache.h"
#include "btcw/cache/memory_cache.h"
#include "btcw/cache/write_coalescer.h"
#include "support/recording_log.h"
#include "support/sample_tickers.h"
#include "support/temp_folder.h"

namespace {

using namespace btcw;

constexpr std::size_t kBatch = 100;

std::vector<CacheEntry> entries_of(std::size_t count) {
  std::vector<CacheEntry> entries;
  for (std::size_t i = 0; i < count; ++i) {
    entries.push_back(
        {test::full_ticker("binance", "C" + std::to_string(i) + "/USDT", SystemClock{}.now())});
  }
  return entries;
}

struct Bench {
  test::TempFolder folder;
  const std::filesystem::path file = folder / "prices.cache";
  SystemClock clock;
  test::RecordingLog log;
  std::unique_ptr<PriceCache> cache;

  explicit Bench(std::size_t symbols) {
    cache = open_local_cache(file, CacheOptions{}, clock, log).value();
    if (!cache->put(entries_of(symbols))) std::abort();
  }
};

void open_and_get_one(benchmark::State& state) {
  Bench bench{static_cast<std::size_t>(state.range(0))};
  const SymbolRequest request = test::request_of("C0/USDT");
  for (auto _ : state) {
    auto cache = open_local_cache_for_reading(bench.file, bench.clock, bench.log);
    benchmark::DoNotOptimize((*cache)->get({&request, 1}));
  }
}
BENCHMARK(open_and_get_one)->Arg(100)->Arg(4000);

void get_one_kept_open(benchmark::State& state) {
  Bench bench{static_cast<std::size_t>(state.range(0))};
  auto cache = open_local_cache_for_reading(bench.file, bench.clock, bench.log);
  const SymbolRequest request = test::request_of("C0/USDT");
  for (auto _ : state) benchmark::DoNotOptimize((*cache)->get({&request, 1}));
}
BENCHMARK(get_one_kept_open)->Arg(100)->Arg(4000);

void list_all(benchmark::State& state) {
  Bench bench{static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) benchmark::DoNotOptimize(bench.cache->list());
}
BENCHMARK(list_all)->Arg(100)->Arg(4000)->Unit(benchmark::kMicrosecond);

void open_for_writing(benchmark::State& state) {
  Bench bench{static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) {
    benchmark::DoNotOptimize(open_local_cache(bench.file, CacheOptions{}, bench.clock, bench.log));
  }
}
BENCHMARK(open_for_writing)->Arg(100)->Arg(4000)->Unit(benchmark::kMicrosecond);

// Batches of kBatch that go round all symbols.
void put_batches(benchmark::State& state, PriceCache& cache, CacheScope scope) {
  auto entries = entries_of(static_cast<std::size_t>(state.range(0)));
  for (CacheEntry& entry : entries) entry.scope = scope;
  std::size_t at = 0;
  for (auto _ : state) {
    if (!cache.put(std::span{entries}.subspan(at, kBatch))) state.SkipWithError("put failed");
    at = (at + kBatch) % entries.size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}

void put_local_any(benchmark::State& state) {
  Bench bench{0};
  put_batches(state, *bench.cache, CacheScope::any);
}
BENCHMARK(put_local_any)->Arg(100)->Arg(4000);

void put_local_exchange(benchmark::State& state) {
  Bench bench{0};
  put_batches(state, *bench.cache, CacheScope::exchange);
}
BENCHMARK(put_local_exchange)->Arg(100)->Arg(4000);

void put_memory_any(benchmark::State& state) {
  const SystemClock clock;
  const auto cache = make_memory_cache(clock);
  put_batches(state, *cache, CacheScope::any);
}
BENCHMARK(put_memory_any)->Arg(100)->Arg(4000);

void get_one_memory(benchmark::State& state) {
  const SystemClock clock;
  const auto cache = make_memory_cache(clock);
  if (!cache->put(entries_of(static_cast<std::size_t>(state.range(0))))) std::abort();
  const SymbolRequest request = test::request_of("C0/USDT");
  for (auto _ : state) benchmark::DoNotOptimize(cache->get({&request, 1}));
}
BENCHMARK(get_one_memory)->Arg(100)->Arg(4000);

void put_coalescer(benchmark::State& state) {
  Bench bench{0};
  WriteCoalescer coalescer{*bench.cache, bench.clock, bench.log};
  const auto entries = entries_of(static_cast<std::size_t>(state.range(0)));
  std::size_t at = 0;
  for (auto _ : state) {
    coalescer.put(entries[at]);
    at = at + 1 == entries.size() ? 0 : at + 1;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(put_coalescer)->Arg(100)->Arg(4000);

}  // namespace
