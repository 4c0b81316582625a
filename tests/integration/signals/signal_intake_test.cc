#include "btcw/signals/signal_intake.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "btcw/queue/file_queue.h"
#include "support/child_process.h"
#include "support/fake_clock.h"
#include "support/queue_fixture.h"
#include "support/recording_log.h"
#include "support/seeded_random.h"
#include "support/temp_folder.h"

using namespace btcw;
using namespace btcw::test;
namespace fs = std::filesystem;

namespace {

std::string line(int number) {
  return R"({"pair":"P)" + std::to_string(number) +
         R"(/USDT","action":"buy","current_rate":1.5,"signal_strength":0.9})" + "\n";
}

void append(const fs::path& file, std::string_view text) {
  std::ofstream{file, std::ios::app | std::ios::binary} << text;
}

/// What a process has for its signals; the folder outlasts it.
struct Process {
  explicit Process(const TempFolder& place, SignalOptions options = {}, int seed = 1)
      : random{static_cast<unsigned>(seed)},
        journal{open_journal(place / "watch.db").value()},
        outbox{place / "queue", {*journal, {files, clock, random, log}, log}},
        intake{{*journal, outbox, clock, random, log}} {
    options.dir = place / "signals";
    fs::create_directories(options.dir);
    REQUIRE(outbox.recover());
    REQUIRE(intake.set(options, milliseconds{0}));
  }
  // Until nothing is left to be read.
  void look() {
    for (int i = 0; i < 100; ++i) {
      clock.advance(SignalIntake::kEvery);
      const auto before = intake.signals();
      REQUIRE(intake.on_time());
      if (intake.signals() == before && intake.due() > clock.steady_now()) return;
    }
  }

  FakeClock clock;
  PosixFiles files;
  SeededRandom random;
  RecordingLog log;
  std::unique_ptr<Journal> journal;
  Outbox outbox;
  SignalIntake intake;
};

struct Bot {
  TempFolder place;
  fs::path folder = place / "signals";
  Bot() { fs::create_directories(folder); }

  /// The pairs of all messages, in the order of the queue, which is emptied.
  [[nodiscard]] std::vector<std::string> told() const {
    const FakeClock clock;
    QueueUser user{place / "queue", clock};
    std::vector<std::string> pairs;
    auto claims = user.queue->take(clock.now() + std::chrono::hours{1}, 5000).value();
    for (auto& claim : claims) {
      pairs.push_back(claim->message().title);
      REQUIRE(user.queue->ack(std::move(claim)));
    }
    std::sort(pairs.begin(), pairs.end());
    return pairs;
  }
};

