// The connection, against a real server and against things that are none.
#include "btcw/redis/redis_client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include "btcw/base/file_descriptor.h"
#include "support/redis_server.h"
#include "support/temp_folder.h"

using namespace btcw;
using Kind = RedisReply::Kind;
using test::client_of;
using test::RedisServer;
using test::TempFolder;

namespace {

struct Bench {
  SystemClock clock;
  SystemRandom random;

  std::unique_ptr<RedisClient> client(std::string_view url,
                                      RedisClientOptions options = {.connect_timeout = seconds{10},
                                                                    .timeout = seconds{10}}) {
    return client_of(url, clock, random, std::move(options));
  }
};

Result<std::vector<RedisReply>> run(RedisClient& client,
                                    std::initializer_list<std::string_view> words) {
  RedisPipeline pipeline;
  pipeline.add(words);
  return client.run(pipeline);
}

/// A unix socket behind which one connection gets `answer`, whatever it says, and then silence.
class Impostor {
 public:
  explicit Impostor(std::string answer) : answer_{std::move(answer)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().string().copy(address.sun_path, sizeof address.sun_path - 1);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(::bind(listener_.get(), generic, sizeof address) == 0);
    REQUIRE(::listen(listener_.get(), 8) == 0);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~Impostor() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "s"; }
  [[nodiscard]] std::string url() const { return "unix://" + path().string(); }

 private:
  void serve() {
    std::vector<FileDescriptor> kept;
    for (;;) {
      FileDescriptor peer{::accept(listener_.get(), nullptr, nullptr)};
      if (!peer) return;
      char byte = 0;
      static_cast<void>(::recv(peer.get(), &byte, 1, 0));
      static_cast<void>(::send(peer.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL));
      kept.push_back(std::move(peer));
    }
  }

  TempFolder folder_;
  FileDescriptor listener_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::string answer_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("a client gets one reply to each command, of every kind") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  Bench bench;
  const auto client = bench.client(server.url());
  RedisPipeline pipeline;
  pipeline.add({"SET", "k", std::string_view{"a\0\r\nb", 5}});
  pipeline.add({"GET", "k"});
  pipeline.add({"GET", "missing"});
  pipeline.add({"INCR", "n"});
  pipeline.add({"LPUSH", "k", "x"});
  pipeline.add({"EVAL", "return {1,{'a',{}},false}", "0"});
  pipeline.add({"CLIENT", "GETNAME"});

  const auto replies = client->run(pipeline);

  REQUIRE(replies.has_value());
  REQUIRE(replies->size() == 7);
  CHECK((*replies)[0].kind == Kind::status);
  CHECK((*replies)[0].text == "OK");
  CHECK((*replies)[1].text == std::string_view{"a\0\r\nb", 5});
  CHECK((*replies)[2].kind == Kind::nil);
  CHECK((*replies)[3].kind == Kind::integer);
  CHECK((*replies)[3].integer == 1);
  CHECK((*replies)[4].is_error());
  CHECK_THAT((*replies)[4].text, Catch::StartsWith("WRONGTYPE"));
  REQUIRE((*replies)[5].items.size() == 3);
  CHECK((*replies)[5].items[1].items[0].text == "a");
  CHECK((*replies)[5].items[1].items[1].kind == Kind::array);
  CHECK((*replies)[5].items[2].kind == Kind::nil);
  CHECK((*replies)[6].text == "btcw");
  CHECK(client->connections() == 1);
}

TEST_CASE("a pipeline larger than all buffers goes through both ways") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  Bench bench;
  const auto client = bench.client(server.url());
  const std::string value(100'000, 'v');
  RedisPipeline pipeline;
  for (int i = 0; i < 100; ++i) {
    pipeline.add({"SET", "k", value});
    pipeline.add({"GET", "k"});
  }
  const auto replies = client->run(pipeline);
  REQUIRE(replies.has_value());
  REQUIRE(replies->size() == 200);
  CHECK(replies->back().text == value);
}

TEST_CASE("user, password and database are told before anything else") {
  if (!RedisServer::is_there()) return;
  RedisServer server{{"--requirepass", "hunter2", "--user", "me", "on", ">s3cret", "~*", "+@all"}};
  Bench bench;
  struct Case {
    std::string_view user;
    std::string_view tail;
    std::string_view error;  // empty: it works
  };
  const auto row = GENERATE(values<Case>({
      {":hunter2@", "", ""},
      {"default:hunter2@", "?db=3", ""},
      {"me:s3cret@", "?db=15", ""},
      {":wrong1@", "", "Redis refuses the user or the password"},
      {"me:wrong1@", "", "Redis refuses the user or the password"},
      {"", "", "Redis asks for a password"},
      {"", "?db=1", "Redis asks for a password"},
      {":hunter2@", "?db=99", "database 99: Redis refuses: \"ERR DB index is out of range\""},
  }));
  CAPTURE(row.user, row.tail);
  const std::string url =
      "unix://" + std::string{row.user} + server.socket().string() + std::string{row.tail};
  const auto client = bench.client(url);

  const auto replies = run(*client, {"CLIENT", "LIST", "ID", "0"});
  const auto who = run(*client, {"ACL", "WHOAMI"});

  CHECK(replies.has_value() == row.error.empty());
  if (row.error.empty()) {
    CHECK(who->front().text == (row.user.substr(0, 3) == "me:" ? "me" : "default"));
    return;
  }
  CHECK(replies.error().code == Errc::rejected);
  CHECK_THAT(replies.error().message, Catch::EndsWith(std::string{row.error}));
  CHECK_THAT(replies.error().message, !Catch::Contains("hunter2") && !Catch::Contains("wrong1"));
}

TEST_CASE("a password for a server that asks for none is told") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  Bench bench;
  const auto client = bench.client("unix://:hunter2@" + server.socket().string());
  const auto replies = run(*client, {"PING"});
  REQUIRE_FALSE(replies.has_value());
  CHECK_THAT(replies.error().message, Catch::EndsWith("Redis has no password set, but one is "
                                                      "configured here"));
}

