// A cache file is input like any other: whatever it holds, nothing crashes and no price is made up.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "btcw/cache/cache_layout.h"
#include "btcw/base/file_descriptor.h"
#include "btcw/cache/local_cache.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/sample_tickers.h"
#include "support/temp_folder.h"

using namespace btcw;
using test::get_one;

namespace {

constexpr std::size_t kEntries = 16;
constexpr CacheOptions kOptions{.max_entries = kEntries};
const cache_file::Layout kLayout = cache_file::Layout::of(kEntries);

/// A file with some entries.
struct Bench {
  test::TempFolder folder;
  const std::filesystem::path file = folder / "prices.cache";
  test::FakeClock clock;
  test::RecordingLog log;
  std::vector<SymbolRequest> requests;
  std::vector<Ticker> tickers;

  Bench() {
    const auto cache = open();
    for (const std::string symbol : {"BTC/USDT", "ETH/USDT", "SOL/USDT", "A/BC", "X1000/EUR"}) {
      tickers.push_back(test::full_ticker("okx", symbol, clock.now() - seconds{1}));
      // An older price lies beside the current one in the file, and must not come to light.
      CacheEntry older{tickers.back()};
      older.ticker.last = Decimal::from_parts(1, 0);
      older.ticker.received -= seconds{5};
      const CacheEntry current{tickers.back()};
      REQUIRE(cache->put({&older, 1}));
      REQUIRE(cache->put({&current, 1}));
      requests.push_back(test::request_of(symbol));
      requests.push_back(test::request_of("okx:" + symbol));
    }
  }

  std::unique_ptr<PriceCache> open() {
    auto cache = open_local_cache(file, kOptions, clock, log);
    if (!cache) FAIL(cache.error().message);
    return *std::move(cache);
  }
  Result<std::unique_ptr<PriceCache>> open_for_reading() {
    return open_local_cache_for_reading(file, clock, log);
  }

  /// How many requests got their ticker; fails on any other answer but none.
  std::size_t right_answers(PriceCache& cache) {
    const auto answers = cache.get(requests).value();
    std::size_t right = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i]) continue;
      if (*answers[i] != tickers[i / 2]) FAIL("wrong answer: " << to_json(*answers[i]));
      ++right;
    }
    const auto all = cache.list().value();
    for (const Ticker& ticker : all) {
      if (std::find(tickers.begin(), tickers.end(), ticker) == tickers.end()) {
        FAIL("made up: " << to_json(ticker));
      }
    }
    if (all.size() > tickers.size()) FAIL("listed more than there is");
    return right;
  }
};

class Patch {
 public:
  explicit Patch(const std::filesystem::path& file)
      : fd_{::open(file.c_str(), O_RDWR | O_CLOEXEC)} {
    REQUIRE(fd_);
  }
  [[nodiscard]] std::uint8_t byte(std::size_t offset) const {
    std::uint8_t value = 0;
    REQUIRE(::pread(fd_.get(), &value, 1, static_cast<off_t>(offset)) == 1);
    return value;
  }
  void set_byte(std::size_t offset, std::uint8_t value) const {
    REQUIRE(::pwrite(fd_.get(), &value, 1, static_cast<off_t>(offset)) == 1);
  }
  void set_word(std::size_t word, std::uint64_t value) const {
    REQUIRE(::pwrite(fd_.get(), &value, 8, static_cast<off_t>(word * 8)) == 8);
  }
  void zero(std::size_t offset, std::size_t size) const {
    const std::vector<char> zeros(size);
    const auto count = static_cast<ssize_t>(size);
    REQUIRE(::pwrite(fd_.get(), zeros.data(), size, static_cast<off_t>(offset)) == count);
  }
  void cut(std::size_t size) const {
    REQUIRE(::ftruncate(fd_.get(), static_cast<off_t>(size)) == 0);
  }

 private:
  FileDescriptor fd_;
};

void set_entries(const Patch& patch, std::uint64_t entries) {
  auto header = kLayout.header_start();
  header[cache_file::entries_word] = entries;
  patch.set_word(cache_file::entries_word, entries);
  patch.set_word(cache_file::check_word, cache_file::header_check(header));
}

}  // namespace

