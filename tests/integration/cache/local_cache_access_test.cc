// Whose file it is, and what happens where it cannot be made.
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "support/cache_bench.h"

using namespace btcw;
using test::CacheBench;
using test::get_one;
using test::put;
using test::status_of;

namespace {

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

TEST_CASE("folder and file are for their owner alone, whatever the umask") {
  CacheBench bench;
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
  CacheBench bench;
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
  CacheBench bench;
  put(*bench.open(), bench.ticker("BTC/USDT", "1"));
  REQUIRE(::chmod(bench.file.c_str(), 0660) == 0);

  CHECK_FALSE(open_local_cache_for_reading(bench.file, bench.clock, bench.log));
  const auto cache = bench.open();

  CHECK(cache->list()->empty());
  CHECK(bench.log.count(LogLevel::warning, "by others") == 1);
  CHECK((status_of(bench.file).st_mode & 07777U) == 0600);
}

TEST_CASE("a folder that cannot be written is an error that says so") {
  CacheBench bench;
  const WithoutRoot without_root{bench.folder.path()};
  REQUIRE(::chmod(bench.folder.path().c_str(), 0500) == 0);

  const auto cache = open_local_cache(bench.file, {}, bench.clock, bench.log);

  REQUIRE_FALSE(cache);
  CHECK(cache.error().code == Errc::unavailable);
  CHECK_THAT(cache.error().message, Catch::Contains("ermission denied"));
  REQUIRE(::chmod(bench.folder.path().c_str(), 0700) == 0);
}

TEST_CASE("a file that cannot be read is an error that says so") {
  CacheBench bench;
  const WithoutRoot without_root{bench.folder.path()};
  put(*bench.open(), bench.ticker("BTC/USDT", "1"));
  const auto reader = bench.open_for_reading();
  REQUIRE(::chmod(bench.file.c_str(), 0) == 0);

  const auto fresh = open_local_cache_for_reading(bench.file, bench.clock, bench.log);

  REQUIRE_FALSE(fresh);
  CHECK(fresh.error().code == Errc::unavailable);
  CHECK(get_one(*reader, "BTC/USDT").has_value());
}

TEST_CASE("a full disk is an error, and what is there stays usable") {
  test::TempFolder mount_point;
  const std::string size = GENERATE(as<std::string>{}, "size=64k", "size=400k");
  CAPTURE(size);
  if (::mount("none", mount_point.path().c_str(), "tmpfs", 0, size.c_str()) != 0) {
    WARN("skipped: a small file system to fill can only be mounted by root");
    return;
  }
  {
    const test::FakeClock clock;
    test::RecordingLog log;
    const auto cache = open_local_cache(mount_point.path() / "cache", {}, clock, log);
    if (!cache) {
      CHECK(size == "size=64k");
      CHECK(cache.error().code == Errc::unavailable);
      CHECK_THAT(cache.error().message, Catch::Contains("o space left"));
      CHECK(std::filesystem::is_empty(mount_point.path()));
    } else {
      int stored = 0;
      Result<void> done;
      while (done) {
        REQUIRE(stored < 2000);
        const CacheEntry entry{test::full_ticker("okx", "C" + std::to_string(stored) + "/USDT",
                                                 clock.now() - seconds{1})};
        done = (*cache)->put({&entry, 1});
        if (done) ++stored;
      }
      CHECK(stored > 50);
      CHECK(done.error().code == Errc::unavailable);
      CHECK_THAT(done.error().message, Catch::Contains("o space left"));
      const CacheEntry update{test::full_ticker("okx", "C0/USDT", clock.now())};
      CHECK((*cache)->put({&update, 1}));
      CHECK(get_one(**cache, "C0/USDT") == update.ticker);
      CHECK(get_one(**cache, "C" + std::to_string(stored) + "/USDT") == std::nullopt);
      CHECK((*cache)->list()->size() >= static_cast<std::size_t>(stored));
    }
  }
  CHECK(::umount2(mount_point.path().c_str(), MNT_DETACH) == 0);
}
