#include "btcw/store/request_budget.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/temp_folder.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

constexpr std::string_view kHost = "https://api.example.com";
constexpr RequestRate kRate{.burst = 3, .interval = seconds{1}};

struct Bench {
  TempFolder folder;
  FakeClock clock;
  RecordingLog log;

  [[nodiscard]] std::filesystem::path file() const { return folder.path() / "state" / "requests"; }
  SharedBudget open() { return SharedBudget{file(), clock, log}; }
};

/// How many requests of weight 1 are admitted at once.
int admitted(SharedBudget& budget, std::string_view host = kHost) {
  int count = 0;
  while (count < 100 && !budget.take(host, kRate, 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("what one process pays for counts for the others, host by host") {
  Bench bench;
  SharedBudget one = bench.open();
  SharedBudget other = bench.open();

  CHECK_FALSE(one.take(kHost, kRate, 1));
  CHECK_FALSE(other.take(kHost, kRate, 1));
  CHECK_FALSE(one.take(kHost, kRate, 1));
  CHECK(other.take(kHost, kRate, 1) == seconds{1});
  CHECK(admitted(other, "https://elsewhere.example.com") == 3);

  bench.clock.advance(seconds{2});
  CHECK(admitted(other) == 2);
  CHECK(bench.log.lines().empty());
  struct stat status {};
  REQUIRE(::stat(bench.file().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("a request that weighs more than a burst waits until nothing is owed, and is owed then") {
  Bench bench;
  SharedBudget budget = bench.open();
  CHECK_FALSE(budget.take(kHost, kRate, 1));
  CHECK(budget.take(kHost, kRate, 10) == seconds{1});
  bench.clock.advance(seconds{1});
  CHECK_FALSE(budget.take(kHost, kRate, 10));
  bench.clock.advance(seconds{7});
  CHECK(budget.take(kHost, kRate, 1).has_value());
  bench.clock.advance(seconds{1});
  CHECK_FALSE(budget.take(kHost, kRate, 1));
}

TEST_CASE("a host that is closed is closed for all processes, until then and not beyond a ban") {
  Bench bench;
  SharedBudget one = bench.open();
  const UtcTime start = bench.clock.now();
  one.close(kHost, start + seconds{120});
  one.close(kHost, start + seconds{5});

  SharedBudget other = bench.open();
  CHECK(other.closed_until(kHost) == start + seconds{120});
  CHECK_FALSE(other.closed_until("https://elsewhere.example.com"));
  bench.clock.advance(seconds{119});
  CHECK(other.closed_until(kHost));
  bench.clock.advance(seconds{1});
  CHECK_FALSE(other.closed_until(kHost));

  one.close(kHost, start + std::chrono::hours{24 * 365});
  CHECK(other.closed_until(kHost) == bench.clock.now() + SharedBudget::kLongestBan);
}

TEST_CASE("a clock that was set back costs no more than a full bucket, and no ban") {
  Bench bench;
  SharedBudget budget = bench.open();
  CHECK(admitted(budget) == 3);
  budget.close(kHost, bench.clock.now() + seconds{60});
  bench.clock.set(bench.clock.now() - std::chrono::hours{24 * 30});
  CHECK_FALSE(budget.closed_until(kHost));
  CHECK(budget.take(kHost, kRate, 1) == seconds{1});
}

TEST_CASE("more hosts than there is room for push out the one that mattered longest ago") {
  Bench bench;
  SharedBudget budget = bench.open();
  budget.close(kHost, bench.clock.now() + std::chrono::hours{1});
  for (int i = 0; i < 500; ++i) {
    bench.clock.advance(milliseconds{1});
    (void)budget.take("host" + std::to_string(i), kRate, 1);
  }
  CHECK(budget.closed_until(kHost));
  CHECK(bench.log.lines().empty());
}

TEST_CASE("a damaged file admits requests and is usable again") {
  Bench bench;
  std::filesystem::create_directories(bench.file().parent_path());
  const std::string content = GENERATE(std::string{}, std::string{"x"}, std::string(4096, '\xff'),
                                       std::string(4096, '\0'), std::string(100'000, 'A'));
  std::ofstream{bench.file(), std::ios::binary} << content;
  SharedBudget budget = bench.open();
  CHECK_FALSE(budget.closed_until(kHost));
  CHECK(admitted(budget) == 3);
  budget.close(kHost, bench.clock.now() + seconds{9});
  CHECK(budget.closed_until(kHost));
  // One byte of it changed: that host is forgotten, nothing else happens.
  std::fstream file{bench.file(), std::ios::binary | std::ios::in | std::ios::out};
  for (int at = 8; at < 4096; at += 32) file.seekp(at).put('\x55');
  file.close();
  CHECK_FALSE(budget.closed_until(kHost));
  CHECK(admitted(budget) == 3);
  std::filesystem::resize_file(bench.file(), 40);
  CHECK(admitted(budget) >= 0);
}

TEST_CASE("what is no file of ours is left alone, and requests go on uncounted") {
  Bench bench;
  std::filesystem::create_directories(bench.file().parent_path());
  SECTION("a FIFO") { REQUIRE(::mkfifo(bench.file().c_str(), 0600) == 0); }
  SECTION("a link") {
    std::filesystem::create_symlink(bench.folder.path() / "target", bench.file());
  }
  SECTION("a folder") { std::filesystem::create_directory(bench.file()); }
  SharedBudget budget = bench.open();
  CHECK(admitted(budget) == 100);
  budget.close(kHost, bench.clock.now() + seconds{9});
  CHECK_FALSE(budget.closed_until(kHost));
  CHECK(bench.log.lines().size() == 1);
  CHECK_FALSE(std::filesystem::exists(bench.folder.path() / "target"));
}

TEST_CASE("a lock that is never let go of does not stop anybody") {
  Bench bench;
  SharedBudget first = bench.open();
  REQUIRE_FALSE(first.take(kHost, kRate, 1));
  const int fd = ::open(bench.file().c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(fd, LOCK_EX) == 0);
  SharedBudget budget = bench.open();
  CHECK_FALSE(budget.take(kHost, kRate, 1));
  CHECK(bench.log.lines().size() == 1);
  ::close(fd);
}

TEST_CASE("processes that are killed at any moment leave a budget that still counts") {
  Bench bench;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      SharedBudget budget = bench.open();
      for (int k = 0;; ++k) {
        (void)budget.take("child", kRate, 1);
        budget.close("closed", bench.clock.now() + seconds{100});
      }
    }
    ::usleep(static_cast<useconds_t>(500 + 700 * i));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  SharedBudget budget = bench.open();
  CHECK(admitted(budget) == 3);
  CHECK(budget.closed_until("closed") == bench.clock.now() + seconds{100});
  CHECK(bench.log.lines().empty());
  CHECK(std::chrono::steady_clock::now() - start < seconds{60});
}
