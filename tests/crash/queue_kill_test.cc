// Producers and consumers of the file queue are killed at every system call and at random.
#include <time.h>  // NOLINT(modernize-deprecated-headers): nanosleep is not in <ctime>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "support/child_process.h"
#include "support/crash_notes.h"
#include "support/queue_fixture.h"
#include "support/scale.h"
#include "support/temp_folder.h"

using namespace btcw;
using namespace btcw::test;

namespace fs = std::filesystem;

namespace {

void pause_for(std::chrono::microseconds time) {
  const timespec wait{.tv_sec = time.count() / 1'000'000,
                      .tv_nsec = time.count() % 1'000'000 * 1000};
  ::nanosleep(&wait, nullptr);
}

std::vector<Queue::NewMessage> batch(std::string_view prefix, int count, UtcTime due) {
  std::vector<Queue::NewMessage> messages;
  for (int i = 0; i < count; ++i)
    messages.push_back(new_message(std::string{prefix} + std::to_string(i), due));
  return messages;
}

/// What is in a queue folder after a crash: every message complete, ids and their states.
std::map<std::string, MessageState> contents(const fs::path& folder) {
  const SystemClock clock;
  const QueueUser user{folder, clock, 99};
  std::map<std::string, MessageState> all;
  const auto infos = user.queue->list(std::nullopt, SIZE_MAX).value();
  for (const auto& info : infos) {
    CAPTURE(info.id);
    CHECK(all.emplace(info.id, info.state).second);
    REQUIRE(info.state != MessageState::corrupt);
    REQUIRE(info.message.has_value());
    CHECK(info.message->body == "text of " + info.id);
  }
  return all;
}

void empty(const TempFolder& folder) {
  for (const auto& entry : fs::directory_iterator{folder.path()}) fs::remove_all(entry.path());
}

enum class Moment { before_call, after_call };

/// Runs `work` in children that are killed before, then after each of its calls; `check` looks at
/// what each has left. Ends with the first that has no call left to be killed at.
void kill_at_every_call(const std::function<void(const TempFolder&)>& prepare,
                        const std::function<int(QueueUser&, const TempFolder&)>& work,
                        const std::function<void(const TempFolder&)>& check) {
  const TempFolder folder;
  for (const auto moment : {Moment::before_call, Moment::after_call}) {
    for (std::size_t number = 1;; ++number) {
      CAPTURE(number, moment == Moment::before_call);
      REQUIRE(number < 1000);
      empty(folder);
      prepare(folder);
      const int status = ChildProcess{[&] {
                           const SystemClock clock;
                           QueueUser user{folder / "queue", clock, number};
                           user.files.heal();
                           if (moment == Moment::before_call) user.files.kill_before(number);
                           if (moment == Moment::after_call) user.files.kill_after(number);
                           return work(user, folder);
                         }}.wait();
      check(folder);
      if (status == 0) break;
      REQUIRE(status == 128 + SIGKILL);
    }
  }
}

}  // namespace

TEST_CASE("a producer killed at any call loses no message that it was told is safe") {
  const int count = GENERATE(1, 3, 5);
  CAPTURE(count);
  kill_at_every_call([](const TempFolder&) {},
                     [count](QueueUser& user, const TempFolder& folder) {
                       const CrashNotes notes{folder / "added"};
                       for (const auto* prefix : {"a", "b"}) {
                         if (!user.queue->add(batch(prefix, count, SystemClock{}.now()))) return 1;
                         for (int i = 0; i < count; ++i) notes.add(prefix + std::to_string(i));
                       }
                       return 0;
                     },
                     [](const TempFolder& folder) {
                       const auto left = contents(folder / "queue");
                       for (const auto& [id, times] : CrashNotes::read(folder / "added"))
                         CHECK(left.at(id) == MessageState::pending);
                     });
}

