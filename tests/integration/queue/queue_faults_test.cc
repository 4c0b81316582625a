// Every system call of every operation fails once: nothing is lost, nothing is half visible, the
// error is clear, and the operation works as soon as the fault is gone.
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/fake_clock.h"
#include "support/queue_fixture.h"

using namespace btcw;
using namespace btcw::test;

namespace fs = std::filesystem;

namespace {

using Ids = std::vector<std::string>;
using Kind = FaultyFiles::Kind;

const UtcTime kNow = parse_time("2026-11-22T12:00:00Z").value();
constexpr int kErrnos[] = {EIO, ENOSPC, EDQUOT, EROFS, EACCES, EMFILE};

struct Fixture {
  Fixture() : clock{kNow}, user{folder.path(), clock} {}

  /// The ids of a state, sorted.
  [[nodiscard]] Ids ids(std::optional<MessageState> state = std::nullopt) const {
    Ids ids;
    const auto infos = user.queue->list(state, SIZE_MAX).value();
    for (const auto& info : infos) ids.push_back(info.id);
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  [[nodiscard]] bool has_leftovers() const { return !names_in(folder / ".tmp").empty(); }

  TempFolder folder;
  FakeClock clock;
  QueueUser user;
};

std::vector<Queue::NewMessage> messages(std::size_t count) {
  std::vector<Queue::NewMessage> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(new_message("m" + std::to_string(i), kNow));
  return all;
}

/// Does `work` on queues with one message each, whose calls fail one after the other, and `check`s
/// each; until a run has no call left to fail.
void fail_every_call(const std::function<bool(Fixture&)>& work,
                     const std::function<void(Fixture&, bool succeeded)>& check) {
  for (const int failure : kErrnos) {
    for (std::size_t number = 1;; ++number) {
      Fixture queue;
      REQUIRE(queue.user.queue->add(messages(1)));
      queue.user.files.heal();
      queue.user.files.fail_call(number, failure);
      const bool succeeded = work(queue);
      const bool was_last = queue.user.files.count() < number;
      queue.user.files.heal();
      CAPTURE(number, failure);
      check(queue, succeeded);
      if (was_last) {
        CHECK(succeeded);
        break;
      }
    }
  }
}

bool is_clear(const Error& error) {
  return error.code == Errc::unavailable && error.message.find(": ") != std::string::npos &&
         error.message.find('\n') == std::string::npos;
}

}  // namespace

TEST_CASE("an add whose calls fail adds nothing, leaves nothing, and works the next time") {
  const std::size_t batch = GENERATE(1U, 3U, 6U);
  CAPTURE(batch);
  for (const int failure : kErrnos) {
    for (std::size_t number = 1;; ++number) {
      CAPTURE(failure, number);
      Fixture queue;
      queue.user.files.heal();
      queue.user.files.fail_call(number, failure);

      const auto added = queue.user.queue->add(messages(batch));

      const bool was_last = queue.user.files.count() < number;
      queue.user.files.heal();
      if (was_last) {
        CHECK(added.has_value());
        break;
      }
      REQUIRE_FALSE(added.has_value());
      CHECK(is_clear(added.error()));
      CHECK(added.error().message.find(queue.folder.path().native()) == 0);
      CHECK(names_in(queue.folder.path()).empty());
      CHECK_FALSE(queue.has_leftovers());
      CHECK(queue.user.queue->add(messages(batch)));
      CHECK(queue.user.queue->take(kNow, 100).value().size() == batch);
    }
  }
}

TEST_CASE("an add is complete though every write is short") {
  Fixture queue;
  queue.user.files.set(
      {.matches = [](Kind kind, std::size_t) { return kind == Kind::write; }, .writes_most = 3});
  REQUIRE(queue.user.queue->add(messages(2)));
  CHECK(queue.user.files.count(Kind::write) > 20);
  queue.user.files.heal();
  CHECK(queue.user.queue->take(kNow, 100).value()[1]->message() == messages(2)[1].message);
}

TEST_CASE("an add on a disk that fills up in the middle of a file leaves nothing") {
  for (std::size_t writes = 1; writes < 10; ++writes) {
    Fixture queue;
    std::size_t left = writes;
    FaultyFiles& files = queue.user.files;
    files.set(
        {.matches = [&](Kind kind,
                        std::size_t) { return kind == Kind::write && (left == 0 || --left == 0); },
         .failure = ENOSPC});
    const auto added = queue.user.queue->add(messages(writes + 1));
    REQUIRE_FALSE(added.has_value());
    CHECK(added.error().message.ends_with("No space left on device"));
    files.heal();
    CHECK(names_in(queue.folder.path()).empty());
    CHECK_FALSE(queue.has_leftovers());
  }
}

TEST_CASE("one sync of the file system covers a batch, and few messages are synced one by one") {
  Fixture queue;
  queue.user.files.heal();
  REQUIRE(queue.user.queue->add(messages(1)));
  CHECK(queue.user.files.count(Kind::fdatasync) == 1);
  CHECK(queue.user.files.count(Kind::syncfs) == 0);
  CHECK(queue.user.files.count(Kind::fsync) == 1);
  queue.user.files.heal();
  REQUIRE(queue.user.queue->add(messages(100)));
  CHECK(queue.user.files.count(Kind::fdatasync) == 0);
  CHECK(queue.user.files.count(Kind::syncfs) == 1);
  CHECK(queue.user.files.count(Kind::fsync) == 1);
  // Synced before it has a name, and the folder behind it.
  const auto& calls = queue.user.files.calls();
  const auto sync = std::find(calls.begin(), calls.end(), Kind::syncfs);
  CHECK(std::find(calls.begin(), sync, Kind::rename) == sync);
  CHECK(std::find(sync, calls.end(), Kind::write) == calls.end());
  CHECK(calls.back() == Kind::fsync);
}

TEST_CASE("a take whose calls fail loses no message") {
  fail_every_call(
      [](Fixture& queue) {
        const auto taken = queue.user.queue->take(kNow, 10);
        if (!taken) CHECK(is_clear(taken.error()));
        return taken && taken->size() == 1;
      },
      [](Fixture& queue, bool succeeded) {
        const auto taken = queue.user.queue->take(kNow, 10).value();
        // What cannot be read for want of permission is put aside, and said.
        const auto aside = queue.user.queue->list(MessageState::corrupt, 10).value();
        CHECK(taken.size() + aside.size() == 1);
        for (const auto& one : aside) CHECK(one.reason == "cannot be read");
        if (succeeded) CHECK(aside.empty());
      });
}

TEST_CASE("one file that fails does not keep the others from being taken") {
  Fixture queue;
  REQUIRE(queue.user.queue->add(messages(3)));
  queue.user.files.heal();
  queue.user.files.set(
      {.matches = [](Kind kind, std::size_t number) { return kind == Kind::read && number < 8; },
       .failure = EIO});
  auto claims = queue.user.queue->take(kNow, 10).value();
  CHECK(ids_of(claims) == Ids{"m1", "m2"});
  for (auto& claim : claims) REQUIRE(queue.user.queue->ack(std::move(claim)));
  queue.user.files.fail_kind(Kind::read, EIO);
  const auto failed = queue.user.queue->take(kNow, 10);
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().message.ends_with("cannot read: Input/output error"));
  queue.user.files.heal();
  CHECK(ids_of(queue.user.queue->take(kNow, 10).value()) == Ids{"m0"});
}