std::vector<std::string> titles(std::vector<int> numbers) {
  std::vector<std::string> all;
  for (const int number : numbers) all.push_back("buy P" + std::to_string(number) + "/USDT");
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("lines of a bot become messages, each once, over restarts too") {
  const Bot bot;
  append(bot.folder / "a.jsonl", line(1) + line(2));
  {
    Process process{bot.place};
    process.look();
    CHECK(bot.told() == titles({1, 2}));
    append(bot.folder / "a.jsonl", line(3));
    process.look();
    process.look();
    CHECK(bot.told() == titles({3}));
  }
  append(bot.folder / "a.jsonl", line(4));
  append(bot.folder / "b.ndjson", line(5));
  Process process{bot.place, {}, 2};
  process.look();
  CHECK(bot.told() == titles({4, 5}));
}

TEST_CASE("a line that is still being written waits for its end") {
  const Bot bot;
  const std::string whole = line(1);
  append(bot.folder / "a.log", whole.substr(0, 20));
  Process process{bot.place};
  process.look();
  CHECK(bot.told().empty());
  append(bot.folder / "a.log", whole.substr(20));
  process.look();
  CHECK(bot.told() == titles({1}));
  CHECK(process.log.count(LogLevel::warning) == 0);
}

TEST_CASE("a log that is rotated is read to its end, and the new one from its beginning") {
  const Bot bot;
  const bool is_running = GENERATE(true, false);  // while it happens
  CAPTURE(is_running);
  append(bot.folder / "a.jsonl", line(1));
  auto process = std::make_unique<Process>(bot.place);
  process->look();
  if (!is_running) process.reset();
  append(bot.folder / "a.jsonl", line(2));
  fs::rename(bot.folder / "a.jsonl", bot.folder / "a.jsonl.1");
  append(bot.folder / "a.jsonl", line(3));
  if (!is_running) process = std::make_unique<Process>(bot.place, SignalOptions{}, 2);
  process->look();
  CHECK(bot.told() == titles({1, 2, 3}));
  process->look();
  CHECK(bot.told().empty());
}

TEST_CASE("a log that is copied and emptied loses nothing and is not read twice") {
  const Bot bot;
  append(bot.folder / "a.log", line(1));
  Process process{bot.place};
  process.look();
  append(bot.folder / "a.log", line(2));
  fs::copy_file(bot.folder / "a.log", bot.folder / "a.log.1");
  process.look();
  append(bot.folder / "a.log", line(3));
  fs::copy_file(bot.folder / "a.log", bot.folder / "a.log.1", fs::copy_options::overwrite_existing);
  fs::resize_file(bot.folder / "a.log", 0);
  append(bot.folder / "a.log", line(4));
  process.look();
  process.look();
  CHECK(bot.told() == titles({1, 2, 3, 4}));
}

TEST_CASE("a log that was rotated before the first look ever is history") {
  const Bot bot;
  append(bot.folder / "a.log.2", line(1));
  append(bot.folder / "a.log", line(2));
  append(bot.folder / "a.log.1.gz", line(3));
  Process process{bot.place};
  process.look();
  CHECK(bot.told() == titles({2}));
  append(bot.folder / "b.log-20261122", line(4));
  process.look();
  CHECK(bot.told() == titles({4}));
  Process again{bot.place, {}, 2};
  again.look();
  CHECK(bot.told().empty());
}

TEST_CASE("a log that is removed is read to its end") {
  const Bot bot;
  append(bot.folder / "a.jsonl", line(1));
  Process process{bot.place};
  process.look();
  append(bot.folder / "a.jsonl", line(2));
  fs::remove(bot.folder / "a.jsonl");
  process.look();
  CHECK(bot.told() == titles({1, 2}));
  process.look();
  // Nothing is remembered of it.
  CHECK(process.journal->list_progress("signals/lines/").value().empty());
}

TEST_CASE("a log that is emptied is read from its beginning") {
  const Bot bot;
  struct Case {
    std::string_view why;
    std::vector<int> after;
  };
  const auto row = GENERATE(values<Case>({{"shorter", {3}}, {"longer", {3, 4, 5, 6}}}));
  CAPTURE(row.why);
  append(bot.folder / "a.jsonl", line(1) + line(2));
  Process process{bot.place};
  process.look();
  REQUIRE(bot.told().size() == 2);
  fs::resize_file(bot.folder / "a.jsonl", 0);
  for (const int number : row.after) append(bot.folder / "a.jsonl", line(number));
  process.look();
  CHECK(bot.told() == titles(row.after));
}

TEST_CASE("files of one signal are taken one by one and moved aside") {
  const Bot bot;
  append(bot.folder / "one.json", line(1));
  append(bot.folder / "two.json", line(2));
  Process process{bot.place};
  process.look();
  CHECK(bot.told() == titles({1, 2}));
  CHECK(fs::exists(bot.folder / ".taken" / "one.json"));
  CHECK_FALSE(fs::exists(bot.folder / "two.json"));
  append(bot.folder / "one.json", line(3));  // the name is used again
  process.look();
  CHECK(bot.told() == titles({3}));
  CHECK(fs::exists(bot.folder / ".taken" / "one.json.1"));
  process.look();
  CHECK(process.journal->list_progress("signals/file/").value().empty());
}

TEST_CASE("a file of one signal is waited for while it is being written, and then is a bad one") {
  const Bot bot;
  append(bot.folder / "one.json", line(1).substr(0, 30));
  Process process{bot.place};
  // The clock of the test is not that of the file.
  const auto written = fs::last_write_time(bot.folder / "one.json");
  static_cast<void>(written);
  struct timespec times[2] = {};
  const auto set_written = [&](UtcTime at) {
    times[0].tv_sec = times[1].tv_sec = static_cast<time_t>(to_unix_ms(at) / 1000);
    REQUIRE(::utimensat(AT_FDCWD, (bot.folder / "one.json").c_str(), times, 0) == 0);
  };
  set_written(process.clock.now());
  process.look();
  CHECK(fs::exists(bot.folder / "one.json"));
  CHECK(process.log.count(LogLevel::warning) == 0);
  set_written(process.clock.now() - seconds{60});
  process.look();
  CHECK(bot.told().empty());
  CHECK(fs::exists(bot.folder / ".bad" / "one.json"));
  CHECK(process.log.count(LogLevel::warning, "one.json: not JSON, or cut short") == 1);
}

TEST_CASE("what is no signal is told and passed over") {
  const Bot bot;
  append(bot.folder / "a.jsonl",
         line(1) + "nonsense\n\n{\"pair\":\"X/Y\"}\n" + std::string(70'000, 'x') + "\n" + line(2));
  append(bot.folder / "notes.txt", line(3));
  fs::create_directory(bot.folder / "folder.json");
  fs::create_symlink(bot.folder / "a.jsonl", bot.folder / "link.jsonl");
  REQUIRE(::mkfifo((bot.folder / "pipe.json").c_str(), 0600) == 0);
  Process process{bot.place};
  process.look();
  CHECK(bot.told() == titles({1, 2}));
  CHECK(process.log.count(LogLevel::warning, "a.jsonl: not JSON, or cut short") >= 1);
  CHECK(process.log.count(LogLevel::warning, "a.jsonl: no action") == 1);
  CHECK(process.log.count(LogLevel::warning, "more than 64 KiB") == 1);
}

TEST_CASE("a folder that is not there is told once, and read when it comes") {
  const Bot bot;
  Process process{bot.place};
  fs::remove_all(bot.folder);
  process.look();
  process.clock.advance(seconds{20});
  REQUIRE(process.intake.on_time());
  CHECK(process.log.count(LogLevel::warning, "signals: ") == 1);
  fs::create_directories(bot.folder);
  append(bot.folder / "a.jsonl", line(1));
  process.clock.advance(seconds{20});
  process.look();
  CHECK(bot.told() == titles({1}));
}

TEST_CASE("where files cannot be moved each is taken once all the same") {
  const Bot bot;
  append(bot.folder / "one.json", line(1));
  append(bot.folder / ".taken", "in the way of the folder");
  {
    Process process{bot.place};
    process.look();
    process.look();
    CHECK(process.log.count(LogLevel::warning, "cannot be moved") == 1);
  }
  Process process{bot.place, {}, 2};
  process.look();
  CHECK(bot.told() == titles({1}));
}

TEST_CASE("a process that is killed while it reads signals loses none and doubles none") {
  const Bot bot;
  constexpr int kSignals = 640;
  constexpr int kKills = 40;
  std::set<std::string> all;
  std::size_t count = 0;
  int written = 0;
  const auto collect = [&] {
    for (std::string& title : bot.told()) {
      all.insert(std::move(title));
      ++count;
    }
  };
  append(bot.folder / "a.jsonl", line(kSignals));
  {
    Process process{bot.place, {.dedup_window = milliseconds{0}}, 98};
    process.look();
  }
  for (int kill = 0; kill < kKills; ++kill) {
    ChildProcess child{[&] {
      Process process{bot.place, {.dedup_window = milliseconds{0}}, kill + 1};
      for (;;) process.look();
      return 0;
    }};
    for (int i = 0; i < kSignals / kKills; ++i, ++written) {
      if (written % 4 == 0) {
        append(bot.folder / ("." + std::to_string(written)), line(written));
        fs::rename(bot.folder / ("." + std::to_string(written)),
                   bot.folder / (std::to_string(written) + ".json"));
      } else {
        append(bot.folder / "a.jsonl", line(written));
      }
      if (i == 7)
        fs::rename(bot.folder / "a.jsonl", bot.folder / ("a.jsonl." + std::to_string(kill)));
      ::usleep(static_cast<useconds_t>((kill * 377 + i * 611) % 4000));
    }
    child.kill_now();
    collect();
  }
  Process process{bot.place, {.dedup_window = milliseconds{0}}, 99};
  process.look();
  collect();
  CHECK(all.size() == kSignals + 1);
  CHECK(count == kSignals + 1);
}
