// Who waits for the queue in Redis hears at once that something was added, and asks seldom.
#include <fmt/format.h>
#include <poll.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "btcw/queue/file_queue.h"
#include "btcw/queue/spooled_queue.h"
#include "btcw/queue/stream_queue.h"
#include "btcw/redis/redis_subscription.h"
#include "support/fake_clock.h"
#include "support/queue_fixture.h"
#include "support/recording_log.h"
#include "support/redis_server.h"
#include "support/run_btcw.h"

using namespace btcw;
using namespace btcw::test;

namespace {

bool is_readable(int fd, milliseconds limit) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, static_cast<int>(limit.count())) == 1;
}

constexpr milliseconds kSoon = seconds{3};  ///< before anybody would look anyway
constexpr milliseconds kMoment{200};

struct User {
  User(RedisServer& server, const Clock& clock, std::string_view name)
      : queue{make_stream_queue(
            {.prefix = "t:", .consumer = std::string{name}},
            {.connect = [&server] { return server.client(); }, .clock = clock, .log = log})} {}

  RecordingLog log;
  std::unique_ptr<StreamQueue> queue;
};

Queue::NewMessage keyed(std::string_view id, UtcTime due) {
  auto message = new_message(id, due);
  message.message.dedup_key = id;
  return message;
}

}  // namespace

TEST_CASE("whatever is added to the queue in Redis is heard of, until the next pass") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const FakeClock clock;
  User one{server, clock, "one"};
  User other{server, clock, "other"};
  const int fd = one.queue->wake_fd();
  REQUIRE(fd >= 0);
  CHECK(one.queue->wake_fd() == fd);
  // That it listens now is a reason to look: something may have come before.
  REQUIRE(is_readable(fd, seconds{10}));
  REQUIRE(one.queue->take(clock.now(), 9).value().empty());
  CHECK_FALSE(is_readable(fd, kMoment));

  SECTION("a message that is due") {
    const auto message = new_message("m", clock.now());
    REQUIRE(other.queue->add(std::span{&message, 1}));
  }
  SECTION("one that is due later") {
    const auto message = new_message("m", clock.now() + seconds{60});
    REQUIRE(other.queue->add(std::span{&message, 1}));
  }
  SECTION("one with a dedup key") {
    REQUIRE(other.queue->add_once(keyed("m", clock.now()), seconds{60}));
  }
  SECTION("a dead one that is retried") {
    const auto message = new_message("m", clock.now());
    REQUIRE(other.queue->add(std::span{&message, 1}));
    auto claims = other.queue->take(clock.now(), 1).value();
    REQUIRE(other.queue->bury(std::move(claims.at(0)), "no", {}));
    REQUIRE(is_readable(fd, kSoon));
    REQUIRE(one.queue->take(clock.now(), 9).value().empty());
    REQUIRE_FALSE(is_readable(fd, kMoment));
    REQUIRE(other.queue->retry_dead("m", clock.now()).value() == 1);
  }
  CHECK(is_readable(fd, kSoon));
  static_cast<void>(one.queue->take(clock.now(), 9).value());
  CHECK_FALSE(is_readable(fd, kMoment));
}

TEST_CASE("what is there already, or settled, wakes nobody") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const FakeClock clock;
  User one{server, clock, "one"};
  User other{server, clock, "other"};
  const auto message = new_message("m", clock.now());
  REQUIRE(other.queue->add(std::span{&message, 1}));
  const int fd = one.queue->wake_fd();
  REQUIRE(is_readable(fd, seconds{10}));
  auto claims = one.queue->take(clock.now(), 9).value();
  REQUIRE(claims.size() == 1);

  REQUIRE(other.queue->add(std::span{&message, 1}));
  REQUIRE(one.queue->postpone(std::move(claims[0]), clock.now() + seconds{60},
                              Queue::Attempt::counts, {}));

  CHECK_FALSE(is_readable(fd, kMoment));
}

TEST_CASE("who waits for Redis looks again when it was away, and for what is added in silence") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const FakeClock clock;
  User user{server, clock, "one"};
  const int fd = user.queue->wake_fd();
  REQUIRE(is_readable(fd, seconds{10}));
  static_cast<void>(user.queue->take(clock.now(), 9));
  SECTION("it was away") {
    server.kill();
    REQUIRE(is_readable(fd, seconds{10}));
    static_cast<void>(user.queue->take(clock.now(), 9));
    server.start();
    CHECK(is_readable(fd, seconds{10}));
  }
  SECTION("another program has added something") {
    server.ask({"XADD", "t:btcw:queue:normal", "*", "message", R"({"text":"x"})"});
    CHECK(is_readable(fd, seconds{10}));
    CHECK(user.queue->take(clock.now(), 9).value().size() == 1);
  }
}

