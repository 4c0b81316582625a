#include "btcw/queue/file_queue.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/fake_clock.h"
#include "support/queue_fixture.h"
#include "support/written_file.h"

using namespace btcw;
using namespace btcw::test;

namespace fs = std::filesystem;

namespace {

const UtcTime kNow = parse_time("2026-11-22T12:00:00Z").value();

struct Fixture {
  Fixture() : clock{kNow}, user{folder.path(), clock} {}

  void add(std::vector<Queue::NewMessage> messages) { REQUIRE(user.queue->add(messages)); }
  void add(std::string_view id) { add({new_message(id, clock.now())}); }
  std::vector<std::unique_ptr<Claim>> take(std::size_t max = 100) {
    auto taken = user.queue->take(clock.now(), max);
    REQUIRE(taken.has_value());
    return *std::move(taken);
  }
  std::unique_ptr<Claim> take_one() {
    auto taken = take(2);
    REQUIRE(taken.size() == 1);
    return std::move(taken.front());
  }
  [[nodiscard]] std::size_t count(std::optional<MessageState> state = std::nullopt) const {
    return user.queue->list(state, SIZE_MAX).value().size();
  }

  TempFolder folder;
  FakeClock clock;
  QueueUser user;
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a queue makes its folders, for its owner alone, and the ones above them") {
  const TempFolder folder;
  const FakeClock clock;
  const auto path = folder / "a/b/queue";
  const QueueUser user{path, clock};
  for (const auto* name : {"", ".tmp", ".dead", ".corrupt"}) {
    CHECK((fs::status(path / name).permissions() & fs::perms::mask) == fs::perms::owner_all);
  }
  CHECK(user.files.count(FaultyFiles::Kind::fsync) == 6);
  const QueueUser again{path, clock};
  CHECK(again.files.count(FaultyFiles::Kind::mkdir) == 0);
}

TEST_CASE("a queue that cannot be opened says why") {
  const TempFolder folder;
  const FakeClock clock;
  written(folder, "file", "text");
  CHECK_THROWS_WITH(QueueUser(folder / "file", clock), Catch::EndsWith("Not a directory"));
  CHECK_THROWS_WITH(QueueUser(folder / "file/queue", clock), Catch::EndsWith("Not a directory"));
}

TEST_CASE("what is added is taken once, and gone when it is acknowledged") {
  Fixture queue;
  queue.add("a");
  auto claim = queue.take_one();
  CHECK(claim->message() == new_message("a", kNow).message);
  CHECK(claim->attempts() == 0);
  CHECK(claim->due() == kNow);
  CHECK(queue.count(MessageState::claimed) == 1);
  CHECK(queue.take().empty());

  REQUIRE(queue.user.queue->ack(std::move(claim)));

  CHECK(queue.take().empty());
  CHECK(queue.count() == 0);
  CHECK(names_in(queue.folder.path()).empty());
}

TEST_CASE("a message that is let go of is pending again") {
  Fixture queue;
  queue.add("a");
  queue.take_one().reset();
  CHECK(queue.count(MessageState::pending) == 1);
  CHECK(queue.take_one()->attempts() == 0);
}

TEST_CASE("messages come by due second, then priority, then arrival") {
  Fixture queue;
  queue.add({new_message("late", kNow - seconds{1}, Priority::low), new_message("n1", kNow),
             new_message("n2", kNow), new_message("future", kNow + seconds{5}),
             new_message("l1", kNow, Priority::low), new_message("u1", kNow, Priority::urgent)});
  queue.add({new_message("u2", kNow, Priority::urgent)});
  queue.add({new_message("n3", kNow + milliseconds{0})});
  CHECK(ids_of(queue.take()) == Ids{"late", "u1", "u2", "n1", "n2", "n3", "l1"});
  queue.clock.advance(seconds{5});
  CHECK(ids_of(queue.take()) == Ids{"late", "u1", "u2", "n1", "n2", "n3", "l1", "future"});
}

TEST_CASE("messages of one producer keep their order when its clock steps back") {
  Fixture queue;
  Ids expected;
  for (int i = 0; i < 20; ++i) {
    expected.push_back("m" + std::to_string(i));
    queue.add({new_message(expected.back(), kNow)});
    queue.clock.set(kNow + milliseconds{i % 3 == 0 ? -3'600'000 : 500});
  }
  queue.clock.set(kNow + seconds{1});
  CHECK(ids_of(queue.take()) == expected);
}

TEST_CASE("a message is not taken before it is due") {
  Fixture queue;
  queue.add({new_message("a", kNow + milliseconds{1500})});
  CHECK(queue.take().empty());
  CHECK(queue.user.queue->next_due().value() == kNow + seconds{2});
  queue.clock.advance(milliseconds{1999});
  CHECK(queue.take().empty());
  queue.clock.advance(milliseconds{1});
  CHECK(ids_of(queue.take()) == Ids{"a"});
}

TEST_CASE("a message that is put off comes again at its time, with one attempt more") {
  struct Case {
    Queue::Attempt attempt;
    int attempts;
    bool maybe_duplicate;
  };
  const auto row = GENERATE(values<Case>({
      {Queue::Attempt::counts, 1, false},
      {Queue::Attempt::counts_as_ambiguous, 1, true},
      {Queue::Attempt::does_not_count, 0, false},
  }));
  Fixture queue;
  queue.add("a");
  auto claim = queue.take_one();
  const auto ticket = claim->ticket();
  const DeliveryProgress progress{.delivered = 5, .plan = 0x9c3e, .refused = 0x80000002U};

  REQUIRE(queue.user.queue->postpone(std::move(claim), kNow + seconds{30}, row.attempt, progress));

  CHECK(queue.user.queue->take_again(ticket, kNow) == nullptr);
  CHECK(queue.take().empty());
  CHECK(queue.user.queue->next_due().value() == kNow + seconds{30});
  queue.clock.advance(seconds{30});
  claim = queue.take_one();
  CHECK(claim->attempts() == row.attempts);
  CHECK(claim->message().maybe_duplicate == row.maybe_duplicate);
  CHECK(claim->progress() == progress);
  CHECK(claim->due() == kNow + seconds{30});
  CHECK(claim->message().body == "text of a");
}

TEST_CASE("a message that is buried is dead, with the reason, and can be retried") {
  Fixture queue;
  queue.add("a");
  queue.add("b");
  for (auto& claim : queue.take())
    REQUIRE(queue.user.queue->postpone(std::move(claim), kNow, Queue::Attempt::counts_as_ambiguous,
                                       {.delivered = 1, .plan = 2, .refused = 4}));
  for (auto& claim : queue.take())
    REQUIRE(queue.user.queue->bury(std::move(claim), "no \"such\" chat",
                                   {.delivered = 1, .plan = 2, .refused = 4}));
  CHECK(queue.take().empty());
  CHECK(queue.count(MessageState::dead) == 2);
  const auto dead = queue.user.queue->show("a").value();
  CHECK(dead.state == MessageState::dead);
  CHECK(dead.reason == "no \"such\" chat");
  CHECK(dead.attempts == 1);
  CHECK(dead.message->body == "text of a");

  CHECK(queue.user.queue->retry_dead("a", kNow).value() == 1);

  CHECK(queue.count(MessageState::dead) == 1);
  const auto claim = queue.take_one();
  CHECK(claim->message().id == "a");
  CHECK(claim->attempts() == 0);
  CHECK(claim->message().maybe_duplicate);
  CHECK(claim->progress() == DeliveryProgress{.delivered = 1, .plan = 2});
  CHECK(queue.user.queue->retry_dead("nobody", kNow).error().code == Errc::not_found);
  CHECK(queue.user.queue->retry_dead(std::nullopt, kNow).value() == 1);
  CHECK(queue.user.queue->retry_dead(std::nullopt, kNow).value() == 0);
  CHECK(names_in(queue.folder / ".dead").empty());
}

TEST_CASE("a message that dies twice under the same name is kept twice") {
  Fixture queue;
  for (int i = 0; i < 3; ++i) {
    written(queue.folder, "a.json", R"({"text":"the same"})");
    REQUIRE(queue.user.queue->bury(queue.take_one(), "no", {}));
  }
  const auto dead = queue.user.queue->list(MessageState::dead, SIZE_MAX).value();
  CHECK(dead.size() == 3);
  for (const auto& one : dead) CHECK(one.reason == "no");
  CHECK(queue.user.queue->retry_dead(std::nullopt, kNow).value() == 3);
  CHECK(queue.take().size() == 3);
}

TEST_CASE("dead messages are purged by the time they were buried") {
  Fixture queue;
  queue.add("a");
  REQUIRE(queue.user.queue->bury(queue.take_one(), "no", {}));
  queue.clock.advance(seconds{60});
  queue.add("b");
  REQUIRE(queue.user.queue->bury(queue.take_one(), "no", {}));
  CHECK(queue.user.queue->purge_dead(kNow).value() == 0);
  CHECK(queue.user.queue->purge_dead(kNow + seconds{1}).value() == 1);
  CHECK(queue.user.queue->show("a").error().code == Errc::not_found);
  CHECK(queue.user.queue->show("b").has_value());
  CHECK(queue.user.queue->purge_dead(kNow + seconds{61}).value() == 1);
  CHECK(names_in(queue.folder / ".dead").empty());
}

TEST_CASE("a queue is listed by state, up to a number") {
  Fixture queue;
  for (const auto* id : {"a", "b", "c", "d"}) queue.add(id);
  auto claims = queue.take(3);
  REQUIRE(queue.user.queue->bury(std::move(claims[0]), "no", {}));
  claims.erase(claims.begin() + 1, claims.end());
  claims[0].reset();
  written(queue.folder, "bad.json", "");
  queue.clock.advance(std::chrono::hours{24 * 365 * 10});
  claims = queue.take(1);
  queue.take();  // meets the bad one
  CHECK(queue.count(MessageState::claimed) == 1);
  CHECK(queue.count(MessageState::pending) == 2);
  CHECK(queue.count(MessageState::dead) == 1);
  CHECK(queue.count(MessageState::corrupt) == 1);
  CHECK(queue.count() == 5);
  CHECK(queue.user.queue->list(std::nullopt, 3).value().size() == 3);
  CHECK(queue.user.queue->show("bad.json").value().state == MessageState::corrupt);
  CHECK(queue.user.queue->show("x").error().code == Errc::not_found);
}

TEST_CASE("an empty queue has nothing due, a claimed one looks again soon") {
  Fixture queue;
  CHECK_FALSE(queue.user.queue->next_due().value().has_value());
  queue.add("a");
  queue.add({new_message("b", kNow + seconds{60})});
  CHECK(queue.user.queue->next_due().value() == kNow);
  auto claim = queue.take_one();
  const auto due = queue.user.queue->next_due().value();
  REQUIRE(due.has_value());
  CHECK((*due > kNow && *due <= kNow + seconds{1}));
  REQUIRE(queue.user.queue->ack(std::move(claim)));
  CHECK(queue.user.queue->next_due().value() == kNow + seconds{60});
}

TEST_CASE("a pass gives every message once, though all are let go of at once") {
  Fixture queue;
  const std::size_t max = GENERATE(1U, 4U, 5U, 10U, 11U);
  std::vector<Queue::NewMessage> messages;
  for (int i = 0; i < 10; ++i) messages.push_back(new_message("m" + std::to_string(i), kNow));
  queue.add(messages);
  for (int pass = 0; pass < 2; ++pass) {
    Ids seen;
    for (int calls = 0; calls < 12; ++calls) {
      const auto ids = ids_of(queue.take(max));
      seen.insert(seen.end(), ids.begin(), ids.end());
      if (ids.size() < max) break;
    }
    CHECK(seen.size() == 10);
    CHECK(seen.back() == "m9");
  }
}

TEST_CASE("what is added after a full take is found by the next one") {
  Fixture queue;
  queue.add("a");
  REQUIRE(queue.user.queue->ack(queue.take_one()));
  queue.add("b");
  CHECK(ids_of(queue.take(1)) == Ids{"b"});
  CHECK_FALSE(queue.user.queue->next_due().value() == std::nullopt);
  queue.add("c");
  CHECK(ids_of(queue.take(1)) == Ids{"c"});
}

TEST_CASE("a message is taken again by its ticket until it is gone") {
  Fixture queue;
  queue.add("a");
  auto claim = queue.take_one();
  const auto ticket = claim->ticket();
  CHECK(queue.user.queue->take_again(ticket, kNow) == nullptr);
  claim.reset();
  claim = queue.user.queue->take_again(ticket, kNow);
  REQUIRE(claim != nullptr);
  CHECK(claim->message().id == "a");
  CHECK(claim->ticket() == ticket);
  REQUIRE(queue.user.queue->ack(std::move(claim)));
  CHECK(queue.user.queue->take_again(ticket, kNow) == nullptr);
}

TEST_CASE("another program's file is taken again by its ticket") {
  Fixture queue;
  written(queue.folder, "a b.json", R"({"text":"a"})");
  const auto ticket = queue.take_one()->ticket();
  CHECK(ticket == "a b.json");
  CHECK(queue.user.queue->take_again(ticket, kNow)->message().body == "a");
}

TEST_CASE("two objects of one process never hold the same message") {
  Fixture one;
  QueueUser other{one.folder.path(), one.clock, 2};
  for (int i = 0; i < 20; ++i) one.add("m" + std::to_string(i));
  auto mine = one.take(10);
  auto others = other.queue->take(kNow, 100).value();
  CHECK(mine.size() + others.size() == 20);
  CHECK(one.take().empty());
  mine.clear();
  CHECK(other.queue->take(kNow, 100).value().size() == 10);
}

TEST_CASE("a message is invisible to consumers until its writer is done") {
  // The fsync of the folder comes behind the rename: a consumer that sees the name already gets
  // nothing.
  Fixture queue;
  QueueUser other{queue.folder.path(), queue.clock, 2};
  std::size_t taken = 0;
  std::size_t looks = 0;
  queue.user.files.set({.matches = [&](FaultyFiles::Kind, std::size_t) {
    ++looks;
    taken += other.queue->take(kNow, 100).value().size();
    return false;
  }});
  queue.add({new_message("a", kNow), new_message("b", kNow)});
  CHECK(looks > 8);
  CHECK(taken == 0);
  CHECK(other.queue->take(kNow, 100).value().size() == 2);
}

TEST_CASE("adding wakes whoever waits, once the message can be taken") {
  Fixture queue;
  QueueUser other{queue.folder.path(), queue.clock, 2};
  const int fd = other.queue->wake_fd();
  REQUIRE(fd >= 0);
  CHECK(other.queue->wake_fd() == fd);
  const auto is_awake = [&] {
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 0) == 1;
  };
  CHECK_FALSE(is_awake());
  // Woken by the rename, it finds the message held by its writer still: the writer's letting go
  // must wake it again.
  queue.user.files.set({.matches = [&](FaultyFiles::Kind kind, std::size_t) {
    if (kind == FaultyFiles::Kind::fsync) CHECK(other.queue->take(kNow, 100).value().empty());
    return false;
  }});
  queue.add("a");
  queue.user.files.heal();
  CHECK(is_awake());
  CHECK(other.queue->take(kNow, 100).value().size() == 1);
  CHECK_FALSE(is_awake());
  written(queue.folder, "b.json", R"({"text":"b"})");
  CHECK(is_awake());
}