TEST_CASE("an acknowledgement that fails leaves the message pending") {
  fail_every_call(
      [](Fixture& queue) {
        auto claims = queue.user.queue->take(kNow, 10);
        if (!claims || claims->empty()) return false;
        const auto done = queue.user.queue->ack(std::move(claims->front()));
        if (!done) CHECK(is_clear(done.error()));
        return done.has_value();
      },
      [](Fixture& queue, bool succeeded) {
        CHECK(queue.ids().size() == (succeeded ? 0 : 1));
        CHECK_FALSE(queue.has_leftovers());
      });
}

TEST_CASE("putting off that fails leaves the message as it was") {
  fail_every_call(
      [](Fixture& queue) {
        auto claims = queue.user.queue->take(kNow, 10);
        if (!claims || claims->empty()) return false;
        const auto done = queue.user.queue->postpone(std::move(claims->front()), kNow + seconds{60},
                                                     Queue::Attempt::counts, {});
        if (!done) CHECK(is_clear(done.error()));
        return done.has_value();
      },
      [](Fixture& queue, bool succeeded) {
        const auto infos = queue.user.queue->list(std::nullopt, 10).value();
        REQUIRE(infos.size() == 1);
        if (infos[0].state == MessageState::corrupt) return;  // EACCES
        CHECK(infos[0].state == MessageState::pending);
        CHECK(infos[0].attempts == (succeeded ? 1 : 0));
        CHECK(infos[0].message->body == "text of m0");
      });
}

TEST_CASE("burying that fails leaves the message pending, or dead without the reason at worst") {
  fail_every_call(
      [](Fixture& queue) {
        auto claims = queue.user.queue->take(kNow, 10);
        if (!claims || claims->empty()) return false;
        const auto done = queue.user.queue->bury(std::move(claims->front()), "no", {});
        if (!done) CHECK(is_clear(done.error()));
        return done.has_value();
      },
      [](Fixture& queue, bool succeeded) {
        const auto infos = queue.user.queue->list(std::nullopt, 10).value();
        REQUIRE(infos.size() == 1);
        if (infos[0].state == MessageState::corrupt) return;  // EACCES
        CHECK((infos[0].state == MessageState::dead) == succeeded);
        CHECK(infos[0].message->body == "text of m0");
        if (!succeeded) CHECK(names_in(queue.folder / ".dead").empty());
      });
}

