// The queue in Redis as whole processes: notify on one host, queue-drain on another.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

#include "support/redis_server.h"
#include "support/run_btcw.h"

using namespace btcw::test;
using btcw::milliseconds;
using Catch::Contains;
using nlohmann::json;

namespace {

/// A host with its own home, which shares nothing with another but Redis.
struct Host {
  explicit Host(const RedisServer& server, std::string_view more = "") {
    sandbox.write_config(fmt::format(
        "[deployment]\nqueue = \"redis\"\n[redis]\nurl = \"{}\"\nconnect_timeout = \"300ms\"\n"
        "timeout = \"300ms\"\n[queue]\nlease = \"3s\"\n{}",
        server.url(), more));
  }
  [[nodiscard]] Outcome run(std::vector<std::string> arguments) const {
    return sandbox.run(std::move(arguments));
  }
  /// The texts that arrived here, each as often as it did.
  [[nodiscard]] std::multiset<std::string> delivered() const {
    std::multiset<std::string> texts;
    std::ifstream file{sandbox.root() / "state/btcw/notifications.ndjson"};
    for (std::string line; std::getline(file, line);) {
      texts.insert(json::parse(line)["text"].get<std::string>());
    }
    return texts;
  }

  Sandbox sandbox{BTCW_EXECUTABLE};
};

std::string lines_of(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += fmt::format("{{\"text\":\"m{}\"}}\n", i);
  return text;
}

}  // namespace

TEST_CASE("what one host puts into the queue another delivers, and every view shows it") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const Host one{server};
  const Host other{server};

  const Outcome notify = one.run({"notify", "-t", "Hello", "-p", "urgent", "there"});
  const std::string id = notify.out.substr(0, notify.out.find('\n'));
  CHECK(notify.exit_code == 0);
  CHECK(notify.err.empty());
  CHECK(one.run({"notify", "--delay", "1h", "later"}).exit_code == 0);
  const Outcome first = one.run({"notify", "--dedup-key", "k", "first"});
  CHECK(other.run({"notify", "--dedup-key", "k", "second"}).out == first.out);
  const json listed = json::parse(other.run({"queue-drain", "--list", "--json"}).out);
  CHECK(listed.size() == 3);
  CHECK(listed[0]["id"] == id);
  CHECK(json::parse(other.run({"queue-drain", "--show", id, "--json"}).out)["title"] == "Hello");
  CHECK_THAT(other.run({"queue-drain", "--dry-run"}).out, Contains("there"));

  const Outcome drain = other.run({"queue-drain", "--json"});

  CHECK(drain.err.empty());
  CHECK(drain.exit_code == 0);
  CHECK(json::parse(drain.out) ==
        json{{"delivered", 2}, {"deferred", 0}, {"dead", 0}, {"pending", 1}});
  CHECK(other.delivered() == std::multiset<std::string>{"first", "there"});
  CHECK(one.delivered().empty());
  CHECK(one.run({"queue-drain"}).exit_code == 0);
  CHECK(one.run({"queue-drain", "--show", id}).exit_code == 1);
}

TEST_CASE("dead letters of the queue in Redis are listed, retried and removed from any host") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const Host one{server};
  const Host other{server};
  CHECK(one.run({"notify", "-c", "nowhere", "x"}).exit_code != 0);
  const Host sender{server, "[channel.gone]\ntype = \"exec\"\ncommand = [\"/bin/cat\"]\n"};
  const Outcome notify = sender.run({"notify", "-c", "gone", "x"});
  REQUIRE(notify.exit_code == 0);

  CHECK(other.run({"queue-drain"}).exit_code == 1);

  const std::string id = notify.out.substr(0, notify.out.find('\n'));
  CHECK_THAT(one.run({"queue-drain", "--list", "--state", "dead"}).out,
             Contains(id) && Contains("no channel 'gone' is configured"));
  CHECK(one.run({"queue-drain", "--retry", "all"}).exit_code == 0);
  CHECK(sender.run({"queue-drain"}).exit_code == 0);
  CHECK(json::parse(one.run({"queue-drain", "--list", "--json"}).out).empty());
  CHECK(sender.run({"notify", "-c", "gone", "y"}).exit_code == 0);
  CHECK(other.run({"queue-drain"}).exit_code == 1);
  CHECK(one.run({"queue-drain", "--purge-dead", "--older-than", "0s"}).exit_code == 0);
  CHECK(json::parse(other.run({"queue-drain", "--list", "--json"}).out).empty());
}

