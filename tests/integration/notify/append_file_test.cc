// The file channel's file: whole lines, whoever else writes, whatever fails.
#include "btcw/notify/append_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "support/channel_ports.h"
#include "support/child_process.h"
#include "support/written_file.h"

using btcw::AppendFile;
using btcw::Errc;
using btcw::test::ChildProcess;
using btcw::test::TempFolder;
using btcw::test::written;

namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("lines are added to a file that only its owner can read") {
  const TempFolder folder;
  const auto path = folder / "out";
  AppendFile file{path};
  REQUIRE(file.append("one\n").has_value());
  REQUIRE(file.append("two\n").has_value());
  CHECK(content_of(path) == "one\ntwo\n");
  struct stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);

  const auto older = written(folder, "older", "old\n");
  AppendFile synced{older, btcw::AppendSync::each};
  REQUIRE(synced.append("new\n").has_value());
  CHECK(content_of(older) == "old\nnew\n");
}

TEST_CASE("another file under the name is noticed, and a lost one made again") {
  const TempFolder folder;
  const auto path = folder / "out";
  AppendFile file{path};
  REQUIRE(file.append("one\n").has_value());
  std::filesystem::rename(path, folder / "out.1");
  REQUIRE(file.append("two\n").has_value());
  std::filesystem::remove(path);
  REQUIRE(file.append("three\n").has_value());
  CHECK(content_of(folder / "out.1") == "one\n");
  CHECK(content_of(path) == "three\n");
  // Emptied by its owner, as "copytruncate" does.
  std::filesystem::resize_file(path, 0);
  REQUIRE(file.append("four\n").has_value());
  CHECK(content_of(path) == "four\n");
}

TEST_CASE("a half line that somebody left is ended before ours begins") {
  const TempFolder folder;
  const auto path = written(folder, "out", "{\"half\":");
  AppendFile file{path};
  REQUIRE(file.append("one\n").has_value());
  CHECK(content_of(path) == "{\"half\":\none\n");
  { std::ofstream{path, std::ios::app} << "cut"; }
  REQUIRE(file.append("two\n").has_value());
  CHECK(content_of(path) == "{\"half\":\none\ncut\ntwo\n");
}

TEST_CASE("links, folders, pipes and what may not be written are refused") {
  const TempFolder folder;
  const auto target = written(folder, "target", "kept\n");
  std::filesystem::create_symlink(target, folder / "link");
  std::filesystem::create_directory(folder / "folder");
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  for (const std::string name : {"link", "folder", "fifo", "target/below"}) {
    CAPTURE(name);
    AppendFile file{folder / name};
    const auto appended = file.append("x\n");
    REQUIRE_FALSE(appended.has_value());
    CHECK(appended.error().code == Errc::rejected);
  }
  AppendFile lost{folder / "none/out"};
  CHECK(lost.append("x\n").error().code == Errc::unavailable);
  AppendFile device{"/dev/full"};
  CHECK(device.append("x\n").error().code == Errc::rejected);
  CHECK(content_of(target) == "kept\n");
}

TEST_CASE("a line that finds no room is taken back whole and can be added later") {
  const TempFolder folder;
  const auto path = folder / "out";
  ChildProcess child{[&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 105, .rlim_max = RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    AppendFile file{path};
    const std::string line = std::string(39, 'x') + "\n";
    if (!file.append(line) || !file.append(line)) return 3;
    // 25 of 40 bytes fit.
    const auto refused = file.append(line);
    if (refused || refused.error().code != Errc::unavailable) return 4;
    if (content_of(path).size() != 80) return 5;
    const rlimit more{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    if (::setrlimit(RLIMIT_FSIZE, &more) != 0) return 6;
    return file.append(line) ? 0 : 7;
  }};
  CHECK(child.wait() == 0);
  const std::string line = std::string(39, 'x') + "\n";
  CHECK(content_of(path) == line + line + line);
}

TEST_CASE("a lock that somebody keeps is an error, not a wait") {
  const TempFolder folder;
  const auto path = written(folder, "out", "");
  const int holder = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(holder, LOCK_EX) == 0);
  AppendFile file{path};
  const auto refused = file.append("x\n");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::unavailable);
  ::close(holder);
  CHECK(file.append("x\n").has_value());
}

TEST_CASE("lines of several processes never mix") {
  const TempFolder folder;
  const auto path = folder / "out";
  constexpr int kLines = 500;
  {
    std::vector<ChildProcess> writers;
    for (const char letter : {'a', 'b', 'c', 'd'}) {
      writers.emplace_back([&path, letter] {
        AppendFile file{path};
        for (int i = 0; i < kLines; ++i) {
          while (!file.append(std::string(300, letter) + "\n")) {
          }
        }
        return 0;
      });
    }
    for (ChildProcess& writer : writers) CHECK(writer.wait() == 0);
  }
  std::istringstream lines{content_of(path)};
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    REQUIRE(line.size() == 300);
    REQUIRE(line.find_first_not_of(line[0]) == std::string::npos);
  }
  CHECK(count == 4 * kLines);
}

TEST_CASE("the file channel delivers fast, and maps failures to results") {
  const TempFolder folder;
  btcw::test::ScriptedPorts world;
  auto channel = btcw::test::make_channel("file", {{"path", folder / "out"}}, world.ports());
  REQUIRE(channel.has_value());
  const btcw::Notification message{.id = "0001-abc",
                                   .title = "BTC up",
                                   .body = "last 97123.40",
                                   .created = btcw::from_unix_ms(1'732'290'000'000)};
  constexpr int kMessages = 20'000;
  const auto begin = std::chrono::steady_clock::now();
  int delivered = 0;
  for (int i = 0; i < kMessages; ++i) {
    (*channel)->deliver(message, btcw::seconds{1}, [&](const btcw::Delivery& delivery) {
      delivered += delivery.result == btcw::DeliveryResult::delivered ? 1 : 0;
    });
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  CAPTURE(kMessages / took.count());
  CHECK(delivered == kMessages);
  CHECK(took.count() < 20);

  std::filesystem::remove(folder / "out");
  std::filesystem::create_directory(folder / "out");
  const auto refused = btcw::test::deliver(**channel, world.http, message);
  CHECK(refused.result == btcw::DeliveryResult::permanent);
  auto lost = btcw::test::make_channel("file", {{"path", folder / "none/out"}}, world.ports());
  CHECK(btcw::test::deliver(**lost, world.http, message).result == btcw::DeliveryResult::transient);
}