TEST_CASE("a damaged file is replaced with one warning, by who opens it and by who has it open") {
  struct Case {
    std::string why;
    void (*damage)(const Patch&);
  };
  const std::size_t row_index = GENERATE(range(std::size_t{0}, std::size_t{24}));
  static const std::array<Case, 24> kCases{{
      {"empty", [](const Patch& p) { p.cut(0); }},
      {"one byte", [](const Patch& p) { p.cut(1); }},
      {"cut in the magic", [](const Patch& p) { p.cut(7); }},
      {"cut in the header", [](const Patch& p) { p.cut(31); }},
      {"cut behind what is fixed", [](const Patch& p) { p.cut(32); }},
      {"cut in the changing words", [](const Patch& p) { p.cut(75); }},
      {"header without its end", [](const Patch& p) { p.cut(255); }},
      {"header only", [](const Patch& p) { p.cut(256); }},
      {"cut in the index", [](const Patch& p) { p.cut(kLayout.bucket_offset(3) + 5); }},
      {"cut before the slots", [](const Patch& p) { p.cut(kLayout.slots_offset() - 1); }},
      {"no slots", [](const Patch& p) { p.cut(kLayout.slots_offset()); }},
      {"cut in a slot", [](const Patch& p) { p.cut(kLayout.slot_offset(2) + 100); }},
      {"cut between slots", [](const Patch& p) { p.cut(kLayout.slot_offset(3)); }},
      {"one byte short", [](const Patch& p) { p.cut(kLayout.file_bytes() - 1); }},
      {"one byte long", [](const Patch& p) { p.cut(kLayout.file_bytes() + 1); }},
      {"all zero", [](const Patch& p) { p.zero(0, kLayout.file_bytes()); }},
      {"header zero", [](const Patch& p) { p.zero(0, cache_file::kHeaderBytes); }},
      {"wrong magic", [](const Patch& p) { p.set_byte(0, 'X'); }},
      {"wrong check", [](const Patch& p) { p.set_word(cache_file::check_word, 1); }},
      {"no entries", [](const Patch& p) { set_entries(p, 0); }},
      {"more entries than can be", [](const Patch& p) { set_entries(p, 1'000'001); }},
      {"absurdly many entries", [](const Patch& p) { set_entries(p, ~std::uint64_t{0}); }},
      {"other size than the file's", [](const Patch& p) { set_entries(p, 17); }},
      {"more slots allocated than there are",
       [](const Patch& p) { p.set_word(cache_file::allocated_word, kLayout.slot_count + 1); }},
  }};
  const Case& row = kCases[row_index];
  const std::string who = GENERATE(as<std::string>{}, "opener", "holder");
  CAPTURE(row.why, who);
  Bench bench;
  auto cache = bench.open();
  const auto reader = *bench.open_for_reading();

  row.damage(Patch{bench.file});

  bench.right_answers(*reader);
  bench.right_answers(*cache);
  if (const auto fresh = bench.open_for_reading(); !fresh) {
    CHECK(fresh.error().code == Errc::not_found);
  }
  CHECK(bench.log.count(LogLevel::warning) == 0);
  if (who == "opener") cache = bench.open();
  const CacheEntry entry{test::full_ticker("okx", "BTC/USDT", bench.clock.now())};
  // What leaves the header as it is and does no harm to what is known stays unnoticed by a holder.
  REQUIRE(cache->put({&entry, 1}));
  CHECK(get_one(*cache, "BTC/USDT") == entry.ticker);
  CHECK(get_one(*reader, "BTC/USDT") == entry.ticker);
  CHECK(get_one(**bench.open_for_reading(), "BTC/USDT") == entry.ticker);
  CHECK(bench.log.count(LogLevel::warning) == 1);
  CHECK(bench.log.count(LogLevel::warning, bench.file.string()) == 1);
}

TEST_CASE("a file that never was a cache is replaced") {
  Bench bench;
  const std::string content = GENERATE(as<std::string>{}, "", "{\"symbol\":\"BTC/USDT\"}\n",
                                       std::string(1'000'000, 'x'), std::string(4096, '\0'));
  std::ofstream{bench.file, std::ios::trunc} << content;

  CHECK(bench.open_for_reading().error().code == Errc::not_found);
  const auto cache = bench.open();

  CHECK(cache->list()->empty());
  CHECK(bench.log.count(LogLevel::warning, "replaced") == 1);
}

TEST_CASE("damaged entries are dropped with one warning, the others stay") {
  Bench bench;
  const Patch patch{bench.file};
  for (std::size_t i = 0; i < 6 * 48; ++i) {
    const std::size_t offset = kLayout.slot_offset(0) + i * 8 + 2;
    patch.set_byte(offset, static_cast<std::uint8_t>(patch.byte(offset) ^ 0x10U));
  }
  CHECK(bench.right_answers(**bench.open_for_reading()) == 4);

  const auto cache = bench.open();

  CHECK(bench.right_answers(*cache) == 4);
  CHECK(bench.log.count(LogLevel::warning, "damaged entries") == 1);
  CHECK(bench.log.count(LogLevel::warning, "entries=6") == 1);
  bench.open();
  CHECK(bench.log.count(LogLevel::warning) == 1);
  for (const Ticker& ticker : bench.tickers) {
    const CacheEntry entry{ticker};
    REQUIRE(cache->put({&entry, 1}));
  }
  CHECK(bench.right_answers(*cache) == 10);
}

