#include "btcw/cache/local_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "btcw/cache/cache_layout.h"
#include "btcw/base/file_descriptor.h"
#include "support/cache_bench.h"

using namespace btcw;
using test::CacheBench;
using test::get_one;
using test::put;
using test::status_of;

namespace {

void write_word(const std::filesystem::path& file, std::size_t word, std::uint64_t value) {
  const FileDescriptor fd{::open(file.c_str(), O_WRONLY | O_CLOEXEC)};
  REQUIRE(::pwrite(fd.get(), &value, sizeof value, static_cast<off_t>(word * 8)) == 8);
}

/// Makes the file one of another version of the program.
void change_version(const std::filesystem::path& file, std::size_t max_entries) {
  auto header = cache_file::Layout::of(max_entries).header_start();
  header[cache_file::version_word] = cache_file::kFormatVersion + 1;
  write_word(file, cache_file::version_word, header[cache_file::version_word]);
  write_word(file, cache_file::check_word, cache_file::header_check(header));
}

}  // namespace

TEST_CASE("what one opener of the file puts, the others see at once") {
  CacheBench bench;
  const auto writer = bench.open();
  const auto other = bench.open();
  const auto reader = bench.open_for_reading();
  const Ticker ticker = bench.ticker("BTC/USDT", "97123.4");

  put(*writer, ticker);
  CHECK(get_one(*other, "BTC/USDT") == ticker);
  CHECK(get_one(*reader, "BTC/USDT") == ticker);

  const Ticker newer = bench.ticker("BTC/USDT", "97123.5", seconds{0});
  put(*other, newer);
  CHECK(get_one(*writer, "okx:BTC/USDT") == newer);
  CHECK(get_one(*reader, "okx:BTC/USDT") == newer);
  CHECK(*reader->list() == std::vector{newer});
}

TEST_CASE("writers that take turns with new symbols keep each other's") {
  CacheBench bench;
  const auto one = bench.open();
  const auto two = bench.open();
  for (int i = 0; i < 300; ++i) {
    put(i % 2 == 0 ? *one : *two, bench.ticker("C" + std::to_string(i) + "/USDT", "1"));
  }
  CHECK(one->list()->size() == 300);
  CHECK(two->list()->size() == 300);
}

TEST_CASE("entries outlive the one who put them") {
  CacheBench bench;
  const Ticker ticker = test::full_ticker("okx", "BTC/USDT", bench.clock.now());
  put(*bench.open(), ticker);

  CHECK(get_one(*bench.open_for_reading(), "BTC/USDT") == ticker);
  CHECK(get_one(*bench.open(), "BTC/USDT") == ticker);
  CHECK(bench.log.lines().empty());
}

TEST_CASE("a reader makes nothing and changes nothing") {
  CacheBench bench;
  const auto missing = open_local_cache_for_reading(bench.file, bench.clock, bench.log);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(std::filesystem::is_empty(bench.folder.path()));

  put(*bench.open(), bench.ticker("BTC/USDT", "1"));
  const auto reader = bench.open_for_reading();
  const CacheEntry entry{bench.ticker("BTC/USDT", "2", seconds{0})};
  CHECK(reader->put({&entry, 1}).error().code == Errc::unavailable);
  CHECK(reader->remove_older(bench.clock.now()).error().code == Errc::unavailable);
  CHECK(get_one(*reader, "BTC/USDT")->last == Decimal::from_parts(1, 0));
}

