#include <sys/file.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "btcw/queue/dedup_index.h"
#include "btcw/queue/queue_name.h"
#include "support/child_process.h"
#include "support/fake_clock.h"
#include "support/queue_fixture.h"
#include "support/temp_folder.h"

using namespace btcw;
using namespace btcw::test;
namespace fs = std::filesystem;
using std::chrono::minutes;

namespace {

struct Desk {
  Desk() : user{folder / "queue", clock}, marks{folder / "queue", files} {}

  // Sends a message under the key.
  void send(std::string_view key, const std::string& id) {
    auto held = marks.hold(key, minutes{5}, clock.now());
    REQUIRE(held);
    REQUIRE(held->taken_by().empty());
    held->sent(id, clock.now());
  }
  [[nodiscard]] std::size_t count() const {
    const fs::directory_iterator all{folder / "queue" / ".dedup"};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  TempFolder folder;
  FakeClock clock;
  PosixFiles files;
  QueueUser user;
  DedupIndex marks;
};

}  // namespace

TEST_CASE("marks of deduplication that are past their window are forgotten") {
  Desk desk;
  desk.send("old", "m1");
  desk.clock.advance(minutes{10});
  desk.send("young", "m2");
  CHECK(desk.marks.prune(desk.clock.now()).value() == 1);
  CHECK(desk.count() == 1);
  CHECK(desk.marks.hold("young", minutes{5}, desk.clock.now())->taken_by() == "m2");
  CHECK(desk.marks.hold("old", minutes{5}, desk.clock.now())->taken_by().empty());
}

TEST_CASE("a mark stays as long as its message is pending, or somebody holds it") {
  Desk desk;
  desk.send("pending", "m1");
  REQUIRE(desk.user.queue->add(std::vector{new_message("m1", desk.clock.now())}));
  desk.send("held", "m2");
  desk.clock.advance(minutes{10});
  {
    const auto held = desk.marks.hold("held", minutes{5}, desk.clock.now());
    REQUIRE(held);
    CHECK(desk.marks.prune(desk.clock.now()).value() == 0);
  }
  CHECK(desk.marks.prune(desk.clock.now()).value() == 1);
  CHECK(desk.count() == 1);
}

TEST_CASE("a mark is kept for the window that its message was sent with, not for another's") {
  Desk desk;
  auto held = desk.marks.hold("day", std::chrono::hours{24}, desk.clock.now());
  REQUIRE(held);
  held->sent("m1", desk.clock.now());
  held = desk.marks.hold("none", milliseconds{0}, desk.clock.now());
  REQUIRE(held);
  held->sent("m2", desk.clock.now());
  // As an older btcw wrote it.
  std::ofstream{desk.folder / "queue" / ".dedup" / message_id_from("old/")}
      << to_unix_ms(desk.clock.now()) << " m3\n";
  *held = {};

  CHECK(desk.marks.prune(desk.clock.now()).value() == 1);
  desk.clock.advance(std::chrono::hours{23});
  CHECK(desk.marks.prune(desk.clock.now()).value() == 0);
  CHECK(desk.marks.hold("day", std::chrono::hours{24}, desk.clock.now())->taken_by() == "m1");
  CHECK(desk.marks.hold("old", std::chrono::hours{24}, desk.clock.now())->taken_by() == "m3");
  desk.clock.advance(std::chrono::hours{1});
  CHECK(desk.marks.prune(desk.clock.now()).value() == 2);
}

TEST_CASE("marks do not pile up where only messages with a key are sent") {
  Desk desk;
  for (int i = 0; i < 600; ++i) {
    const std::string id = "m" + std::to_string(i);
    auto message = new_message(id, desk.clock.now());
    message.message.dedup_key = "key " + id;
    REQUIRE(desk.user.queue->add_once(message, minutes{5}).value() == id);
    auto claims = desk.user.queue->take(desk.clock.now(), 1).value();
    REQUIRE(claims.size() == 1);
    REQUIRE(desk.user.queue->ack(std::move(claims.front())));
    desk.clock.advance(minutes{1});
  }
  CHECK(desk.count() < 500);
}

TEST_CASE("without marks there is nothing to forget") {
  Desk desk;
  CHECK(desk.marks.prune(desk.clock.now()).value() == 0);
}

TEST_CASE("of two processes one sends under a key, also while marks are forgotten") {
  Desk desk;
  const fs::path sent = desk.folder / "sent";
  fs::create_directories(sent);
  ChildProcess pruning{[&] {
    DedupIndex marks{desk.folder / "queue", desk.files};
    for (;;) static_cast<void>(marks.prune(from_unix_ms(4'000'000'000'000)));
    return 0;
  }};
  const auto hold_alone = [&] {
    DedupIndex marks{desk.folder / "queue", desk.files};
    const std::string busy = sent / "busy";
    for (int i = 0; i < 300; ++i) {
      const auto held = marks.hold("key", milliseconds{0}, desk.clock.now());
      if (!held || !fs::create_directory(busy)) return 1;
      fs::remove(busy);
    }
    return 0;
  };
  ChildProcess first{hold_alone};
  ChildProcess second{hold_alone};
  CHECK(first.wait() == 0);
  CHECK(second.wait() == 0);
}
