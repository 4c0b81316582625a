#include "btcw/watch/outbox.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "btcw/queue/file_queue.h"
#include "support/child_process.h"
#include "support/fake_clock.h"
#include "support/faulty_files.h"
#include "support/queue_fixture.h"
#include "support/recording_log.h"
#include "support/seeded_random.h"
#include "support/temp_folder.h"

using namespace btcw;
using namespace btcw::test;
namespace fs = std::filesystem;

namespace {

/// A process with its journal and its outbox.
struct Sender {
  explicit Sender(const TempFolder& folder, std::string_view queue = "queue")
      : journal{open_journal(folder / "watch.db").value()},
        outbox{folder / queue, {*journal, {files, clock, random, log}, log}} {}

  FakeClock clock;
  FaultyFiles files;
  SeededRandom random{1};
  RecordingLog log;
  std::unique_ptr<Journal> journal;
  Outbox outbox;
};

/// Delivers all that is in the queue, and returns the ids.
std::vector<std::string> drain(const fs::path& folder) {
  const FakeClock clock;
  QueueUser user{folder, clock};
  auto claims = user.queue->take(clock.now() + std::chrono::hours{1}, 100).value();
  std::vector<std::string> ids = ids_of(claims);
  for (auto& claim : claims) REQUIRE(user.queue->ack(std::move(claim)));
  return ids;
}

JournalChanges progress(std::string value) { return {.progress = {{"p", std::move(value)}}}; }

std::vector<Queue::NewMessage> messages(std::size_t count) {
  std::vector<Queue::NewMessage> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(new_message("m" + std::to_string(i), FakeClock{}.now()));
  }
  return all;
}

}  // namespace

TEST_CASE("an outbox puts messages into the queue together with what made them") {
  const TempFolder folder;
  Sender sender{folder};
  REQUIRE(sender.outbox.recover());
  const auto count = GENERATE(std::size_t{1}, std::size_t{7});

  REQUIRE(sender.outbox.commit(progress("1"), messages(count)));

  CHECK(sender.journal->progress("p").value() == "1");
  CHECK(sender.outbox.waiting() == 0);
  CHECK(sender.outbox.due() == SteadyTime::max());
  CHECK(drain(folder / "queue").size() == count);
  REQUIRE(sender.outbox.finish());
  CHECK(sender.journal->outbox(9).value().empty());
  CHECK(names_in(folder / "queue" / ".outbox" / sender.journal->identity()).empty());
}

TEST_CASE("an outbox that is killed at any call loses no message and sends none twice") {
  const auto count = GENERATE(std::size_t{1}, std::size_t{5});
  const bool before = GENERATE(true, false);
  std::size_t calls = 0;
  {
    const TempFolder folder;
    Sender sender{folder};
    REQUIRE(sender.outbox.recover());
    REQUIRE(sender.outbox.commit(progress("1"), messages(count)));
    calls = sender.files.count();
  }
  REQUIRE(calls > 5);
  for (std::size_t call = 1; call <= calls; ++call) {
    CAPTURE(count, before, call);
    const TempFolder folder;
    ChildProcess child{[&] {
      Sender sender{folder};
      before ? sender.files.kill_before(call) : sender.files.kill_after(call);
      if (!sender.outbox.recover()) return 2;
      return sender.outbox.commit(progress("1"), messages(count)) ? 0 : 3;
    }};
    REQUIRE(child.wait() == 128 + SIGKILL);
    // Somebody delivers before the next process comes.
    std::vector<std::string> delivered = drain(folder / "queue");

    Sender next{folder};
    REQUIRE(next.outbox.recover());
    if (!next.journal->progress("p").value()) {
      CHECK(delivered.empty());
      REQUIRE(next.outbox.commit(progress("1"), messages(count)));
    }

    for (const std::string& id : drain(folder / "queue")) delivered.push_back(id);
    std::sort(delivered.begin(), delivered.end());
    CHECK(delivered.size() == count);
    CHECK(std::unique(delivered.begin(), delivered.end()) == delivered.end());
    REQUIRE(next.outbox.finish());
    CHECK(next.journal->outbox(9).value().empty());
  }
}