TEST_CASE("whatever bytes change, an answer is right or there is none") {
  Bench bench;
  const Patch patch{bench.file};
  const auto reader = *bench.open_for_reading();
  std::mt19937 random{4711};
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
  REQUIRE(bench.right_answers(*reader) == 10);
  std::size_t misses = 0;
  for (int i = 0; i < 10'000; ++i) {
    std::vector<std::pair<std::size_t, std::uint8_t>> undo;
    for (std::size_t flips = 1 + below(8); flips > 0; --flips) {
      const std::size_t where = below(10);
      const std::size_t offset = where < 1 ? below(cache_file::kHeaderBytes)
                                 : where < 4
                                     ? kLayout.bucket_offset(0) + below(kLayout.bucket_count * 128)
                                     : kLayout.slot_offset(0) + below(10 * cache_file::kSlotBytes);
      undo.emplace_back(offset, patch.byte(offset));
      const bool is_zeroed = below(4) == 0;
      patch.set_byte(offset, is_zeroed ? 0 : static_cast<std::uint8_t>(random()));
    }
    const std::size_t right = bench.right_answers(*reader);
    if (right < 10) ++misses;
    if (i % 10 == 0) {
      if (const auto fresh = bench.open_for_reading()) bench.right_answers(**fresh);
    }
    std::reverse(undo.begin(), undo.end());
    for (const auto& [offset, byte] : undo) patch.set_byte(offset, byte);
  }
  CHECK(bench.right_answers(*reader) == 10);
  CHECK(misses > 3000);
}

TEST_CASE("a writer lives through any damage and what it puts is found") {
  Bench bench;
  std::mt19937 random{1789};
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
  auto cache = bench.open();
  for (int i = 0; i < 1500; ++i) {
    CAPTURE(i);
    {
      const Patch patch{bench.file};
      for (std::size_t flips = 1 + below(12); flips > 0; --flips) {
        const std::size_t offset = below(3) == 0
                                       ? below(kLayout.slots_offset())
                                       : kLayout.slot_offset(0) + below(kLayout.slot_count * 384);
        patch.set_byte(offset, static_cast<std::uint8_t>(random()));
      }
    }
    if (below(10) == 0) cache = bench.open();
    if (below(10) == 0) REQUIRE(cache->remove_older(bench.clock.now() - std::chrono::hours{1}));
    std::vector<CacheEntry> batch;
    for (const Ticker& ticker : bench.tickers) batch.push_back({ticker});
    REQUIRE(cache->put(batch));
    REQUIRE(bench.right_answers(*cache) == 10);
  }
}

TEST_CASE("every way to point an index cell elsewhere leads to the right entry or to none") {
  Bench bench;
  const Patch patch{bench.file};
  const auto reader = *bench.open_for_reading();
  for (std::size_t cell = 0; cell < kLayout.bucket_count * cache_file::kCellsPerBucket; ++cell) {
    const std::size_t offset = kLayout.bucket_offset(0) + cell * 8;
    const std::uint8_t before = patch.byte(offset);
    if (before == 0) continue;
    for (unsigned value = 0; value < 256; ++value) {
      patch.set_byte(offset, static_cast<std::uint8_t>(value));
      const std::size_t right = bench.right_answers(*reader);
      REQUIRE(right == (value == before ? 10U : 9U));
    }
    patch.set_byte(offset, before);
  }
}

TEST_CASE("a removed entry does not come back through a stray index cell") {
  Bench bench;
  const auto cache = bench.open();
  const auto hash = cache_file::Key::of(bench.requests[0]).hash();
  const std::size_t bucket_word = kLayout.bucket_offset(kLayout.bucket_of(hash)) / 8;
  REQUIRE(bench.right_answers(*cache) == 10);
  REQUIRE(*cache->remove_older(bench.clock.now()) == 5);

  const Patch patch{bench.file};
  for (std::uint32_t slot = 0; slot < kLayout.slot_count; ++slot) {
    for (std::size_t cell = 0; cell < cache_file::kCellsPerBucket; ++cell) {
      patch.set_word(bucket_word + cell, cache_file::Cell::of(hash, slot));
    }
    CHECK(bench.right_answers(*cache) == 0);
  }
}
