#include "btcw/queue/backlog.h"

#include <fcntl.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "btcw/queue/queue_name.h"
#include "btcw/store/files.h"

using namespace btcw;

namespace {

const UtcTime kNow = parse_time("2026-11-22T12:00:00Z").value();

/// A folder that exists as a list of names alone; another program's files are `written`.
class ListedNames final : public Files {
 public:
  std::vector<std::string> names;
  UtcTime written = kNow - seconds{1};
  int failure = 0;
  int scans = 0;

  int list(int, FunctionRef<void(std::string_view name)> each) override {
    ++scans;
    if (failure != 0) return failure;
    for (const auto& name : names) each(name);
    return 0;
  }
  int stat_at(int, const char* path, struct stat& out, int) override {
    if (std::string_view{path}.starts_with("gone")) return -ENOENT;
    out = {};
    out.st_mtim.tv_sec = to_unix_ms(written) / 1000;
    return 0;
  }
  int open_at(int, const char*, int, mode_t) override { return -ENOSYS; }
  int close(int) override { return -ENOSYS; }
  ssize_t read(int, void*, std::size_t) override { return -ENOSYS; }
  ssize_t write(int, const void*, std::size_t) override { return -ENOSYS; }
  int fdatasync(int) override { return -ENOSYS; }
  int fsync(int) override { return -ENOSYS; }
  int syncfs(int) override { return -ENOSYS; }
  int rename_at(int, const char*, int, const char*, unsigned) override { return -ENOSYS; }
  int unlink_at(int, const char*, int) override { return -ENOSYS; }
  int mkdir_at(int, const char*, mode_t) override { return -ENOSYS; }
  int flock(int, int) override { return -ENOSYS; }
  int fstat(int, struct stat&) override { return -ENOSYS; }
};

std::string name_of(int number, UtcTime due = kNow, Priority priority = Priority::normal) {
  return QueueName{.due = due,
                   .priority = priority,
                   .sequence = static_cast<std::uint64_t>(number),
                   .id = "m" + std::to_string(number)}
      .to_string();
}

/// The names of messages first to last, the last one listed first.
std::vector<std::string> names_of(int first, int last) {
  std::vector<std::string> names;
  for (int i = last; i >= first; --i) names.push_back(name_of(i));
  return names;
}

std::vector<std::string> popped(Backlog& backlog, std::size_t most = SIZE_MAX) {
  std::vector<std::string> files;
  for (; files.size() < most && !backlog.empty(); files.push_back(backlog.pop().file)) {
  }
  return files;
}

std::vector<std::string> reversed(std::vector<std::string> names) {
  return {names.rbegin(), names.rend()};
}

}  // namespace

TEST_CASE("a backlog gives names by due second, priority and arrival") {
  ListedNames files;
  const QueueFolder folder;
  files.names = {name_of(1, kNow + seconds{1}, Priority::urgent), name_of(2, kNow, Priority::low),
                 name_of(3), name_of(4, kNow, Priority::urgent), name_of(2)};
  Backlog backlog;

  REQUIRE(backlog.scan(files, folder, kNow));

  CHECK(popped(backlog) == std::vector{name_of(4, kNow, Priority::urgent), name_of(2), name_of(3),
                                       name_of(2, kNow, Priority::low),
                                       name_of(1, kNow + seconds{1}, Priority::urgent)});
  CHECK_FALSE(backlog.more());
}

TEST_CASE("a backlog leaves out what is hidden, no .json, or gone") {
  ListedNames files;
  const QueueFolder folder;
  files.names = {".tmp", ".dead", ".hidden.json", "notes.txt", "a.json.bak", "gone.json", ".json"};
  Backlog backlog;
  REQUIRE(backlog.scan(files, folder, kNow));
  CHECK(backlog.empty());
}

TEST_CASE("another program's file is due when it was written, at the latest now") {
  ListedNames files;
  const QueueFolder folder;
  files.names = {"a.json"};
  files.written = GENERATE(kNow - seconds{5}, kNow, kNow + std::chrono::hours{24}, UtcTime{});
  Backlog backlog;
  REQUIRE(backlog.scan(files, folder, kNow));
  REQUIRE_FALSE(backlog.empty());
  CHECK(backlog.front().due == std::min(files.written, kNow));
  CHECK_FALSE(backlog.front().name.has_value());
}

TEST_CASE("a backlog goes through a folder of any size in parts, in order, each name once") {
  const int count = GENERATE(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100);
  CAPTURE(count);
  ListedNames files;
  const QueueFolder folder;
  files.names = names_of(1, count);
  Backlog backlog{3};
  std::vector<std::string> all;
  do {
    REQUIRE(backlog.scan(files, folder, kNow));
    const auto part = popped(backlog);
    CHECK(part.size() <= 3);
    all.insert(all.end(), part.begin(), part.end());
  } while (backlog.more());
  CHECK(all == reversed(files.names));
}

TEST_CASE("what is added in front of a backlog's place is not seen before it begins anew") {
  ListedNames files;
  const QueueFolder folder;
  files.names = names_of(10, 11);
  Backlog backlog;
  REQUIRE(backlog.scan(files, folder, kNow));
  CHECK(popped(backlog) == std::vector{name_of(10), name_of(11)});

  files.names = names_of(9, 12);
  REQUIRE(backlog.scan(files, folder, kNow));
  CHECK(popped(backlog) == std::vector{name_of(12)});

  backlog.restart();
  CHECK(backlog.empty());
  REQUIRE(backlog.scan(files, folder, kNow));
  CHECK(popped(backlog).size() == 4);
}

TEST_CASE("what a backlog passes over comes behind the rest of what is due, once") {
  ListedNames files;
  const QueueFolder folder;
  files.names = names_of(1, 5);
  files.names.push_back(name_of(6, kNow + seconds{9}));
  Backlog backlog;
  REQUIRE(backlog.scan(files, folder, kNow));

  CHECK(popped(backlog, 1) == std::vector{name_of(1)});
  backlog.skip(2, kNow);
  CHECK(popped(backlog, 2) == std::vector{name_of(4), name_of(5)});
  backlog.skip(7, kNow);  // the next one is not due
  REQUIRE(backlog.turn_back());
  backlog.skip(7, kNow);  // no second time
  CHECK(popped(backlog) == std::vector{name_of(2), name_of(3), name_of(6, kNow + seconds{9})});
  CHECK_FALSE(backlog.turn_back());
}

TEST_CASE("a backlog that cannot read its folder says so and holds nothing") {
  ListedNames files;
  QueueFolder folder;
  folder.path = "/queue";
  files.names = names_of(1, 2);
  Backlog backlog;
  REQUIRE(backlog.scan(files, folder, kNow));
  files.failure = -EIO;
  const auto scanned = backlog.scan(files, folder, kNow);
  REQUIRE_FALSE(scanned.has_value());
  CHECK(scanned.error() ==
        Error{Errc::unavailable, "/queue: cannot list the folder: Input/output error"});
  CHECK(backlog.empty());
}
