// The queue in Redis, against a real server.
#include "btcw/queue/stream_queue.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "btcw/queue/file_queue.h"
#include "btcw/queue/spooled_queue.h"
#include "support/fake_clock.h"
#include "support/queue_fixture.h"
#include "support/recording_log.h"
#include "support/redis_server.h"

using namespace btcw;
using test::ids_of;
using test::new_message;
using test::RedisServer;

namespace {

using Ids = std::vector<std::string>;

/// One process that works on the queue.
struct User {
  User(RedisServer& server, const Clock& clock, std::string_view name,
       milliseconds lease = seconds{20})
      : queue{make_stream_queue(
            {.prefix = "t:", .consumer = std::string{name}, .lease = lease},
            {.connect = [&server] { return server.client(); }, .clock = clock, .log = log})} {}

  test::RecordingLog log;
  std::unique_ptr<StreamQueue> queue;
};

Result<void> add(Queue& queue, std::string_view id, UtcTime due,
                 Priority priority = Priority::normal) {
  const auto message = new_message(id, due, priority);
  return queue.add(std::span{&message, 1});
}

/// The ids of all there are in that state, sorted.
Ids listed(Queue& queue, std::optional<MessageState> state = std::nullopt) {
  Ids ids;
  const auto infos = queue.list(state, SIZE_MAX).value();
  for (const MessageInfo& info : infos) ids.push_back(info.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// A client that has failed tries again after a pause only.
void wait_for_redis(Queue& queue) {
  for (int i = 0; i < 500 && !queue.list(MessageState::dead, 1); ++i) {
    std::this_thread::sleep_for(milliseconds{20});
  }
}

}  // namespace

TEST_CASE("what is due is taken from Redis, urgent before normal before low") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User user{server, clock, "a"};
  REQUIRE(add(*user.queue, "l", clock.now(), Priority::low));
  REQUIRE(add(*user.queue, "n1", clock.now()));
  REQUIRE(add(*user.queue, "n2", clock.now() - seconds{1}));
  REQUIRE(add(*user.queue, "u", clock.now(), Priority::urgent));
  REQUIRE(add(*user.queue, "later", clock.now() + seconds{1}, Priority::urgent));

  auto claims = user.queue->take(clock.now(), 10).value();

  CHECK(ids_of(claims) == Ids{"u", "n1", "n2", "l"});
  CHECK(claims[0]->message() == new_message("u", clock.now(), Priority::urgent).message);
  CHECK(claims[0]->due() == clock.now());
  CHECK(claims[0]->attempts() == 0);
  CHECK(listed(*user.queue, MessageState::claimed) == Ids{"l", "n1", "n2", "u"});
  CHECK(listed(*user.queue, MessageState::pending) == Ids{"later"});
  CHECK(user.queue->next_due().value() == clock.now() + milliseconds{500});
  for (auto& claim : claims) CHECK(user.queue->ack(std::move(claim)));
  CHECK(user.queue->next_due().value() == clock.now() + seconds{1});
  CHECK(user.queue->take(clock.now(), 10).value().empty());
  clock.advance(seconds{1});
  CHECK(user.queue->next_due().value() == clock.now());
  CHECK(ids_of(user.queue->take(clock.now(), 10).value()) == Ids{"later"});
}

TEST_CASE("a pass through the queue in Redis goes on where it was, past what was let go of") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User user{server, clock, "a"};
  for (const auto* id : {"1", "2", "3", "4", "5"}) REQUIRE(add(*user.queue, id, clock.now()));

  // What a call returns goes at once.
  CHECK(ids_of(user.queue->take(clock.now(), 2).value()) == Ids{"1", "2"});
  CHECK(ids_of(user.queue->take(clock.now(), 2).value()) == Ids{"3", "4"});
  CHECK(ids_of(user.queue->take(clock.now(), 2).value()) == Ids{"5"});
  // It was fewer: this is the next pass.
  CHECK(ids_of(user.queue->take(clock.now(), 9).value()) == Ids{"1", "2", "3", "4", "5"});
  CHECK(listed(*user.queue, MessageState::pending).size() == 5);
}

