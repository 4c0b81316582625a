#pragma once

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "btcw/cache/local_cache.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/sample_tickers.h"
#include "support/temp_folder.h"

namespace btcw::test {

/// A folder for one cache file, and what its openers need. A test that cannot open it ends.
struct CacheBench {
  TempFolder folder;
  const std::filesystem::path file = folder / "prices.cache";
  FakeClock clock;
  RecordingLog log;

  std::unique_ptr<PriceCache> open(CacheOptions options = {}) {
    auto cache = open_local_cache(file, options, clock, log);
    if (!cache) FAIL(cache.error().message);
    return *std::move(cache);
  }
  std::unique_ptr<PriceCache> open_for_reading() {
    auto cache = open_local_cache_for_reading(file, clock, log);
    if (!cache) FAIL(cache.error().message);
    return *std::move(cache);
  }
  [[nodiscard]] Ticker ticker(std::string_view symbol, std::string_view last,
                              milliseconds age = seconds{1}) const {
    return ticker_of("okx", symbol, last, clock.now() - age);
  }
};

inline void put(PriceCache& cache, const Ticker& ticker, CacheScope scope = CacheScope::any) {
  const CacheEntry entry{ticker, scope};
  const auto done = cache.put({&entry, 1});
  if (!done) FAIL(done.error().message);
}

/// On a slow machine the others can keep the lock from one writer for longer than put() waits: it
/// says so, and whoever writes tries again, as WriteCoalescer does.
inline bool put_patiently(PriceCache& cache, std::span<const CacheEntry> entries) {
  constexpr int kTries = 50;
  for (int i = 0; i < kTries; ++i) {
    const auto put = cache.put(entries);
    if (put) return true;
    if (put.error().message.find("is locked by another process") == std::string::npos) return false;
  }
  return false;
}

inline struct stat status_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status;
}

}  // namespace btcw::test
