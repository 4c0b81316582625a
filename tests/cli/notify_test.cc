// btcw notify and btcw queue-drain as a user's scripts see them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/fake_channels.h"
#include "support/run_btcw.h"

using btcw::seconds;
using btcw::test::ChannelTrouble;
using btcw::test::FakeChannels;
using btcw::test::Outcome;
using btcw::test::Sandbox;

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream stream{path};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// A sandbox whose queue is ROOT/queue, with sections of channels at a fake server.
class Desk {
 public:
  Desk() { write_config(""); }

  void write_config(const std::string& sections) const {
    sandbox.write_config("[queue]\ndir = \"" + queue().string() + "\"\n" + sections);
  }
  /// The section of a service at the fake server.
  [[nodiscard]] std::string section(const std::string& name, const std::string& type,
                                    const std::string& more = {}) const {
    std::string text = "[channel." + name + "]\ntype = \"" + type + "\"\n";
    text += "base_url = \"" + services.url(type) + "\"\n";
    for (const auto& [key, value] : services.values(type)) {
      if (key != "base_url") text += key + " = \"" + value + "\"\n";
    }
    return text + more;
  }
  [[nodiscard]] std::filesystem::path queue() const { return sandbox.root() / "queue"; }
  [[nodiscard]] std::size_t files_in(const std::string& folder) const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{queue() / folder}) {
      count += entry.path().extension() == ".json" ? 1U : 0U;
    }
    return count;
  }
  [[nodiscard]] Outcome run(std::vector<std::string> arguments, std::string input = {}) const {
    return sandbox.run({.arguments = std::move(arguments), .input = std::move(input)});
  }

  Sandbox sandbox{BTCW_EXECUTABLE};
  FakeChannels services;
};

}  // namespace

TEST_CASE("without any channel a message ends in a file, and nobody says a word") {
  const Desk desk;
  desk.sandbox.write_config("");
  const Outcome sent = desk.run({"notify", "BTC", "is", "up"});
  REQUIRE(sent.exit_code == 0);
  CHECK(sent.out.size() == 18);
  CHECK(sent.err.empty());

  const Outcome drained = desk.run({"queue-drain"});
  CHECK(drained.exit_code == 0);
  CHECK(drained.out.empty());
  CHECK(drained.err.empty());
  std::string found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{desk.sandbox.root()}) {
    if (entry.path().filename() == "notifications.ndjson") found = text_of(entry.path());
  }
  CHECK(found.find("\"text\":\"BTC is up\"") != std::string::npos);
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
}

TEST_CASE("the text of a message comes from its words, from a dash or from a pipe") {
  struct Row {
    std::vector<std::string> arguments;
    std::string input;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {{"notify", "a", "b"}, "not this", "a b"},
      {{"notify", "-"}, "from stdin\n", "from stdin"},
      {{"notify"}, "two\nlines\n\n", "two\nlines"},
      {{"notify", "-t", "only a title"}, "", ""},
  }));
  const Desk desk;
  const Outcome sent = desk.run(row.arguments, row.input);
  REQUIRE(sent.exit_code == 0);
  const std::string id = sent.out.substr(0, sent.out.size() - 1);
  const Outcome shown = desk.run({"queue-drain", "--show", id});
  CHECK(shown.exit_code == 0);
  CHECK(shown.out.find("text: " + row.text + "\n") != std::string::npos);
}

TEST_CASE("what cannot be sent is a usage error that says why") {
  struct Row {
    std::vector<std::string> arguments;
    std::string message;
  };
  const auto row = GENERATE(values<Row>({
      {{"notify"}, "nothing to say"},
      {{"notify", "-p", "high", "x"}, "--priority"},
      {{"notify", "-c", "nobody", "x"}, "no channel \"nobody\" is configured"},
      {{"notify", "--url", "carrier-pigeon://x", "x"}, "--url"},
      {{"notify", "--delay", "5m", "--at", "2030-01-01", "x"}, "exclude each other"},
      {{"notify", "--now", "--delay", "5m", "x"}, "--now goes with neither"},
      {{"notify", "--ndjson", "x"}, "standard input"},
      {{"notify", "--attach", "/nowhere/at/all", "x"}, "is not a file"},
      {{"notify", "--from", "myspace"}, "--from"},
      {{"queue-drain", "--list", "--retry", "all"}, "exclude each other"},
      {{"queue-drain", "--state", "dead"}, "--state needs --list"},
      {{"queue-drain", "--older-than", "1d"}, "--older-than needs --purge-dead"},
  }));
  CAPTURE(row.arguments);
  const Desk desk;
  const Outcome outcome = desk.run(row.arguments);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find(row.message) != std::string::npos);
}