TEST_CASE("a message in Redis that was let go of is another's, or taken again by its ticket") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User one{server, clock, "one"};
  User other{server, clock, "other"};
  REQUIRE(add(*one.queue, "m", clock.now()));
  auto claims = one.queue->take(clock.now(), 1).value();
  REQUIRE(claims.size() == 1);
  const std::string ticket = claims[0]->ticket();

  CHECK(other.queue->take(clock.now(), 1).value().empty());
  CHECK(other.queue->take_again(ticket, clock.now()) == nullptr);
  claims.clear();
  auto again = one.queue->take_again(ticket, clock.now());
  REQUIRE(again != nullptr);
  CHECK(again->message().id == "m");
  CHECK(other.queue->take(clock.now(), 1).value().empty());
  again.reset();
  CHECK(one.queue->next_due().value() == clock.now());
  auto others = other.queue->take(clock.now(), 1).value();
  REQUIRE(ids_of(others) == Ids{"m"});
  CHECK(one.queue->take_again(ticket, clock.now()) == nullptr);
  CHECK(other.queue->ack(std::move(others[0])));
  CHECK(one.queue->take_again(ticket, clock.now()) == nullptr);
  CHECK(listed(*one.queue).empty());
}

TEST_CASE("a message in Redis that is put off comes back with what is known of it") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User user{server, clock, "a"};
  struct Case {
    std::string_view why;
    Queue::Attempt attempt;
    int attempts;
    bool maybe_duplicate;
  };
  const auto row = GENERATE(values<Case>({
      {"failed", Queue::Attempt::counts, 1, false},
      {"no answer", Queue::Attempt::counts_as_ambiguous, 1, true},
      {"quiet hours", Queue::Attempt::does_not_count, 0, false},
  }));
  CAPTURE(row.why);
  const DeliveryProgress progress{.delivered = 5, .plan = 0x9c3e, .refused = 0x80000002U};
  REQUIRE(add(*user.queue, "m", clock.now(), Priority::low));
  auto claims = user.queue->take(clock.now(), 1).value();
  const UtcTime later = clock.now() + seconds{30};

  CHECK(user.queue->postpone(std::move(claims.at(0)), later, row.attempt, progress));

  CHECK(user.queue->take(clock.now(), 1).value().empty());
  CHECK(user.queue->show("m").value().due == later);
  CHECK(user.queue->show("m").value().attempts == row.attempts);
  clock.advance(seconds{30});
  claims = user.queue->take(clock.now(), 1).value();
  REQUIRE(ids_of(claims) == Ids{"m"});
  CHECK(claims[0]->attempts() == row.attempts);
  CHECK(claims[0]->progress() == progress);
  CHECK(claims[0]->message().maybe_duplicate == row.maybe_duplicate);
  CHECK(claims[0]->message().priority == Priority::low);
}

TEST_CASE("dead letters in Redis are shown with why, retried and removed") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User user{server, clock, "a"};
  for (const auto* id : {"x", "y"}) REQUIRE(add(*user.queue, id, clock.now()));
  auto taken = user.queue->take(clock.now(), 5).value();
  for (auto& claim : taken) {
    REQUIRE(user.queue->bury(std::move(claim), "chat not found",
                             {.delivered = 1, .plan = 7, .refused = 2}));
  }

  CHECK(listed(*user.queue, MessageState::dead) == Ids{"x", "y"});
  CHECK(user.queue->show("x").value().reason == "chat not found");
  CHECK(user.queue->show("x").value().state == MessageState::dead);
  CHECK(user.queue->show("x").value().message->body == "text of x");
  CHECK(user.queue->show("z").error().code == Errc::not_found);
  CHECK(user.queue->retry_dead("z", clock.now()).error().code == Errc::not_found);
  CHECK(user.queue->retry_dead("x", clock.now()).value() == 1);
  CHECK(user.queue->retry_dead("x", clock.now()).error().code == Errc::not_found);
  auto claims = user.queue->take(clock.now(), 5).value();
  REQUIRE(ids_of(claims) == Ids{"x"});
  CHECK(claims[0]->progress() == DeliveryProgress{.delivered = 1, .plan = 7});
  CHECK(user.queue->ack(std::move(claims[0])));
  CHECK(user.queue->purge_dead(clock.now()).value() == 0);
  CHECK(user.queue->purge_dead(clock.now() + seconds{1}).value() == 1);
  CHECK(user.queue->retry_dead(std::nullopt, clock.now()).value() == 0);
  CHECK(listed(*user.queue).empty());
}

