#include <sys/file.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "btcw/queue/dedup_index.h"
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
  CHECK(desk.marks.prune(desk.clock.now() - minutes{5}).value() == 1);
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
    CHECK(desk.marks.prune(desk.clock.now() - minutes{5}).value() == 0);
  }
  CHECK(desk.marks.prune(desk.clock.now() - minutes{5}).value() == 1);
  CHECK(desk.count() == 1);
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
