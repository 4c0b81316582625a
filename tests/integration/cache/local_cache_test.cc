#include "btcw/cache/local_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "btcw/cache/cache_layout.h"
#include "btcw/cache/file_descriptor.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
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

void put(PriceCache& cache, const Ticker& ticker, CacheScope scope = CacheScope::any) {
  const CacheEntry entry{ticker, scope};
  const auto done = cache.put({&entry, 1});
  if (!done) FAIL(done.error().message);
}

std::vector<std::string> symbols_in(PriceCache& cache) {
  std::vector<std::string> names;
  const auto tickers = cache.list().value();
  for (const Ticker& ticker : tickers) names.emplace_back(ticker.symbol.text());
  std::sort(names.begin(), names.end());
  return names;
}

struct stat status_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status;
}

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

/// Acts as another user for as long as it lives, where the test runs as root.
class WithoutRoot {
 public:
  static constexpr uid_t kNobody = 65534;
  explicit WithoutRoot(const std::filesystem::path& folder) {
    if (!is_root_) return;
    REQUIRE(::chown(folder.c_str(), kNobody, kNobody) == 0);
    REQUIRE(::seteuid(kNobody) == 0);
  }
  WithoutRoot(const WithoutRoot&) = delete;
  WithoutRoot& operator=(const WithoutRoot&) = delete;
  ~WithoutRoot() {
    if (is_root_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool is_root_ = ::geteuid() == 0;
};

}  // namespace

TEST_CASE("what one opener of the file puts, the others see at once") {
  Bench bench;
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
  Bench bench;
  const auto one = bench.open();
  const auto two = bench.open();
  for (int i = 0; i < 300; ++i) {
    put(i % 2 == 0 ? *one : *two, bench.ticker("C" + std::to_string(i) + "/USDT", "1"));
  }
  CHECK(one->list()->size() == 300);
  CHECK(two->list()->size() == 300);
}

TEST_CASE("entries outlive the one who put them") {
  Bench bench;
  const Ticker ticker = test::full_ticker("okx", "BTC/USDT", bench.clock.now());
  put(*bench.open(), ticker);

  CHECK(get_one(*bench.open_for_reading(), "BTC/USDT") == ticker);
  CHECK(get_one(*bench.open(), "BTC/USDT") == ticker);
  CHECK(bench.log.lines().empty());
}

TEST_CASE("folder and file are for their owner alone, whatever the umask") {
  Bench bench;
  const mode_t mask = GENERATE(as<mode_t>{}, 0000, 0022, 0077);
  const auto folder = bench.folder.path() / "made";
  const mode_t old_mask = ::umask(mask);
  {
    const auto cache = open_local_cache(folder / "prices.cache", {}, bench.clock, bench.log);
    ::umask(old_mask);
    REQUIRE(cache);
    put(**cache, bench.ticker("BTC/USDT", "1"));
  }
  CHECK((status_of(folder).st_mode & 07777U) == 0700);
  CHECK((status_of(folder / "prices.cache").st_mode & 07777U) == 0600);
}

TEST_CASE("a reader makes nothing and changes nothing") {
  Bench bench;
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

TEST_CASE("a name that is not our own regular file is refused and left alone") {
  struct Case {
    std::string_view why;
    std::string_view message;
    void (*make)(const std::filesystem::path&);
    bool needs_root = false;
  };
  const auto row = GENERATE(values<Case>({
      {"symbolic link to a file", "symbolic link",
       [](const std::filesystem::path& path) {
         std::ofstream{path.string() + ".target"} << "precious";
         std::filesystem::create_symlink(path.string() + ".target", path);
       }},
      {"symbolic link to nowhere", "symbolic link",
       [](const std::filesystem::path& path) {
         std::filesystem::create_symlink(path.string() + ".target", path);
       }},
      {"folder", "not a regular file",
       [](const std::filesystem::path& path) { std::filesystem::create_directory(path); }},
      {"FIFO", "not a regular file",
       [](const std::filesystem::path& path) { REQUIRE(::mkfifo(path.c_str(), 0600) == 0); }},
      {"another user's", "another user",
       [](const std::filesystem::path& path) {
         std::ofstream{path} << "precious";
         REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
       },
       true},
  }));
  CAPTURE(row.why);
  if (row.needs_root && ::geteuid() != 0) {
    WARN("skipped: only root can give a file away");
    return;
  }
  Bench bench;
  row.make(bench.file);
  const auto before = status_of(bench.file);

  const auto writer = open_local_cache(bench.file, {}, bench.clock, bench.log);
  const auto reader = open_local_cache_for_reading(bench.file, bench.clock, bench.log);

  REQUIRE_FALSE(writer);
  CHECK(writer.error().code == Errc::invalid_input);
  CHECK_THAT(writer.error().message, Catch::Contains(std::string{row.message}));
  CHECK_THAT(writer.error().message, Catch::Contains(bench.file.string()));
  REQUIRE_FALSE(reader);
  CHECK(reader.error().code == Errc::invalid_input);
  CHECK(status_of(bench.file).st_ino == before.st_ino);
}

TEST_CASE("a file that others could have written is not believed") {
  Bench bench;
  put(*bench.open(), bench.ticker("BTC/USDT", "1"));
  REQUIRE(::chmod(bench.file.c_str(), 0660) == 0);

  CHECK_FALSE(open_local_cache_for_reading(bench.file, bench.clock, bench.log));
  const auto cache = bench.open();

  CHECK(cache->list()->empty());
  CHECK(bench.log.count(LogLevel::warning, "by others") == 1);
  CHECK((status_of(bench.file).st_mode & 07777U) == 0600);
}

TEST_CASE("a folder that cannot be written is an error that says so") {
  Bench bench;
  const WithoutRoot without_root{bench.folder.path()};
  REQUIRE(::chmod(bench.folder.path().c_str(), 0500) == 0);

  const auto cache = open_local_cache(bench.file, {}, bench.clock, bench.log);

  REQUIRE_FALSE(cache);
  CHECK(cache.error().code == Errc::unavailable);
  CHECK_THAT(cache.error().message, Catch::Contains("ermission denied"));
  REQUIRE(::chmod(bench.folder.path().c_str(), 0700) == 0);
}

TEST_CASE("a file that cannot be read is an error that says so") {
  Bench bench;
  const WithoutRoot without_root{bench.folder.path()};
  put(*bench.open(), bench.ticker("BTC/USDT", "1"));
  const auto reader = bench.open_for_reading();
  REQUIRE(::chmod(bench.file.c_str(), 0) == 0);

  const auto fresh = open_local_cache_for_reading(bench.file, bench.clock, bench.log);

  REQUIRE_FALSE(fresh);
  CHECK(fresh.error().code == Errc::unavailable);
  CHECK(get_one(*reader, "BTC/USDT").has_value());
}

TEST_CASE("the oldest go first when there are too many") {
  Bench bench;
  const auto cache = bench.open({.max_entries = 4});
  put(*cache, bench.ticker("D/USDT", "1", seconds{40}));
  put(*cache, bench.ticker("A/USDT", "1", seconds{10}));
  put(*cache, bench.ticker("C/USDT", "1", seconds{30}));
  put(*cache, bench.ticker("B/USDT", "1", seconds{20}));

  put(*cache, bench.ticker("E/USDT", "1", seconds{50}));
  CHECK(symbols_in(*cache) == std::vector<std::string>{"A/USDT", "B/USDT", "C/USDT", "E/USDT"});
  put(*cache, bench.ticker("F/USDT", "1", seconds{5}));
  CHECK(symbols_in(*cache) == std::vector<std::string>{"A/USDT", "B/USDT", "C/USDT", "F/USDT"});
  CHECK(get_one(*cache, "E/USDT") == std::nullopt);
  CHECK(get_one(*cache, "C/USDT").has_value());
}

TEST_CASE("what a wrong clock dated far ahead goes before the oldest") {
  Bench bench;
  const auto cache = bench.open({.max_entries = 2});
  put(*cache, bench.ticker("A/USDT", "1", std::chrono::hours{-2}));
  put(*cache, bench.ticker("B/USDT", "1", seconds{20}));
  put(*cache, bench.ticker("C/USDT", "1", seconds{10}));
  CHECK(symbols_in(*cache) == std::vector<std::string>{"B/USDT", "C/USDT"});
}

TEST_CASE("a cache of one ticker holds the last") {
  Bench bench;
  const auto cache = bench.open({.max_entries = 1});
  for (int i = 0; i < 20; ++i) {
    const std::string symbol = "C" + std::to_string(i) + "/USDT";
    put(*cache, bench.ticker(symbol, "1", seconds{20 - i}));
    CHECK(symbols_in(*cache) == std::vector{symbol});
    CHECK(get_one(*cache, symbol).has_value());
  }
}

TEST_CASE("far more symbols than there is room for leave the newest") {
  Bench bench;
  const auto cache = bench.open({.max_entries = 64});
  std::vector<CacheEntry> batch;
  for (int i = 0; i < 2000; ++i) {
    batch.push_back({bench.ticker("C" + std::to_string(i) + "/USDT", "1", seconds{2000 - i}),
                     i % 3 == 0 ? CacheScope::exchange : CacheScope::any});
  }
  REQUIRE(cache->put(batch));

  const auto left = cache->list().value();
  CHECK(left.size() <= 64);
  CHECK(left.size() >= 60);
  for (int i = 2000 - 60; i < 2000; ++i) {
    CAPTURE(i);
    CHECK(get_one(*cache, "okx:C" + std::to_string(i) + "/USDT").has_value());
  }
}

TEST_CASE("a file made for fewer tickers is enlarged with what it holds") {
  Bench bench;
  {
    const auto small = bench.open({.max_entries = 8});
    for (int i = 0; i < 7; ++i) put(*small, bench.ticker("C" + std::to_string(i) + "/USDT", "1"));
    put(*small, ticker_of("kraken", "C0/USDT", "2", bench.clock.now()), CacheScope::exchange);
  }
  const auto before = symbols_in(*bench.open({.max_entries = 8}));

  const auto large = bench.open({.max_entries = 5000});

  CHECK(symbols_in(*large) == before);
  CHECK(get_one(*large, "C6/USDT").has_value());
  CHECK(get_one(*large, "kraken:C0/USDT")->last == Decimal::from_parts(2, 0));
  CHECK(get_one(*large, "C0/USDT") != get_one(*large, "kraken:C0/USDT"));
  for (int i = 0; i < 5000; ++i) put(*large, bench.ticker("D" + std::to_string(i) + "/USDT", "1"));
  CHECK(large->list()->size() > 4000);
  CHECK(bench.log.lines().empty());
}

TEST_CASE("who wants fewer tickers than the file has room for does not shrink it for others") {
  Bench bench;
  const auto large = bench.open({.max_entries = 100});
  for (int i = 0; i < 50; ++i) put(*large, bench.ticker("C" + std::to_string(i) + "/USDT", "1"));
  const auto inode = status_of(bench.file).st_ino;

  const auto small = bench.open({.max_entries = 10});

  CHECK(status_of(bench.file).st_ino == inode);
  CHECK(small->list()->size() == 50);
  put(*small, bench.ticker("D/USDT", "1"));
  CHECK(small->list()->size() <= 10);
  CHECK(get_one(*large, "D/USDT").has_value());
}

TEST_CASE("what is too old to be kept is dropped at the start and in passing") {
  Bench bench;
  const CacheOptions options{.keep = std::chrono::hours{1}};
  {
    const auto cache = bench.open(options);
    put(*cache, bench.ticker("OLD/USDT", "1", std::chrono::minutes{61}));
    put(*cache, bench.ticker("AHEAD/USDT", "1", std::chrono::minutes{-61}));
    put(*cache, bench.ticker("YOUNG/USDT", "1", std::chrono::minutes{30}));
    CHECK(cache->list()->size() == 3);
  }
  const auto cache = bench.open(options);
  CHECK(symbols_in(*cache) == std::vector<std::string>{"YOUNG/USDT"});

  bench.clock.advance(std::chrono::minutes{31});
  put(*cache, bench.ticker("NEW/USDT", "1"));
  CHECK(symbols_in(*cache) == std::vector<std::string>{"NEW/USDT"});
  CHECK(bench.log.lines().empty());
}

TEST_CASE("a clock that is set back and forth neither freezes nor empties the cache") {
  Bench bench;
  const auto cache = bench.open();
  const UtcTime true_now = bench.clock.now();
  for (const auto shift : {std::chrono::hours{0}, std::chrono::hours{5}, std::chrono::hours{-5},
                           std::chrono::hours{24 * 365}, std::chrono::hours{0}}) {
    CAPTURE(shift.count());
    bench.clock.set(true_now + shift);
    const Ticker ticker = bench.ticker("BTC/USDT", std::to_string(shift.count() + 10));
    const auto before = get_one(*cache, "BTC/USDT");
    const bool is_welcome =
        !before || may_replace(before->received, ticker.received, bench.clock.now());

    if (!ticker.last.is_negative()) put(*cache, ticker);

    CHECK(is_welcome);
    CHECK(get_one(*cache, "BTC/USDT") == ticker);
  }
}

TEST_CASE("a hundred symbols take less than half a megabyte") {
  Bench bench;
  const auto cache = bench.open();
  for (int i = 0; i < 100; ++i) put(*cache, bench.ticker("C" + std::to_string(i) + "/USDT", "1"));
  CHECK(status_of(bench.file).st_blocks * 512 < 512 * 1024);
}

TEST_CASE("openers follow the name to the file that has it now") {
  struct Case {
    std::string_view why;
    void (*change)(Bench&);
  };
  const auto row = GENERATE(values<Case>({
      {"removed", [](Bench& bench) { std::filesystem::remove(bench.file); }},
      {"replaced by another",
       [](Bench& bench) {
         std::filesystem::rename(bench.file, bench.folder.path() / "old");
         put(*bench.open(), bench.ticker("ETH/USDT", "2"));
       }},
      {"folder removed", [](Bench& bench) { std::filesystem::remove_all(bench.folder.path()); }},
  }));
  CAPTURE(row.why);
  Bench bench;
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
  Bench bench;
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
  Bench bench;
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
  Bench bench;
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
  Bench bench;
  std::ofstream{bench.file.string() + ".new"} << "half a file";
  put(*bench.open(), bench.ticker("BTC/USDT", "1"));
  CHECK_FALSE(std::filesystem::exists(bench.file.string() + ".new"));
}