TEST_CASE("a message reaches the channels it names, each once") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram") + desk.section("dc", "discord") +
                    desk.section("nt", "ntfy"));
  REQUIRE(desk.run({"notify", "-c", "tg", "-c", "dc", "-t", "T", "hello"}).exit_code == 0);
  const Outcome drained = desk.run({"queue-drain", "--json"});
  CHECK(drained.exit_code == 0);
  CHECK(drained.out == "{\"delivered\":1,\"deferred\":0,\"dead\":0,\"pending\":0}\n");
  CHECK(desk.services.deliveries("telegram").size() == 1);
  CHECK(desk.services.deliveries("discord").size() == 1);
  CHECK(desk.services.deliveries("ntfy").empty());
}

TEST_CASE("a channel that fails is tried again later, one that has the message is not told twice") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram") + desk.section("dc", "discord"));
  desk.services.behave("discord", {.trouble = ChannelTrouble::down, .times = 1});
  REQUIRE(desk.run({"notify", "hello"}).exit_code == 0);

  const Outcome first = desk.run({"queue-drain", "--json"});
  CHECK(first.exit_code == 75);
  CHECK(first.out == "{\"delivered\":0,\"deferred\":1,\"dead\":0,\"pending\":1}\n");
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 1);
  CHECK(desk.services.requests("discord") == 1);

  // Its time has come: the due time stands in the name.
  for (const auto& entry : std::filesystem::directory_iterator{desk.queue()}) {
    if (entry.path().extension() != ".json") continue;
    std::string name = entry.path().filename();
    name.replace(0, 16, "20200101T000000Z");
    std::filesystem::rename(entry.path(), desk.queue() / name);
  }
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 1);
  CHECK(desk.services.deliveries("discord").size() == 1);
}

TEST_CASE("what a channel refuses for good is dead with the reason, and comes back when told") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  desk.services.behave("telegram", {.trouble = ChannelTrouble::no_target, .times = 1});
  const Outcome sent = desk.run({"notify", "hello"});
  const std::string id = sent.out.substr(0, sent.out.size() - 1);

  CHECK(desk.run({"queue-drain"}).exit_code == 1);
  CHECK(desk.files_in(".dead") == 1);
  const Outcome listed = desk.run({"queue-drain", "--list", "--state", "dead"});
  CHECK(listed.out.find(id) != std::string::npos);
  CHECK(listed.out.find("tg: ") != std::string::npos);

  CHECK(desk.run({"queue-drain", "--retry", id}).exit_code == 0);
  CHECK(desk.files_in(".dead") == 0);
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 1);
  CHECK(desk.run({"queue-drain", "--retry", id}).exit_code != 0);
}

TEST_CASE("a channel that says too fast rests as long as it says, with all its messages") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  desk.services.behave("telegram",
                       {.trouble = ChannelTrouble::limit, .times = 1, .retry_after = seconds{600}});
  for (int i = 0; i < 3; ++i) REQUIRE(desk.run({"notify", "hello"}).exit_code == 0);
  CHECK(desk.run({"queue-drain"}).exit_code == 75);
  CHECK(desk.services.requests("telegram") == 1);
  // The next process knows it too.
  REQUIRE(desk.run({"notify", "one more"}).exit_code == 0);
  CHECK(desk.run({"queue-drain"}).exit_code == 75);
  CHECK(desk.services.requests("telegram") == 1);
}

TEST_CASE("a channel that hangs holds up no other") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram") + desk.section("dc", "discord"));
  desk.services.behave("telegram", {.trouble = ChannelTrouble::hang});
  REQUIRE(desk.run({"notify", "-c", "tg", "stuck"}).exit_code == 0);
  for (int i = 0; i < 5; ++i) REQUIRE(desk.run({"notify", "-c", "dc", "free"}).exit_code == 0);
  CHECK(desk.run({"queue-drain", "--timeout", "2s"}).exit_code == 75);
  CHECK(desk.services.deliveries("discord").size() == 5);
}