TEST_CASE("a message that is added to Redis twice is there once") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User user{server, clock, "a"};
  REQUIRE(add(*user.queue, "m", clock.now()));
  REQUIRE(add(*user.queue, "m", clock.now()));
  auto claims = user.queue->take(clock.now(), 5).value();
  REQUIRE(claims.size() == 1);
  REQUIRE(add(*user.queue, "m", clock.now()));
  REQUIRE(user.queue->ack(std::move(claims[0])));
  REQUIRE(add(*user.queue, "m", clock.now()));
  CHECK(user.queue->take(clock.now(), 5).value().empty());
  CHECK(server.ask({"TTL", "t:btcw:queue:done:m"}).integer > 0);
}

TEST_CASE(
    "of messages in Redis with one dedup key a second one waits for the window and the first") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User user{server, clock, "a"};
  const auto send = [&](std::string_view id) {
    auto message = new_message(id, clock.now());
    message.message.dedup_key = "btc high\n";
    return user.queue->add_once(message, seconds{60}).value();
  };
  CHECK(send("a") == "a");
  CHECK(send("b") == "a");
  clock.advance(seconds{61});
  CHECK(send("c") == "a");
  auto claims = user.queue->take(clock.now(), 5).value();
  REQUIRE(ids_of(claims) == Ids{"a"});
  REQUIRE(user.queue->ack(std::move(claims[0])));
  CHECK(send("d") == "d");
  claims = user.queue->take(clock.now(), 5).value();
  REQUIRE(user.queue->ack(std::move(claims.at(0))));
  clock.advance(seconds{59});
  CHECK(send("e") == "d");
}

TEST_CASE("what is no message in Redis is put aside, and other programs' messages are taken") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User user{server, clock, "a"};
  for (const auto* text : {R"({"text":"hi","priority":"high","x":1})", "{\"text\"", "[]", ""}) {
    server.ask({"XADD", "t:btcw:queue:normal", "*", "message", text});
  }
  server.ask({"XADD", "t:btcw:queue:low", "*", "something", "else"});
  server.ask({"ZADD", "t:btcw:queue:delayed", "5", "nonsense"});

  auto claims = user.queue->take(clock.now(), 10).value();

  REQUIRE(claims.size() == 1);
  CHECK(claims[0]->message().body == "hi");
  CHECK_THAT(claims[0]->message().extra_json, Catch::Contains(R"("x":1)"));
  const std::string id = claims[0]->message().id;
  CHECK(id.substr(0, 6) == "redis-");
  CHECK(user.log.count(LogLevel::warning) == 4);
  CHECK(listed(*user.queue, MessageState::corrupt).size() == 5);
  CHECK(user.queue->postpone(std::move(claims[0]), clock.now(), Queue::Attempt::counts, {}));
  CHECK(ids_of(user.queue->take(clock.now(), 10).value()) == Ids{id});
}

TEST_CASE("what a consumer of Redis died with is another's after the lease, and no sooner") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const SystemClock clock;
  constexpr milliseconds kLease{1200};
  User living{server, clock, "living", kLease};
  REQUIRE(add(*living.queue, "a", clock.now()));
  REQUIRE(add(*living.queue, "b", clock.now()));
  auto kept = living.queue->take(clock.now(), 1).value();
  REQUIRE(ids_of(kept) == Ids{"a"});
  // As a consumer does that is killed in the next moment.
  server.ask({"XREADGROUP", "GROUP", "btcw", "dead", "STREAMS", "t:btcw:queue:normal", ">"});
  User other{server, clock, "other", kLease};

  CHECK(other.queue->take(clock.now(), 5).value().empty());
  CHECK(other.queue->next_due().value() <= clock.now() + seconds{1});
  std::vector<std::unique_ptr<Claim>> claims;
  for (int i = 0; i < 200 && claims.empty(); ++i) {
    std::this_thread::sleep_for(milliseconds{20});
    claims = other.queue->take(clock.now(), 5).value();
  }
  CHECK(ids_of(claims) == Ids{"b"});
  // Three leases later what a living one holds is its own still.
  for (int i = 0; i < 18; ++i) {
    std::this_thread::sleep_for(milliseconds{100});
    CHECK(other.queue->take(clock.now(), 5).value().empty());
  }
}

