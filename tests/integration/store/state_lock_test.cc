#include "btcw/store/state_lock.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "support/temp_folder.h"

using btcw::Errc;
using btcw::StateLock;
using btcw::test::TempFolder;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("a state folder has one watch at a time, and the other is told which") {
  const TempFolder folder;
  std::optional<StateLock> first = StateLock::acquire(folder / "state").value();

  const auto second = StateLock::acquire(folder / "state");
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::unavailable);
  CHECK(second.error().message ==
        "another watch (pid " + std::to_string(getpid()) + ") is running for this state folder");
  CHECK(StateLock::acquire(folder / "other"));

  first.reset();
  CHECK(StateLock::acquire(folder / "state"));
}

TEST_CASE("the lock's folder and file are the user's alone") {
  const TempFolder folder;
  const auto lock = StateLock::acquire(folder / "a" / "b");
  REQUIRE(lock);
  CHECK(mode_of(folder / "a" / "b") == 0700);
  CHECK(mode_of(folder / "a" / "b" / "watch.lock") == 0600);
}

TEST_CASE("a holder that is killed leaves the lock to the next one, pid and all") {
  const TempFolder folder;
  std::array<int, 2> ready{};
  REQUIRE(pipe(ready.data()) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = StateLock::acquire(folder.path());
    [[maybe_unused]] const auto wrote = write(ready[1], lock ? "y" : "n", 1);
    for (;;) pause();
  }
  char answer = 0;
  REQUIRE(read(ready[0], &answer, 1) == 1);
  REQUIRE(answer == 'y');
  const auto held = StateLock::acquire(folder.path());
  REQUIRE_FALSE(held);
  CHECK(held.error().message.find("(pid " + std::to_string(child) + ")") != std::string::npos);

  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(StateLock::acquire(folder.path()));
  std::ifstream file{folder / "watch.lock"};
  pid_t pid = 0;
  file >> pid;
  CHECK(pid == getpid());
  close(ready[0]);
  close(ready[1]);
}

TEST_CASE("a lock that is moved is still held") {
  const TempFolder folder;
  auto first = StateLock::acquire(folder.path());
  REQUIRE(first);
  const StateLock moved = std::move(*first);
  CHECK_FALSE(StateLock::acquire(folder.path()));
}

TEST_CASE("a place that cannot hold a lock is refused with the reason") {
  const TempFolder folder;
  SECTION("a file in place of the folder") {
    std::ofstream{folder / "state"} << "x";
    CHECK_FALSE(StateLock::acquire(folder / "state"));
  }
  SECTION("a link in place of the file") {
    fs::create_symlink("elsewhere", folder / "watch.lock");
    const auto lock = StateLock::acquire(folder.path());
    REQUIRE_FALSE(lock);
    CHECK(lock.error().message.find("watch.lock: cannot open: ") != std::string::npos);
    CHECK_FALSE(fs::exists(folder / "elsewhere"));
  }
  SECTION("a folder in place of the file") {
    fs::create_directory(folder / "watch.lock");
    CHECK_FALSE(StateLock::acquire(folder.path()));
  }
}