TEST_CASE("a server that was started anew is used again without a word") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench;
  const auto client = bench.client(server.url());
  REQUIRE(run(*client, {"SET", "k", "v"}));
  server.kill();
  server.start();

  const auto replies = run(*client, {"GET", "k"});

  REQUIRE(replies.has_value());
  CHECK(replies->front().kind == Kind::nil);
  CHECK(client->connections() == 2);
}

TEST_CASE("a server that is gone is an error, tried again at growing intervals") {
  Bench bench;
  const TempFolder folder;
  const auto client = bench.client("unix://" + (folder / "none").string());

  const auto first = run(*client, {"PING"});
  CHECK(first.error().code == Errc::unavailable);
  CHECK_THAT(first.error().message, Catch::Contains("cannot connect"));
  CHECK(client->retry_at() <= bench.clock.steady_now());
  static_cast<void>(run(*client, {"PING"}));
  milliseconds longest{0};
  for (int i = 0; i < 12; ++i) {
    const auto wait =
        std::chrono::ceil<milliseconds>(client->retry_at() - bench.clock.steady_now());
    CHECK(wait <= RedisClient::kLongestWait);
    longest = std::max(longest, wait);
    if (longest > milliseconds{150}) break;
    // In between it is not tried.
    CHECK(run(*client, {"PING"}).error() == first.error());
    std::this_thread::sleep_for(wait + milliseconds{2});
    static_cast<void>(run(*client, {"PING"}));
  }
  CHECK(longest > milliseconds{150});
}

TEST_CASE("a server that hangs is given up after the time-out") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  Bench bench;
  const auto client = bench.client(
      server.url(), {.connect_timeout = milliseconds{100}, .timeout = milliseconds{100}});
  const bool connected_before = GENERATE(false, true);
  CAPTURE(connected_before);
  if (connected_before) REQUIRE(run(*client, {"PING"}));
  server.freeze();
  const auto started = bench.clock.steady_now();

  const auto replies = run(*client, {"PING"});

  const auto took = bench.clock.steady_now() - started;
  server.thaw();
  REQUIRE_FALSE(replies.has_value());
  CHECK_THAT(replies.error().message, Catch::EndsWith("no answer within 100ms"));
  CHECK(took < seconds{5});
  CHECK(run(*client, {"PING"}).has_value() == true);
}

TEST_CASE("what is no Redis is an error and nothing worse") {
  struct Case {
    std::string_view why;
    std::string answer;
    Errc code;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"a web server", "HTTP/1.1 400 Bad Request\r\n\r\n", Errc::bad_data,
       "does not speak the protocol"},
      {"more replies than commands", "+OK\r\n+OK\r\n+OK\r\n", Errc::bad_data, "more replies"},
      {"a list that never ends", "*2147483647\r\n", Errc::bad_data, "does not speak"},
      {"a negative length", "$-5\r\n", Errc::bad_data, "does not speak"},
      {"too deep", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", Errc::bad_data,
       "does not speak"},
      {"too large", "$100000\r\n" + std::string(70'000, 'x'), Errc::bad_data,
       "larger than 65536 bytes"},
      {"half a reply", "$10\r\nabc", Errc::unavailable, "no answer within 200ms"},
      {"an error that quotes a password", "-ERR unknown command `AUTH`, with: `hunter2`\r\n+OK\r\n",
       Errc::rejected, "Redis refuses AUTH with \"ERR\""},
      {"loading", "-LOADING Redis is loading the dataset in memory\r\n+OK\r\n", Errc::unavailable,
       "Redis is still loading its data"},
  }));
  CAPTURE(row.why);
  const Impostor impostor{row.answer};
  Bench bench;
  const auto client = bench.client(
      "unix://:hunter2@" + impostor.path().string(),
      {.connect_timeout = seconds{5}, .timeout = milliseconds{200}, .max_reply_bytes = 65536});

  const auto replies = run(*client, {"PING"});

  REQUIRE_FALSE(replies.has_value());
  CHECK(replies.error().code == row.code);
  CHECK_THAT(replies.error().message, Catch::Contains(std::string{row.message}));
  CHECK_THAT(replies.error().message, !Catch::Contains("hunter2"));
}