TEST_CASE("in bulk an id a line answers a message a line") {
  const Desk desk;
  std::string lines;
  for (int i = 0; i < 250; ++i) lines += "{\"text\":\"number " + std::to_string(i) + "\"}\n";
  const Outcome sent = desk.run({"notify", "--ndjson"}, lines);
  CHECK(sent.exit_code == 0);
  CHECK(lines_in(sent.out) == 250);
  CHECK(desk.files_in("") == 250);

  const Outcome mixed = desk.run({"notify", "--ndjson"}, "{\"text\":\"a\"}\nno json\n");
  CHECK(mixed.exit_code == 3);
  CHECK(lines_in(mixed.out) == 2);
  CHECK(mixed.out.ends_with("\n\n"));
  CHECK(mixed.err.find("line 2") != std::string::npos);
}

TEST_CASE("a second message with the same key is not sent while one is pending") {
  const Desk desk;
  const Outcome first = desk.run({"notify", "--dedup-key", "k", "x"});
  const Outcome second = desk.run({"notify", "--dedup-key", "k", "--dedup-window", "0s", "x"});
  CHECK(second.exit_code == 0);
  CHECK(second.out == first.out);
  CHECK(desk.files_in("") == 1);
  CHECK(desk.run({"notify", "--dedup-key", "other", "x"}).out != first.out);
  CHECK(desk.files_in("") == 2);
}

TEST_CASE("delivered at once, the exit code is the result") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  CHECK(desk.run({"notify", "--now", "x"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 1);
  desk.services.behave("telegram", {.trouble = ChannelTrouble::down});
  CHECK(desk.run({"notify", "--now", "x"}).exit_code == 75);
  desk.services.behave("telegram", {.trouble = ChannelTrouble::bad_token});
  CHECK(desk.run({"notify", "--now", "x"}).exit_code == 1);
}

TEST_CASE("no secret of a channel is seen in the queue, the preview, an error or a log") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  desk.services.behave("telegram", {.trouble = ChannelTrouble::bad_token});
  std::string secret;
  for (const auto& [key, value] : desk.services.values("telegram")) {
    if (key == "token") secret = value;
  }
  REQUIRE_FALSE(secret.empty());
  std::string seen;
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"notify", "--dry-run", "x"},
                                             {"notify", "--now", "-vv", "x"},
                                             {"notify", "x"},
                                             {"queue-drain", "-vv"},
                                             {"queue-drain", "--list", "--json"},
                                             {"queue-drain", "--log", "--json"}}) {
    const Outcome outcome = desk.run(arguments);
    seen += outcome.out + outcome.err;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator{desk.queue()}) {
    if (entry.is_regular_file()) seen += text_of(entry.path());
  }
  CHECK(seen.find("********") != std::string::npos);
  CHECK(seen.find(secret) == std::string::npos);
}

TEST_CASE("following, messages are delivered as they come, and a signal ends it well") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  auto drainer = desk.sandbox.start({.arguments = {"queue-drain", "--follow"}});
  for (int i = 0; i < 3; ++i) REQUIRE(desk.run({"notify", "x"}).exit_code == 0);
  const auto until = std::chrono::steady_clock::now() + seconds{10};
  while (desk.services.deliveries("telegram").size() < 3 &&
         std::chrono::steady_clock::now() < until) {
    CHECK(desk.run({"queue-drain", "--list"}).exit_code == 0);
  }
  CHECK(desk.services.deliveries("telegram").size() == 3);
  drainer.signal(SIGTERM);
  CHECK(drainer.wait().exit_code == 0);
}

TEST_CASE("files of other programs are delivered, what is no message is put aside") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  REQUIRE(desk.run({"queue-drain"}).exit_code == 0);
  const auto put = [&](const std::string& name, const std::string& text) {
    std::ofstream{desk.queue() / name} << text;
    std::filesystem::last_write_time(
        desk.queue() / name,
        std::filesystem::file_time_type::clock::now() - std::chrono::minutes{1});
  };
  put("2026-11-22T10:00:00.123456_1a2b3c4d.json", R"({"message":"one","priority":"high"})");
  put("20261122_100000_123456.json", R"({"content":"two","channel":"tg"})");
  put("with space.json", R"({"title":"three","body":"3"})");
  put("broken.json", R"({"text":"cut sho)");
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 3);
  CHECK(std::filesystem::exists(desk.queue() / ".corrupt" / "broken.json"));
  CHECK(std::filesystem::exists(desk.queue() / ".corrupt" / "broken.json.reason"));
}