TEST_CASE("who was stopped for longer than its lease puts nothing off that another has") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const SystemClock clock;
  User stopped{server, clock, "stopped"};
  User other{server, clock, "other"};
  REQUIRE(add(*stopped.queue, "m", clock.now()));
  auto late = stopped.queue->take(clock.now(), 1).value();
  REQUIRE(late.size() == 1);
  const std::string entry = late[0]->ticket().substr(2);
  server.ask({"XCLAIM", "t:btcw:queue:normal", "btcw", "stopped", "0", entry, "IDLE", "60000"});
  auto claims = other.queue->take(clock.now(), 1).value();
  REQUIRE(ids_of(claims) == Ids{"m"});

  CHECK(stopped.queue->postpone(std::move(late[0]), clock.now(), Queue::Attempt::counts, {}));

  CHECK(stopped.queue->take(clock.now(), 5).value().empty());
  CHECK(listed(*other.queue, MessageState::claimed) == Ids{"m"});
  CHECK(other.queue->ack(std::move(claims[0])));
  CHECK(listed(*other.queue).empty());
}

TEST_CASE("what was dealt with while Redis was away is settled when it is back") {
  if (!RedisServer::is_there()) return;
  RedisServer server{{"--appendonly", "yes", "--appendfsync", "always"}};
  const test::FakeClock clock;
  User user{server, clock, "a"};
  for (const auto* id : {"1", "2", "3"}) REQUIRE(add(*user.queue, id, clock.now()));
  auto claims = user.queue->take(clock.now(), 5).value();
  REQUIRE(claims.size() == 3);
  server.kill();

  CHECK(user.queue->ack(std::move(claims[0])));
  CHECK(user.queue->postpone(std::move(claims[1]), clock.now() + seconds{9}, Queue::Attempt::counts,
                             {}));
  CHECK(user.queue->bury(std::move(claims[2]), "no", {}));
  CHECK_FALSE(user.queue->next_due());
  server.start();
  wait_for_redis(*user.queue);

  CHECK(user.log.count(LogLevel::warning, "Redis is away") == 1);
  CHECK(user.log.count(LogLevel::warning, "Redis is back") == 1);
  CHECK(listed(*user.queue, MessageState::pending) == Ids{"2"});
  CHECK(listed(*user.queue, MessageState::dead) == Ids{"3"});
  CHECK(listed(*user.queue, MessageState::claimed).empty());
}

TEST_CASE("a Redis out of memory takes no message, and lets go what it has") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  User user{server, clock, "a"};
  REQUIRE(add(*user.queue, "m", clock.now()));
  REQUIRE(add(*user.queue, "later", clock.now() + seconds{1}));
  server.ask({"CONFIG", "SET", "maxmemory", "1"});

  const auto refused = add(*user.queue, "n", clock.now());

  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::unavailable);
  auto claims = user.queue->take(clock.now() + seconds{2}, 5).value();
  REQUIRE(ids_of(claims) == Ids{"m"});
  CHECK(user.queue->ack(std::move(claims[0])));
  server.ask({"CONFIG", "SET", "maxmemory", "0"});
  REQUIRE(add(*user.queue, "n", clock.now()));
  CHECK(listed(*user.queue, MessageState::pending) == Ids{"later", "n"});
}

TEST_CASE("consumers of Redis go with their process, and never with what they hold") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  const auto consumers = [&] {
    return server.ask({"XINFO", "CONSUMERS", "t:btcw:queue:normal", "btcw"}).items.size();
  };
  {
    User user{server, clock, "a"};
    for (const auto* id : {"1", "2"}) REQUIRE(add(*user.queue, id, clock.now()));
    auto claims = user.queue->take(clock.now(), 1).value();
    CHECK(user.queue->ack(std::move(claims.at(0))));
    CHECK(consumers() == 1);
  }
  CHECK(consumers() == 0);
  {
    User user{server, clock, "b"};
    CHECK(user.queue->take(clock.now(), 1).value().size() == 1);
  }
  CHECK(consumers() == 1);
  User user{server, clock, "c"};
  CHECK(ids_of(user.queue->take(clock.now(), 1).value()) == Ids{"2"});
}

