#include "btcw/agenda/heartbeat_watch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "btcw/queue/file_queue.h"
#include "support/fake_clock.h"
#include "support/queue_fixture.h"
#include "support/recording_log.h"
#include "support/seeded_random.h"
#include "support/temp_folder.h"

using namespace btcw;
using namespace btcw::test;
namespace fs = std::filesystem;
using std::chrono::minutes;

namespace {

/// What a process has for heartbeats; the folder outlasts it.
struct Process {
  explicit Process(const TempFolder& place, UtcTime now, HeartbeatOptions options)
      : random{static_cast<unsigned>(to_unix_ms(now))},
        journal{open_journal(place / "watch.db").value()},
        outbox{place / "queue", {*journal, {files, clock, random, log}, log}},
        watch{{*journal, outbox, clock, random, log}} {
    clock.set(now);
    REQUIRE(outbox.recover());
    REQUIRE(watch.set(std::vector{options}, milliseconds{0}));
  }
  void look_at(UtcTime now) {
    clock.advance(now - clock.now());
    REQUIRE(watch.on_time());
  }

  FakeClock clock;
  PosixFiles files;
  SeededRandom random;
  RecordingLog log;
  std::unique_ptr<Journal> journal;
  Outbox outbox;
  HeartbeatWatch watch;
};

struct Bot {
  TempFolder place;
  fs::path file = place / "bot.log";
  UtcTime start = FakeClock{}.now();

  void beat(UtcTime at, std::string_view line = "heartbeat\n") const {
    std::ofstream{file, std::ios::app} << line;
    struct timespec times[2] = {};
    times[0].tv_sec = times[1].tv_sec = static_cast<time_t>(to_unix_ms(at) / 1000);
    REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
  }
  [[nodiscard]] HeartbeatOptions options() const {
    return {.name = "bot", .path = file, .max_age = minutes{5}};
  }
  /// The titles of all messages, which go.
  [[nodiscard]] std::vector<std::string> told() const {
    const FakeClock clock;
    QueueUser user{place / "queue", clock};
    std::vector<std::string> titles;
    auto claims = user.queue->take(clock.now() + std::chrono::hours{100}, 100).value();
    for (auto& claim : claims) {
      titles.push_back(claim->message().title);
      REQUIRE(user.queue->ack(std::move(claim)));
    }
    return titles;
  }
};

using Titles = std::vector<std::string>;

}  // namespace

TEST_CASE("a lost heartbeat is told once, over restarts too, and so is its coming back") {
  const Bot bot;
  bot.beat(bot.start);
  {
    Process process{bot.place, bot.start, bot.options()};
    process.look_at(bot.start + minutes{4});
    CHECK(bot.told().empty());
    process.look_at(bot.start + minutes{6});
    CHECK(bot.told() == Titles{"bot: no heartbeat"});
    process.look_at(bot.start + minutes{7});
    CHECK(bot.told().empty());
    CHECK_THAT(process.watch.report(), Catch::Contains("heartbeat bot: lost"));
  }
  {
    Process process{bot.place, bot.start + minutes{8}, bot.options()};
    process.look_at(bot.start + minutes{9});
    CHECK(bot.told().empty());
    bot.beat(bot.start + minutes{10});
    process.look_at(bot.start + minutes{11});
    CHECK(bot.told() == Titles{"bot: is back"});
  }
  Process process{bot.place, bot.start + minutes{12}, bot.options()};
  process.look_at(bot.start + minutes{13});
  CHECK(bot.told().empty());
}

TEST_CASE("the coming back of a heartbeat is not told where nobody wants to know") {
  const Bot bot;
  HeartbeatOptions options = bot.options();
  options.resolve = false;
  Process process{bot.place, bot.start, options};
  process.look_at(bot.start + minutes{6});
  CHECK(bot.told() == Titles{"bot: no heartbeat"});
  bot.beat(bot.start + minutes{6});
  process.look_at(bot.start + minutes{7});
  CHECK(bot.told().empty());
  process.look_at(bot.start + minutes{20});
  CHECK(bot.told() == Titles{"bot: no heartbeat"});
}

TEST_CASE("a reload leaves alone what is known of a heartbeat, and forgets another file's") {
  const Bot bot;
  bot.beat(bot.start);
  Process process{bot.place, bot.start, bot.options()};
  process.look_at(bot.start + minutes{6});
  REQUIRE(bot.told().size() == 1);
  HeartbeatOptions options = bot.options();
  options.max_age = minutes{4};
  REQUIRE(process.watch.set(std::vector{options}, milliseconds{0}));
  process.look_at(bot.start + minutes{7});
  CHECK(bot.told().empty());
  options.path = bot.place / "other";
  REQUIRE(process.watch.set(std::vector{options}, milliseconds{0}));
  process.look_at(bot.start + minutes{8});
  CHECK(bot.told().empty());
  process.look_at(bot.start + minutes{12});
  CHECK(bot.told() == Titles{"bot: no heartbeat"});
}