TEST_CASE("two hosts that drain one queue deliver each message once") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const Host one{server};
  const Host other{server};
  constexpr int kMessages = 300;
  auto first = one.sandbox.start({.arguments = {"queue-drain", "--follow"}});
  auto second = other.sandbox.start({.arguments = {"queue-drain", "--follow"}});

  const Outcome notify = one.sandbox.run(
      Invocation{.arguments = {"notify", "--ndjson"}, .input = lines_of(kMessages)});

  CHECK(notify.exit_code == 0);
  std::multiset<std::string> all;
  for (int i = 0; i < 200 && all.size() < kMessages; ++i) {
    std::this_thread::sleep_for(milliseconds{50});
    all = one.delivered();
    all.merge(other.delivered());
  }
  for (auto* drain : {&first, &second}) {
    drain->signal(SIGTERM);
    CHECK(drain->wait().exit_code == 0);
  }
  all = one.delivered();
  all.merge(other.delivered());
  CHECK(all.size() == kMessages);
  CHECK(std::set<std::string>{all.begin(), all.end()}.size() == kMessages);
  CHECK(json::parse(one.run({"queue-drain", "--list", "--json"}).out).empty());
}

TEST_CASE("what a killed drainer held is delivered by another host") {
  if (!RedisServer::is_there()) return;
  const RedisServer server;
  const Host one{server, "[channel.slow]\ntype = \"exec\"\ncommand = [\"/bin/sleep\", \"60\"]\n"};
  const Host other{server, "[channel.slow]\ntype = \"exec\"\ncommand = [\"/bin/cat\"]\n"};
  REQUIRE(one.run({"notify", "held"}).exit_code == 0);
  auto holder = one.sandbox.start({.arguments = {"queue-drain", "--timeout", "50s"}});
  bool is_held = false;
  for (int i = 0; i < 200 && !is_held; ++i) {
    is_held = other.run({"queue-drain", "--list", "--state", "claimed"}).out != "";
  }
  REQUIRE(is_held);
  CHECK(other.run({"queue-drain", "--json"}).out.find("\"delivered\":0") != std::string::npos);

  holder.signal(SIGKILL);

  std::string done;
  for (int i = 0; i < 200 && done.find("\"delivered\":1") == std::string::npos; ++i) {
    std::this_thread::sleep_for(milliseconds{50});
    done = other.run({"queue-drain", "--json"}).out;
  }
  CHECK_THAT(done, Contains("\"delivered\":1"));
}

TEST_CASE("a message is accepted while Redis is away, and goes over with the next drain") {
  if (!RedisServer::is_there()) return;
  RedisServer server;
  const Host one{server};
  const Host other{server};
  server.kill();

  const Outcome notify = one.run({"notify", "kept"});

  CHECK(notify.exit_code == 0);
  CHECK(notify.out.size() > 10);
  CHECK_THAT(notify.err, Contains("Redis takes no message, it waits in the folder"));
  CHECK(std::count(notify.err.begin(), notify.err.end(), '\n') == 1);
  const Outcome failed = one.run({"queue-drain"});
  CHECK(failed.exit_code == 1);
  CHECK_THAT(failed.err, Contains("cannot connect"));
  server.start();
  CHECK(one.run({"queue-drain", "--max", "1"}).exit_code == 0);
  CHECK(one.delivered() == std::multiset<std::string>{"kept"});
  CHECK(std::filesystem::is_empty(one.sandbox.root() / "state/btcw/queue/.corrupt"));
  CHECK(json::parse(one.run({"queue-drain", "--list", "--json"}).out).empty());
}

TEST_CASE("queue-drain --follow goes on when Redis was away") {
  if (!RedisServer::is_there()) return;
  RedisServer server{{"--appendonly", "yes", "--appendfsync", "always"}};
  const Host host{server};
  auto drain = host.sandbox.start({.arguments = {"queue-drain", "--follow"}});
  REQUIRE(host.run({"notify", "before"}).exit_code == 0);
  for (int i = 0; i < 200 && host.delivered().empty(); ++i) {
    std::this_thread::sleep_for(milliseconds{50});
  }
  server.kill();
  REQUIRE(drain.wait_for_err("the queue cannot be read, tried on"));
  REQUIRE(host.run({"notify", "meanwhile"}).exit_code == 0);
  server.start();
  for (int i = 0; i < 200 && host.delivered().size() < 2; ++i) {
    std::this_thread::sleep_for(milliseconds{50});
  }
  drain.signal(SIGTERM);
  CHECK(drain.wait().exit_code == 0);
  CHECK(host.delivered() == std::multiset<std::string>{"before", "meanwhile"});
}