TEST_CASE("consumers of Redis that were killed and hold nothing go with the next that ends") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::FakeClock clock;
  const auto consumers = [&] {
    Ids names;
    const auto reply = server.ask({"XINFO", "CONSUMERS", "t:btcw:queue:normal", "btcw"});
    for (const RedisReply& one : reply.items) names.push_back(one.items.at(1).text);
    std::sort(names.begin(), names.end());
    return names;
  };
  constexpr milliseconds kLease{50};
  User quiet{server, clock, "quiet", kLease};
  for (const auto* id : {"1", "2"}) REQUIRE(add(*quiet.queue, id, clock.now()));
  const std::string stream = "t:btcw:queue:normal";
  const auto read =
      server.ask({"XREADGROUP", "GROUP", "btcw", "killed", "COUNT", "1", "STREAMS", stream, ">"});
  const std::string entry = read.items.at(0).items.at(1).items.at(0).items.at(0).text;
  server.ask({"XACK", stream, "btcw", entry});
  server.ask({"XDEL", stream, entry});
  auto claims = quiet.queue->take(clock.now(), 1).value();
  REQUIRE(quiet.queue->ack(std::move(claims.at(0))));
  REQUIRE(consumers() == Ids{"killed", "quiet"});
  std::this_thread::sleep_for(kLease * 4);
  const auto end_one = [&](milliseconds lease) {
    const User user{server, clock, "ends", lease};
    REQUIRE(user.queue->take(clock.now(), 1).value().empty());
  };

  end_one(seconds{20});
  CHECK(consumers() == Ids{"killed", "quiet"});
  end_one(kLease);
  CHECK(consumers().empty());
  // Who was only quiet goes on.
  REQUIRE(add(*quiet.queue, "3", clock.now()));
  CHECK(ids_of(quiet.queue->take(clock.now(), 1).value()) == Ids{"3"});
}

TEST_CASE("a message that Redis does not take waits in the folder and is moved over") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::TempFolder folder;
  const test::FakeClock clock;
  test::RecordingLog log;
  test::FaultyFiles files;
  test::SeededRandom random{1};
  const auto open_folder = [&] {
    return open_file_queue(folder / "queue", {files, clock, random, log}).value();
  };
  User user{server, clock, "a"};
  const auto queue = make_spooled_queue(std::move(user.queue), open_folder(), log);
  server.kill();
  REQUIRE(add(*queue, "m", clock.now()));
  REQUIRE(add(*queue, "later", clock.now() + seconds{5}));
  auto keyed = new_message("k", clock.now());
  keyed.message.dedup_key = "key";
  CHECK(queue->add_once(keyed, seconds{9}).value() == "k");
  CHECK(log.count(LogLevel::warning) == 1);
  CHECK_FALSE(queue->take(clock.now(), 5));
  CHECK(listed(*open_folder()) == Ids{"k", "later", "m"});

  server.start();
  wait_for_redis(*queue);
  clock.advance(seconds{3});
  auto claims = queue->take(clock.now(), 5).value();

  CHECK(ids_of(claims) == Ids{"m", "k"});
  CHECK(listed(*open_folder()) == Ids{"later"});
  CHECK(server.ask({"XLEN", "t:btcw:queue:normal"}).integer == 2);
  for (auto& claim : claims) CHECK(queue->ack(std::move(claim)));
  CHECK(listed(*queue) == Ids{"later"});
  CHECK(queue->next_due().value() == clock.now() + seconds{2});
}

TEST_CASE("what only this host can deliver never goes to Redis") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const test::TempFolder folder;
  const test::FakeClock clock;
  test::RecordingLog log;
  test::FaultyFiles files;
  test::SeededRandom random{1};
  User user{server, clock, "a"};
  const auto queue = make_spooled_queue(
      std::move(user.queue), open_file_queue(folder / "queue", {files, clock, random, log}).value(),
      log);
  std::vector<Queue::NewMessage> messages{new_message("url", clock.now()),
                                          new_message("file", clock.now()),
                                          new_message("any", clock.now())};
  messages[0].message.channels = {"adhoc:0123"};
  messages[1].message.attachments = {"/tmp/chart.png"};
  REQUIRE(queue->add(messages));
  CHECK(server.ask({"XLEN", "t:btcw:queue:normal"}).integer == 1);
  CHECK(listed(*queue) == Ids{"any", "file", "url"});

  auto claims = queue->take(clock.now(), 9).value();

  CHECK(ids_of(claims) == Ids{"url", "file", "any"});
  CHECK(queue->postpone(std::move(claims[0]), clock.now(), Queue::Attempt::counts, {}));
  CHECK(queue->bury(std::move(claims[1]), "no", {}));
  const std::string ticket = claims[2]->ticket();
  claims.clear();
  CHECK(queue->take_again(ticket, clock.now()) != nullptr);
  CHECK(queue->show("url").value().attempts == 1);
  CHECK(queue->retry_dead("file", clock.now()).value() == 1);
  CHECK(queue->retry_dead(std::nullopt, clock.now()).value() == 0);
  CHECK(queue->purge_dead(clock.now()).value() == 0);
  CHECK(ids_of(queue->take(clock.now(), 9).value()).size() == 3);
}
