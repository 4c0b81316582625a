// Producers, consumers and the server of the queue in Redis are killed.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "btcw/queue/stream_queue.h"
#include "support/child_process.h"
#include "support/crash_notes.h"
#include "support/queue_fixture.h"
#include "support/recording_log.h"
#include "support/redis_server.h"

using namespace btcw;
using namespace btcw::test;

namespace fs = std::filesystem;

namespace {

constexpr milliseconds kLease{3000};

/// What a process needs to work on the queue. After a fork, the child makes its own.
struct User {
  User(const std::string& url, int seed)
      : random{static_cast<std::uint64_t>(seed)},
        queue{make_stream_queue({.consumer = "c" + std::to_string(seed), .lease = kLease},
                                {.connect =
                                     [this, url] {
                                       return client_of(url, clock, random,
                                                        {.connect_timeout = seconds{10},
                                                         .timeout = seconds{10}});
                                     },
                                 .clock = clock,
                                 .log = log})} {}

  SystemClock clock;
  SeededRandom random;
  RecordingLog log;
  std::unique_ptr<StreamQueue> queue;
};

/// Adds messages for ever, and notes which were accepted.
int produce(const std::string& url, int seed, const fs::path& notes) {
  const User user{url, seed};
  const CrashNotes added{notes};
  for (int n = 0;; ++n) {
    std::vector<Queue::NewMessage> messages;
    for (int i = 0; i < (n % 4 == 0 ? 10 : 1); ++i) {
      messages.push_back(new_message(
          "p" + std::to_string(seed) + "-" + std::to_string(n) + "-" + std::to_string(i),
          user.clock.now()));
    }
    // While the server is down, the same ones again: an id is accepted once.
    while (!user.queue->add(messages)) std::this_thread::sleep_for(milliseconds{5});
    for (const auto& message : messages) added.add(message.message.id);
    std::this_thread::sleep_for(milliseconds{2});
  }
}

/// Takes messages for ever: delivers most, and lets go of, puts off or buries some.
int consume(const std::string& url, int seed, const fs::path& notes) {
  const User user{url, seed};
  const CrashNotes delivered{notes};
  for (int n = 0;; ++n) {
    auto claims = user.queue->take(user.clock.now(), 4);
    if (!claims || claims->empty()) {
      std::this_thread::sleep_for(milliseconds{5});
      continue;
    }
    for (auto& claim : *claims) {
      if (n % 7 == 0) continue;  // let go of
      if (n % 5 == 0 && claim->attempts() < 2) {
        if (!user.queue->postpone(std::move(claim), user.clock.now(), Queue::Attempt::counts, {}))
          return 1;
      } else if (n % 11 == 0) {
        if (!user.queue->bury(std::move(claim), "no", {})) return 1;
      } else {
        delivered.add(claim->message().id);
        if (!user.queue->ack(std::move(claim))) return 1;
      }
    }
  }
}

}  // namespace

TEST_CASE("killed producers, consumers and servers of Redis streams lose no message") {
  if (!RedisServer::is_there()) return;
  RedisServer server{{"--appendonly", "yes", "--appendfsync", "always"}};
  const TempFolder folder;
  std::mt19937 random{42};
  int next_seed = 0;
  std::vector<ChildProcess> producers;
  std::vector<ChildProcess> consumers;
  const auto start_producer = [&] {
    producers.emplace_back(
        [&, seed = next_seed++] { return produce(server.url(), seed, folder / "added"); });
  };
  const auto start_consumer = [&] {
    consumers.emplace_back(
        [&, seed = next_seed++] { return consume(server.url(), seed, folder / "delivered"); });
  };
  for (int i = 0; i < 2; ++i) start_producer();
  for (int i = 0; i < 3; ++i) start_consumer();
  constexpr int kKills = 40;
  int killed_consumers = 0;
  for (int i = 0; i < kKills; ++i) {
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 60'000});
    if (i % 10 == 9) {
      server.kill();
      server.start();
    } else if (random() % 2 == 0) {
      // Whoever is not killed has not ended by itself either.
      REQUIRE(producers.front().kill_and_wait() == 128 + SIGKILL);
      producers.erase(producers.begin());
      start_producer();
    } else {
      REQUIRE(consumers.front().kill_and_wait() == 128 + SIGKILL);
      consumers.erase(consumers.begin());
      ++killed_consumers;
      start_consumer();
    }
  }
  for (auto& producer : producers) producer.kill_now();
  for (auto& consumer : consumers) consumer.kill_now();
  killed_consumers += static_cast<int>(consumers.size());

  // What the dead held is anybody's now, and the rest is there.
  std::this_thread::sleep_for(kLease + milliseconds{200});
  std::map<std::string, int> left;
  {
    const User user{server.url(), next_seed};
    const auto dead = user.queue->list(MessageState::dead, SIZE_MAX).value();
    for (const auto& info : dead) ++left[info.id];
    for (;;) {
      auto claims = user.queue->take(user.clock.now() + seconds{3600}, 64).value();
      for (auto& claim : claims) {
        ++left[claim->message().id];
        REQUIRE(claim->message().body == "text of " + claim->message().id);
        REQUIRE(user.queue->ack(std::move(claim)));
      }
      if (claims.empty()) break;
    }
    CHECK(user.queue->list(MessageState::pending, SIZE_MAX).value().empty());
    CHECK(user.queue->list(MessageState::corrupt, SIZE_MAX).value().empty());
  }
  const auto added = CrashNotes::read(folder / "added");
  const auto delivered = CrashNotes::read(folder / "delivered");
  int lost = 0;
  for (const auto& [id, times] : added) lost += !left.contains(id) && !delivered.contains(id);
  int doubled = 0;
  for (const auto& [id, times] : delivered) {
    const auto again = left.find(id);
    doubled += times - 1 + (again == left.end() ? 0 : again->second);
  }
  WARN(kKills << " kills, " << added.size() << " added, " << delivered.size() << " delivered, "
              << left.size() << " left, " << doubled << " doubled by " << killed_consumers
              << " killed consumers");
  CHECK(added.size() > static_cast<std::size_t>(kKills));
  CHECK(!delivered.empty());
  CHECK(lost == 0);
  // Each dead consumer had delivered one message at most that it had not told of.
  CHECK(doubled <= killed_consumers);
}

TEST_CASE("five consumers of one queue in Redis take every message exactly once") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const TempFolder folder;
  constexpr int kMessages = 2000;
  {
    const User user{server.url(), 99};
    std::vector<Queue::NewMessage> messages;
    for (int i = 0; i < kMessages; ++i) {
      messages.push_back(new_message("m" + std::to_string(i), user.clock.now()));
    }
    REQUIRE(user.queue->add(messages));
  }
  std::vector<ChildProcess> consumers;
  for (int seed = 0; seed < 5; ++seed) {
    consumers.emplace_back([&, seed] {
      const User user{server.url(), seed};
      const CrashNotes notes{folder / ("taken" + std::to_string(seed))};
      for (;;) {
        auto claims = user.queue->take(user.clock.now(), 16);
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
  std::map<std::string, int> taken;
  for (int seed = 0; seed < 5; ++seed) {
    for (const auto& [id, times] : CrashNotes::read(folder / ("taken" + std::to_string(seed)))) {
      taken[id] += times;
    }
  }
  CHECK(taken.size() == kMessages);
  CHECK(std::all_of(taken.begin(), taken.end(), [](const auto& one) { return one.second == 1; }));
}