TEST_CASE("a retry that fails loses no dead message") {
  for (const int failure : kErrnos) {
    for (std::size_t number = 1;; ++number) {
      CAPTURE(failure, number);
      Fixture queue;
      REQUIRE(queue.user.queue->add(messages(2)));
      auto claims = queue.user.queue->take(kNow, 10).value();
      for (auto& claim : claims) REQUIRE(queue.user.queue->bury(std::move(claim), "no", {}));
      queue.user.files.heal();
      queue.user.files.fail_call(number, failure);
      const auto done = queue.user.queue->retry_dead(std::nullopt, kNow);
      const bool was_last = queue.user.files.count() < number;
      queue.user.files.heal();
      if (!done) CHECK(is_clear(done.error()));
      CHECK(queue.ids() == Ids{"m0", "m1"});
      if (done) CHECK(queue.ids(MessageState::pending) == Ids{"m0", "m1"});
      if (was_last) {
        CHECK(done.has_value());
        break;
      }
    }
  }
}

TEST_CASE("a queue whose folders cannot be made or opened says why") {
  for (const int failure : kErrnos) {
    for (std::size_t number = 1;; ++number) {
      CAPTURE(failure, number);
      const TempFolder folder;
      const FakeClock clock{kNow};
      FaultyFiles files;
      SeededRandom random;
      RecordingLog log;
      files.fail_call(number, failure);
      const auto opened = open_file_queue(folder / "a/queue", {files, clock, random, log});
      const bool was_last = files.count() < number;
      if (!opened) {
        CHECK(is_clear(opened.error()));
        CHECK(opened.error().message.starts_with("queue: "));
      }
      files.heal();
      CHECK(open_file_queue(folder / "a/queue", {files, clock, random, log}).has_value());
      if (was_last) {
        CHECK(opened.has_value());
        break;
      }
    }
  }
}

TEST_CASE("a file system without exclusive renames keeps dead letters apart all the same") {
  Fixture queue;
  for (int i = 0; i < 2; ++i) {
    queue.user.files.heal();
    std::ofstream{queue.folder / "a.json"} << R"({"text":"a"})";
    auto claims = queue.user.queue->take(kNow, 10).value();
    REQUIRE(claims.size() == 1);
    bool was_asked = false;
    queue.user.files.set({.matches =
                              [&](Kind kind, std::size_t) {
                                return kind == Kind::rename && !std::exchange(was_asked, true);
                              },
                          .failure = EINVAL});
    REQUIRE(queue.user.queue->bury(std::move(claims.front()), "no", {}));
    CHECK(was_asked);
  }
  CHECK(queue.ids(MessageState::dead).size() == 2);
}

TEST_CASE("on a full disk adding fails cleanly, and delivering, putting off and burying work") {
  const TempFolder folder;
  if (::geteuid() != 0 ||
      ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=256k,nr_inodes=200") != 0) {
    WARN("skipped: only root can mount a small tmpfs");
    return;
  }
  const auto unmount = [](const fs::path* path) { ::umount2(path->c_str(), MNT_DETACH); };
  const std::unique_ptr<const fs::path, decltype(unmount)> mounted{&folder.path(), unmount};
  const FakeClock clock{kNow};
  QueueUser user{folder / "queue", clock};
  std::size_t added = 0;
  std::optional<Error> full;
  while (!full) {
    auto message = new_message("m" + std::to_string(added), kNow);
    message.message.body.assign(3000, 'x');
    auto done = user.queue->add(std::vector{message});
    if (done) {
      ++added;
    } else {
      full = std::move(done).error();
    }
    REQUIRE(added < 1000);
  }
  CHECK(full->code == Errc::unavailable);
  CHECK(full->message.ends_with("No space left on device"));
  CHECK(added > 20);
  CHECK(names_in(folder / "queue").size() == added);
  CHECK(names_in(folder / "queue/.tmp").empty());

  auto claims = user.queue->take(kNow, added + 1).value();

  REQUIRE(claims.size() == added);
  REQUIRE(
      user.queue->postpone(std::move(claims[0]), kNow + seconds{9}, Queue::Attempt::counts, {}));
  REQUIRE(user.queue->bury(std::move(claims[1]), "no", {}));
  for (std::size_t i = 2; i < added; ++i) REQUIRE(user.queue->ack(std::move(claims[i])));
  CHECK(user.queue->list(MessageState::dead, 9).value().size() == 1);
  CHECK(user.queue->list(MessageState::pending, 9).value().size() == 1);
  // The room of what was delivered is free once its file is closed, which happens beside this.
  bool has_room = false;
  for (int i = 0; i < 1000 && !has_room; ++i) {
    has_room = user.queue->add(messages(1)).has_value();
    if (!has_room) ::usleep(10'000);
  }
  CHECK(has_room);
}