TEST_CASE("the queue with a folder beside it hears of both") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const TempFolder folder;
  const FakeClock clock;
  RecordingLog log;
  FaultyFiles files;
  SeededRandom random{1};
  const auto open_folder = [&] {
    return open_file_queue(folder / "queue", {files, clock, random, log}).value();
  };
  User user{server, clock, "one"};
  User other{server, clock, "other"};
  const auto queue = make_spooled_queue(std::move(user.queue), open_folder(), log);
  const int fd = queue->wake_fd();
  REQUIRE(fd >= 0);
  REQUIRE(is_readable(fd, seconds{10}));
  REQUIRE(queue->take(clock.now(), 9).value().empty());
  REQUIRE_FALSE(is_readable(fd, kMoment));

  const auto message = new_message("m", clock.now());
  SECTION("Redis") { REQUIRE(other.queue->add(std::span{&message, 1})); }
  SECTION("the folder") { REQUIRE(open_folder()->add(std::span{&message, 1})); }

  CHECK(is_readable(fd, kSoon));
  CHECK(queue->take(clock.now(), 9).value().size() == 1);
  // What was moved over is said, too.
  REQUIRE(queue->wake_fd() == fd);
}

TEST_CASE("a subscription ends at once, also while Redis is away") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  std::atomic<int> failures = 0;
  std::atomic<int> connects = 0;
  std::atomic<int> silences = 0;
  const auto start = [&] {
    return RedisSubscription::start({.channels = {"c"}, .silence = milliseconds{50}},
                                    server.client(),
                                    {.on_connect = [&] { ++connects; },
                                     .on_silence = [&] { ++silences; },
                                     .on_failure = [&](const Error&) { ++failures; }})
        .value();
  };
  const auto comes_true = [](const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + seconds{20};
    while (!condition() && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(milliseconds{5});
    }
    return condition();
  };
  auto subscription = start();
  CHECK(comes_true([&] { return connects == 1 && silences >= 2; }));
  auto before = std::chrono::steady_clock::now();
  subscription.reset();
  CHECK(std::chrono::steady_clock::now() - before < seconds{2});
  server.kill();
  subscription = start();
  CHECK(comes_true([&] { return failures >= 3; }));
  before = std::chrono::steady_clock::now();
  subscription.reset();
  CHECK(std::chrono::steady_clock::now() - before < seconds{2});
  CHECK(connects == 1);
}

TEST_CASE("what one host notifies another that follows delivers at once, and asks seldom") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const std::string config =
      fmt::format("[deployment]\nqueue = \"redis\"\n[redis]\nurl = \"{}\"\n", server.url());
  const Sandbox one{BTCW_EXECUTABLE};
  const Sandbox other{BTCW_EXECUTABLE};
  one.write_config(config);
  other.write_config(config);
  const auto delivered = [&] {
    std::ifstream file{other.root() / "state/btcw/notifications.ndjson"};
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    return lines;
  };
  const auto scripts = [&] {
    const std::string stats = server.text({"INFO", "commandstats"});
    const auto at = stats.find("cmdstat_eval:calls=");
    return at == std::string::npos ? 0 : std::stoi(stats.substr(at + 19));
  };
  auto drain = other.start({.arguments = {"queue-drain", "--follow"}});
  REQUIRE(one.run({"notify", "first"}).exit_code == 0);
  for (int i = 0; i < 500 && delivered() < 1; ++i) std::this_thread::sleep_for(milliseconds{20});
  REQUIRE(delivered() == 1);

  // A look every five seconds may fall into one of them, not into each.
  for (std::size_t i = 2; i <= 6; ++i) {
    std::this_thread::sleep_for(milliseconds{300});
    REQUIRE(one.run({"notify", "next"}).exit_code == 0);
    const auto sent = std::chrono::steady_clock::now();
    while (delivered() < i && std::chrono::steady_clock::now() - sent < seconds{20}) {
      std::this_thread::sleep_for(milliseconds{5});
    }
    const auto took = std::chrono::steady_clock::now() - sent;
    INFO("delivered after " << std::chrono::floor<milliseconds>(took).count() << " ms");
    CHECK(took < seconds{2});
  }
  const int before = scripts();
  std::this_thread::sleep_for(seconds{3});
  // Two to a look; once a second it would be six.
  CHECK(scripts() - before <= 3);

  const auto told = std::chrono::steady_clock::now();
  drain.signal(SIGTERM);
  CHECK(drain.wait().exit_code == 0);
  CHECK(std::chrono::steady_clock::now() - told < seconds{3});
}