TEST_CASE("messages wait in the journal while the queue cannot be written to") {
  const TempFolder folder;
  Sender sender{folder};
  REQUIRE(sender.outbox.recover());
  const auto kind = GENERATE(FaultyFiles::Kind::open, FaultyFiles::Kind::write,
                             FaultyFiles::Kind::fdatasync, FaultyFiles::Kind::rename);
  sender.files.fail_kind(kind, ENOSPC);

  REQUIRE(sender.outbox.commit(progress("1"), messages(1)));
  CHECK(sender.journal->progress("p").value() == "1");
  CHECK(sender.outbox.waiting() == 1);
  CHECK(sender.log.count("the queue cannot be written to") == 1);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(sender.outbox.due() != SteadyTime::max());
    sender.clock.wait_until(sender.outbox.due(), {});
    REQUIRE(sender.outbox.tend());
  }
  CHECK(sender.log.count("the queue cannot be written to") == 1);
  CHECK(drain(folder / "queue").empty());
  REQUIRE(sender.outbox.commit(progress("2"), {}));

  sender.files.heal();
  sender.clock.wait_until(sender.outbox.due(), {});
  REQUIRE(sender.outbox.tend());

  CHECK(sender.outbox.waiting() == 0);
  CHECK(sender.outbox.due() == SteadyTime::max());
  CHECK(drain(folder / "queue") == std::vector<std::string>{"m0"});
}

TEST_CASE("what waited for the queue is sent by the next process, in order") {
  const TempFolder folder;
  {
    Sender sender{folder};
    REQUIRE(sender.outbox.recover());
    sender.files.fail_kind(FaultyFiles::Kind::write, EDQUOT);
    REQUIRE(sender.outbox.commit({}, messages(3)));
  }

  Sender next{folder};
  REQUIRE(next.outbox.recover());

  CHECK(next.outbox.waiting() == 0);
  CHECK(drain(folder / "queue") == std::vector<std::string>{"m0", "m1", "m2"});
}

TEST_CASE("a message that was on its way when the folder of the queue changed arrives once") {
  const TempFolder folder;
  {
    Sender sender{folder};
    REQUIRE(sender.outbox.recover());
    const bool published = GENERATE(true, false);
    if (!published) sender.files.fail_kind(FaultyFiles::Kind::rename, EIO);
    REQUIRE(sender.outbox.commit({}, messages(1)));
  }

  Sender next{folder, "other"};
  REQUIRE(next.outbox.recover());
  REQUIRE(next.outbox.finish());

  CHECK(drain(folder / "queue") == std::vector<std::string>{"m0"});
  CHECK(drain(folder / "other").empty());
  CHECK(next.journal->outbox(9).value().empty());
}

TEST_CASE("a message whose id is none is refused and changes nothing") {
  const TempFolder folder;
  Sender sender{folder};
  REQUIRE(sender.outbox.recover());
  const std::string too_long(70, 'x');

  const auto sent =
      sender.outbox.commit(progress("1"), std::vector{new_message(too_long, FakeClock{}.now())});

  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == Errc::invalid_input);
  CHECK(sender.journal->progress("p").value() == std::nullopt);
  CHECK(sender.outbox.waiting() == 0);
}

TEST_CASE("messages go to another queue from when that is said, also those that wait") {
  const TempFolder folder;
  std::ofstream{folder / "queue"} << "no folder";
  Sender sender{folder};
  REQUIRE(sender.outbox.recover());
  auto two = messages(2);
  REQUIRE(sender.outbox.commit(progress("1"), std::span{two}.first(1)));
  CHECK(sender.outbox.waiting() == 1);

  sender.outbox.use_queue(folder / "other");
  REQUIRE(sender.outbox.tend());
  CHECK(sender.outbox.waiting() == 0);
  REQUIRE(sender.outbox.commit(progress("2"), std::span{two}.last(1)));

  CHECK(drain(folder / "other").size() == 2);
}

TEST_CASE("a message that lies ready in one queue arrives there though another is in use") {
  const TempFolder folder;
  Sender sender{folder};
  REQUIRE(sender.outbox.recover());
  // It is staged; its publication fails.
  sender.files.fail_kind(FaultyFiles::Kind::rename, EIO);
  REQUIRE(sender.outbox.commit(progress("1"), messages(1)));
  REQUIRE(sender.outbox.waiting() == 1);
  sender.files.heal();

  sender.outbox.use_queue(folder / "other");
  REQUIRE(sender.outbox.tend());

  CHECK(sender.outbox.waiting() == 0);
  CHECK(drain(folder / "queue").size() == 1);
  CHECK_FALSE(fs::exists(folder / "other"));
}