TEST_CASE("a consumer killed at any call loses no message and delivers at most one again") {
  const auto* end = GENERATE("ack", "postpone", "bury");
  CAPTURE(end);
  constexpr int kCount = 3;
  kill_at_every_call(
      [](const TempFolder& folder) {
        const SystemClock clock;
        const QueueUser user{folder / "queue", clock};
        REQUIRE(user.queue->add(batch("m", kCount, clock.now())));
      },
      [end](QueueUser& user, const TempFolder& folder) {
        const SystemClock clock;
        const CrashNotes notes{folder / "delivered"};
        for (;;) {
          auto claims = user.queue->take(clock.now(), 1);
          if (!claims) return 1;
          if (claims->empty()) return 0;
          auto& claim = claims->front();
          const auto id = claim->message().id;
          Result<void> done;
          if (end == std::string_view{"ack"}) {
            notes.add(id);
            done = user.queue->ack(std::move(claim));
          } else if (end == std::string_view{"bury"}) {
            done = user.queue->bury(std::move(claim), "no", {});
          } else {
            done = user.queue->postpone(std::move(claim), clock.now() + seconds{3600},
                                        Queue::Attempt::counts, {});
          }
          if (!done) return 1;
        }
      },
      [](const TempFolder& folder) {
        const auto left = contents(folder / "queue");
        const auto delivered = CrashNotes::read(folder / "delivered");
        int again = 0;
        for (int i = 0; i < kCount; ++i) {
          const auto id = "m" + std::to_string(i);
          CAPTURE(id);
          CHECK((left.contains(id) || delivered.contains(id)));
          if (left.contains(id) && delivered.contains(id)) ++again;
        }
        CHECK(again <= 1);
        // A dead letter has its reason, whenever its undertaker died.
        const SystemClock clock;
        const QueueUser user{folder / "queue", clock};
        const auto dead = user.queue->list(MessageState::dead, SIZE_MAX).value();
        for (const auto& one : dead) CHECK(one.reason == "no");
      });
}