TEST_CASE("openers follow the name to the file that has it now") {
  struct Case {
    std::string_view why;
    void (*change)(CacheBench&);
  };
  const auto row = GENERATE(values<Case>({
      {"removed", [](CacheBench& bench) { std::filesystem::remove(bench.file); }},
      {"replaced by another",
       [](CacheBench& bench) {
         std::filesystem::rename(bench.file, bench.folder.path() / "old");
         put(*bench.open(), bench.ticker("ETH/USDT", "2"));
       }},
      {"folder removed",
       [](CacheBench& bench) { std::filesystem::remove_all(bench.folder.path()); }},
  }));
  CAPTURE(row.why);
  CacheBench bench;
  const auto writer = bench.open();
  put(*writer, bench.ticker("BTC/USDT", "1"));
  const auto second = bench.open();
  const auto reader = bench.open_for_reading();

  row.change(bench);

  CHECK(get_one(*reader, "BTC/USDT") == std::nullopt);
  CHECK(get_one(*second, "BTC/USDT") == std::nullopt);
  put(*writer, bench.ticker("SOL/USDT", "3"));
  put(*second, bench.ticker("XRP/USDT", "4"));
  for (const auto* cache : {&writer, &second, &reader}) {
    CHECK(get_one(**cache, "SOL/USDT").has_value());
    CHECK(get_one(**cache, "XRP/USDT").has_value());
    CHECK(get_one(**cache, "BTC/USDT") == std::nullopt);
  }
  CHECK(bench.log.lines().empty());
}

TEST_CASE("a file of another version is replaced at the start") {
  CacheBench bench;
  put(*bench.open(), bench.ticker("BTC/USDT", "1"));
  change_version(bench.file, CacheOptions{}.max_entries);

  CHECK(open_local_cache_for_reading(bench.file, bench.clock, bench.log).error().code ==
        Errc::not_found);
  const auto cache = bench.open();

  CHECK(cache->list()->empty());
  CHECK(bench.log.count(LogLevel::warning, "another format version") == 1);
  put(*cache, bench.ticker("BTC/USDT", "2"));
  CHECK(get_one(*bench.open_for_reading(), "BTC/USDT").has_value());
}

TEST_CASE("a running writer leaves the file of a newer version alone") {
  CacheBench bench;
  const auto cache = bench.open();
  put(*cache, bench.ticker("BTC/USDT", "1"));
  const auto newer = bench.folder.path() / "newer";
  std::filesystem::copy_file(bench.file, newer);
  change_version(newer, CacheOptions{}.max_entries);
  std::filesystem::rename(newer, bench.file);
  const auto inode = status_of(bench.file).st_ino;

  const CacheEntry entry{bench.ticker("BTC/USDT", "2", seconds{0})};
  const auto done = cache->put({&entry, 1});

  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::unavailable);
  CHECK_THAT(done.error().message, Catch::Contains("another format version"));
  CHECK(get_one(*cache, "BTC/USDT") == std::nullopt);
  CHECK(status_of(bench.file).st_ino == inode);
  CHECK(bench.log.lines().empty());
}

TEST_CASE("a lock that another holds delays a writer for a while and readers not at all") {
  CacheBench bench;
  const auto cache = bench.open();
  put(*cache, bench.ticker("BTC/USDT", "1"));
  const SteadyTime start = bench.clock.steady_now();
  const CacheEntry entry{bench.ticker("BTC/USDT", "2", seconds{0})};
  {
    const FileDescriptor holder{::open(bench.file.c_str(), O_RDWR | O_CLOEXEC)};
    REQUIRE(::flock(holder.get(), LOCK_EX) == 0);

    const auto done = cache->put({&entry, 1});

    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::unavailable);
    CHECK_THAT(done.error().message, Catch::Contains("locked"));
    const auto waited = bench.clock.steady_now() - start;
    CHECK(waited >= milliseconds{200});
    CHECK(waited <= milliseconds{250});
    CHECK(cache->remove_older(bench.clock.now()).error().code == Errc::unavailable);
    const SteadyTime before = bench.clock.steady_now();
    CHECK(get_one(*cache, "BTC/USDT")->last == Decimal::from_parts(1, 0));
    CHECK(get_one(*bench.open(), "BTC/USDT").has_value());
    CHECK(get_one(*bench.open_for_reading(), "BTC/USDT").has_value());
    CHECK(bench.clock.steady_now() == before);
  }
  CHECK(cache->put({&entry, 1}));
  CHECK(get_one(*cache, "BTC/USDT") == entry.ticker);
}

TEST_CASE("a maker that died leaves nothing in the way of the next") {
  CacheBench bench;
  std::ofstream{bench.file.string() + ".new"} << "half a file";
  put(*bench.open(), bench.ticker("BTC/USDT", "1"));
  CHECK_FALSE(std::filesystem::exists(bench.file.string() + ".new"));
}
