#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "btcw/cache/local_cache.h"
#include "support/child_process.h"
#include "support/recording_log.h"
#include "support/sample_tickers.h"
#include "support/temp_folder.h"

using namespace btcw;

namespace {

constexpr int kWriters = 4;
constexpr int kSymbols = 50;

std::string symbol_name(int writer, int i) {
  return "W" + std::to_string(writer) + "C" + std::to_string(i) + "/USDT";
}

/// Opens the file, which may not be there yet, and puts its own symbols and one that all share.
int write_all(const std::filesystem::path& file, int writer) {
  const SystemClock clock;
  test::RecordingLog log;
  const auto cache = open_local_cache(file, {}, clock, log);
  if (!cache) return 1;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < kSymbols; ++i) {
      const std::vector<CacheEntry> entries{
          {test::linked_ticker(test::symbol_of(symbol_name(writer, i)), round, clock.now())},
          {test::linked_ticker(test::symbol_of("SHARED/USDT"), round, clock.now())}};
      if (!(*cache)->put(entries)) return 2;
    }
  }
  return log.lines().empty() ? 0 : 3;
}

}  // namespace

TEST_CASE("processes that make and fill one cache at the same time lose nothing") {
  const test::TempFolder folder;
  const auto file = folder / "made" / "prices.cache";
  {
    std::vector<test::ChildProcess> writers;
    for (int i = 0; i < kWriters; ++i) {
      writers.emplace_back([&file, i] { return write_all(file, i); });
    }
    for (test::ChildProcess& writer : writers) CHECK(writer.wait() == 0);
  }

  const SystemClock clock;
  test::RecordingLog log;
  const auto cache = open_local_cache_for_reading(file, clock, log);
  REQUIRE(cache);
  for (int writer = 0; writer < kWriters; ++writer) {
    for (int i = 0; i < kSymbols; ++i) {
      const auto ticker = test::get_one(**cache, symbol_name(writer, i));
      REQUIRE(ticker.has_value());
      REQUIRE(ticker->last == Decimal::from_parts(19 + 2, 2));
    }
  }
  CHECK((*cache)->list()->size() == kWriters * kSymbols + 1);
}