TEST_CASE("killed producers and consumers under load lose nothing and double next to nothing") {
  const int kills = scale("BTCW_QUEUE_KILLS", 150);
  const TempFolder folder;
  const auto queue = folder / "queue";
  const SystemClock clock;
  { const QueueUser makes{queue, clock}; }

  const auto produce = [&](int seed) {
    const QueueUser user{queue, clock, static_cast<std::uint64_t>(seed) + 1000};
    const CrashNotes added{folder / "added"};
    for (int n = 0;; ++n) {
      const auto prefix = "p" + std::to_string(seed) + "-" + std::to_string(n) + "-";
      const int count = n % 4 == 0 ? 10 : 1;
      if (!user.queue->add(batch(prefix, count, clock.now()))) return 1;
      for (int i = 0; i < count; ++i) added.add(prefix + std::to_string(i));
    }
  };
  const auto consume = [&](int seed) {
    const QueueUser user{queue, clock, static_cast<std::uint64_t>(seed) + 2000};
    const CrashNotes delivered{folder / "delivered"};
    for (int n = 0;; ++n) {
      auto claims = user.queue->take(clock.now(), 4);
      if (!claims) return 1;
      if (claims->empty()) pause_for(milliseconds{2});
      for (auto& claim : *claims) {
        if (n % 7 == 0) continue;  // let go of
        if (n % 5 == 0 && claim->attempts() < 2) {
          if (!user.queue->postpone(std::move(claim), clock.now(), Queue::Attempt::counts, {}))
            return 1;
        } else if (n % 11 == 0) {
          if (!user.queue->bury(std::move(claim), "no", {})) return 1;
        } else {
          delivered.add(claim->message().id);
          if (!user.queue->ack(std::move(claim))) return 1;
        }
      }
    }
  };

  std::mt19937 random{42};
  int killed_consumers = 0;
  int next_seed = 0;
  std::vector<ChildProcess> producers;
  std::vector<ChildProcess> consumers;
  const auto start = [&](std::vector<ChildProcess>& group, const auto& work) {
    group.emplace_back([&work, seed = next_seed++] { return work(seed); });
  };
  for (int i = 0; i < 2; ++i) start(producers, produce);
  for (int i = 0; i < 3; ++i) start(consumers, consume);
  for (int i = 0; i < kills; ++i) {
    pause_for(std::chrono::microseconds{random() % 20'000});
    const bool is_producer = random() % 2 == 0;
    auto& group = is_producer ? producers : consumers;
    // Whoever is not killed has not ended by itself either.
    ChildProcess victim = std::move(group.front());
    group.erase(group.begin());
    REQUIRE(victim.kill_and_wait() == 128 + SIGKILL);
    if (!is_producer) ++killed_consumers;
    if (is_producer) {
      start(producers, produce);
    } else {
      start(consumers, consume);
    }
  }
  for (auto& producer : producers) producer.kill_now();
  for (auto& consumer : consumers) consumer.kill_now();
  killed_consumers += static_cast<int>(consumers.size());

  const auto left = contents(queue);
  const auto added = CrashNotes::read(folder / "added");
  const auto delivered = CrashNotes::read(folder / "delivered");
  int lost = 0;
  for (const auto& [id, times] : added) lost += !left.contains(id) && !delivered.contains(id);
  int doubled = 0;
  for (const auto& [id, times] : delivered)
    doubled += times - 1 + static_cast<int>(left.contains(id));
  WARN(kills << " kills, " << added.size() << " added, " << delivered.size() << " delivered, "
             << left.size() << " left, " << doubled << " doubled by " << killed_consumers
             << " killed consumers");
  CHECK(added.size() > static_cast<std::size_t>(kills));
  CHECK(!delivered.empty());
  CHECK(lost == 0);
  CHECK(doubled <= killed_consumers);
}

TEST_CASE("eight consumers of one queue take every message exactly once") {
  const int count = scale("BTCW_QUEUE_MESSAGES", 4'000);
  const TempFolder folder;
  const auto queue = folder / "queue";
  const SystemClock clock;
  {
    const QueueUser user{queue, clock};
    for (int i = 0; i < count; i += 1000) {
      REQUIRE(user.queue->add(
          batch("b" + std::to_string(i) + "-", std::min(1000, count - i), clock.now())));
    }
  }
  const auto begun = std::chrono::steady_clock::now();
  std::vector<ChildProcess> consumers;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    consumers.emplace_back([&, seed] {
      const QueueUser user{queue, clock, seed};
      const CrashNotes notes{folder / ("taken" + std::to_string(seed))};
      for (;;) {
        auto claims = user.queue->take(clock.now(), 16);
        if (!claims) return 1;
        if (claims->empty()) return 0;
        for (auto& claim : *claims) {
          notes.add(claim->message().id);
          if (!user.queue->ack(std::move(claim))) return 1;
        }
      }
    });
  }
  for (auto& consumer : consumers) CHECK(consumer.wait() == 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;

  std::map<std::string, int> taken;
  std::string shares;
  for (int seed = 0; seed < 8; ++seed) {
    const auto own = CrashNotes::read(folder / ("taken" + std::to_string(seed)));
    shares += " " + std::to_string(own.size());
    for (const auto& [id, times] : own) taken[id] += times;
  }
  WARN(count << " messages in " << took.count() << " s; shares:" << shares);
  CHECK(taken.size() == static_cast<std::size_t>(count));
  CHECK(std::all_of(taken.begin(), taken.end(), [](const auto& one) { return one.second == 1; }));
  CHECK(names_in(queue).empty());
}

TEST_CASE("what a killed consumer held is another's within a second") {
  const TempFolder folder;
  const SystemClock clock;
  const QueueUser user{folder / "queue", clock};
  REQUIRE(user.queue->add(batch("m", 3, clock.now())));
  ChildProcess holder{[&] {
    const QueueUser other{folder / "queue", clock, 2};
    const auto claims = other.queue->take(clock.now(), 10);
    const CrashNotes notes{folder / "held"};
    notes.add("held");
    pause_for(std::chrono::seconds{60});
    return 0;
  }};
  for (int i = 0; i < 3000 && !fs::exists(folder / "held"); ++i) pause_for(milliseconds{10});
  REQUIRE(user.queue->take(clock.now(), 10).value().empty());
  const auto look_again = user.queue->next_due().value();
  REQUIRE(look_again.has_value());
  CHECK(*look_again <= clock.now() + seconds{1});

  holder.kill_now();

  CHECK(user.queue->take(clock.now(), 10).value().size() == 3);
}