TEST_CASE("an add of nothing does nothing, of a bad id adds none") {
  Fixture queue;
  queue.user.files.heal();
  CHECK(queue.user.queue->add({}).has_value());
  CHECK(queue.user.files.count() == 0);
  const std::vector messages{new_message("a", kNow), new_message("../b", kNow)};
  const auto added = queue.user.queue->add(messages);
  REQUIRE_FALSE(added.has_value());
  CHECK(added.error() == Error{Errc::invalid_input, "not a message id: '../b'"});
  auto large = new_message("a", kNow);
  large.message.body.assign(1024 * 1024, 'x');
  CHECK(queue.user.queue->add(std::vector{new_message("b", kNow), large}).error().code ==
        Errc::invalid_input);
  CHECK(names_in(queue.folder.path()).empty());
  CHECK(names_in(queue.folder / ".tmp").empty());
}

TEST_CASE("what a dead writer left is removed after two minutes, what a live one writes is not") {
  const TempFolder folder;
  const SystemClock clock;
  { const QueueUser makes{folder.path(), clock}; }
  const auto aged = [&](const char* name, int age) {
    const auto path = written(folder, std::string{".tmp/"} + name, "{");
    const auto old = ::time(nullptr) - age;
    const timespec times[2] = {{.tv_sec = old, .tv_nsec = 0}, {.tv_sec = old, .tv_nsec = 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
    return path;
  };
  aged("1-0-dead", 200);
  aged("1-1-young", 20);
  const auto held = aged("1-2-held", 200);
  PosixFiles files;
  const int fd = files.open_at(AT_FDCWD, held.c_str(), O_RDONLY, 0);
  REQUIRE(files.flock(fd, 2 /*LOCK_EX*/) == 0);

  const QueueUser opens{folder.path(), clock};

  CHECK(names_in(folder / ".tmp") == Ids{"1-1-young", "1-2-held"});
  files.close(fd);
}

TEST_CASE("a name that a dead process of the same number left does not stop an add") {
  Fixture queue;
  written(queue.folder, ".tmp/" + std::to_string(::getpid()) + "-0-a", "{");
  queue.add("a");
  CHECK(ids_of(queue.take()) == Ids{"a"});
}

TEST_CASE("a backlog of more names than are held at a time is taken in order, each once") {
  Fixture queue;
  constexpr int kCount = 17'000;
  for (int i = 0; i < kCount; ++i) {
    const auto name = "20261122T115959Z-1-" + std::string(11, '0') + std::to_string(10'000 + i) +
                      "-m" + std::to_string(i) + "-a00.json";
    std::ofstream{queue.folder / name} << R"({"text":"a"})";
  }
  int next = 0;
  for (;;) {
    auto claims = queue.take(500);
    for (auto& claim : claims) {
      if (claim->message().id != "m" + std::to_string(next)) FAIL(claim->ticket());
      ++next;
      // Some are removed, the others let go of.
      if (next % 2 == 0) REQUIRE(queue.user.queue->ack(std::move(claim)));
    }
    if (claims.size() < 500) break;
  }
  CHECK(next == kCount);
  CHECK(names_in(queue.folder.path()).size() == kCount / 2);
}
