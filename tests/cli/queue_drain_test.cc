// btcw queue-drain as a user's scripts and crontabs see it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "notify_desk.h"

using btcw::seconds;
using btcw::test::ChannelTrouble;
using btcw::test::Desk;
using btcw::test::lines_in;
using btcw::test::Outcome;
using btcw::test::text_of;

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

  desk.make_due();
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
  CHECK(desk.files_in(".dead").size() == 1);
  const Outcome listed = desk.run({"queue-drain", "--list", "--state", "dead"});
  CHECK(listed.out.find(id) != std::string::npos);
  CHECK(listed.out.find("tg: ") != std::string::npos);

  CHECK(desk.run({"queue-drain", "--retry", id}).exit_code == 0);
  CHECK(desk.files_in(".dead").size() == 0);
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

TEST_CASE("a channel whose secret is not to be had waits for it, and holds up no other") {
  Desk desk;
  const auto token_file = desk.sandbox.root() / "token";
  std::string token;
  std::string section = "[channel.tg]\ntype = \"telegram\"\n";
  for (const auto& [key, value] : desk.services.values("telegram")) {
    const bool is_token = key == "token";
    if (is_token) token = value;
    section += key + (is_token ? "_file" : "") + " = \"" +
               (is_token ? token_file.string() : value) + "\"\n";
  }
  desk.write_config(desk.section("dc", "discord") + section);
  CHECK(desk.run({"config", "check"}).exit_code == 2);
  REQUIRE(desk.run({"notify", "hello"}).exit_code == 0);

  const Outcome first = desk.run({"queue-drain", "--json"});
  CHECK(first.exit_code == 75);
  CHECK(first.out == "{\"delivered\":0,\"deferred\":1,\"dead\":0,\"pending\":1}\n");
  CHECK(first.err.find("channel.tg.token_file") != std::string::npos);
  CHECK(desk.services.deliveries("discord").size() == 1);

  std::ofstream{token_file} << token << '\n';
  std::filesystem::permissions(token_file, std::filesystem::perms{0600});
  desk.make_due();
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 1);
  CHECK(desk.services.deliveries("discord").size() == 1);
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

TEST_CASE("a signal ends following well, also when a message was given up on the way") {
  Desk desk;
  desk.write_config(desk.section("dc", "discord"));
  desk.services.behave("discord", {.trouble = ChannelTrouble::no_target});
  REQUIRE_FALSE(desk.notify({"first"}).empty());
  CHECK(desk.run({"queue-drain", "--follow", "--max", "1"}).exit_code == 1);

  auto drainer = desk.sandbox.start({.arguments = {"queue-drain", "--follow"}});
  REQUIRE_FALSE(desk.notify({"second"}).empty());
  const auto until = std::chrono::steady_clock::now() + seconds{10};
  while (desk.files_in(".dead").size() < 2 && std::chrono::steady_clock::now() < until) {
    CHECK(desk.run({"queue-drain", "--list"}).exit_code == 0);
  }
  CHECK(desk.files_in(".dead").size() == 2);
  drainer.signal(SIGTERM);
  CHECK(drainer.wait().exit_code == 0);
}

TEST_CASE("a dry run changes nothing in the queue, whatever stands in it") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  REQUIRE_FALSE(desk.notify({"hello"}).empty());
  REQUIRE_FALSE(desk.notify({"--delay", "1h", "later"}).empty());
  REQUIRE_FALSE(desk.notify({"--delay", "1h", "--ttl", "1s", "too late"}).empty());
  std::ofstream{desk.queue() / "broken.json"} << R"({"text":"cut sho)";
  std::filesystem::last_write_time(
      desk.queue() / "broken.json",
      std::filesystem::file_time_type::clock::now() - std::chrono::minutes{1});
  // Due for a while, and past its time.
  for (const auto& path : desk.files_in("")) {
    if (text_of(path).find("too late") == std::string::npos) continue;
    std::string text = text_of(path);
    const auto at = text.find("\"expires\":\"") + 11;
    text.replace(at, 4, "2020");
    std::ofstream{path} << text;
    std::string name = path.filename();
    std::filesystem::rename(path, desk.queue() / name.replace(0, 16, "20200101T000000Z"));
  }
  const auto files = [&] {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{desk.queue()}) {
      all.push_back(entry.path());
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  const auto before = files();

  const Outcome dry = desk.run({"queue-drain", "--dry-run"});

  CHECK(files() == before);
  CHECK(dry.exit_code == 1);
  CHECK_THAT(dry.out, Catch::Contains("hello") && !Catch::Contains("later"));
  CHECK_THAT(dry.err, Catch::Contains("broken.json: is no message, or not yet a whole one") &&
                          Catch::Contains("expired before it could be delivered"));
  CHECK(desk.services.requests("telegram") == 0);
  CHECK_THAT(desk.run({"queue-drain", "--dry-run", "--max", "1"}).err,
             Catch::Contains("expired") && !Catch::Contains("broken.json"));
}

TEST_CASE("a dry run says which message no channel takes") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram", "default = false\n"));
  const Outcome before = desk.run({"notify", "--dry-run", "hello"});
  CHECK(before.exit_code == 1);
  CHECK_THAT(before.err, Catch::Contains("no channel takes it"));
  const std::string id = desk.notify({"hello"});
  REQUIRE_FALSE(id.empty());
  const Outcome queued = desk.run({"queue-drain", "--dry-run"});
  CHECK(queued.exit_code == 1);
  CHECK_THAT(queued.err, Catch::Contains(id + ": no channel takes it"));
  CHECK(desk.files_in("").size() == 1);
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

TEST_CASE("queue-drain refuses what does not go together") {
  struct Row {
    std::vector<std::string> arguments;
    std::string message;
  };
  const auto row = GENERATE(values<Row>({
      {{"--list", "--retry", "all"}, "exclude each other"},
      {{"--follow", "--dry-run"}, "exclude each other"},
      {{"--show", "a", "--purge-dead"}, "exclude each other"},
      {{"--state", "dead"}, "--state needs --list"},
      {{"--list", "--state", "gone"}, "pending|claimed|dead|corrupt"},
      {{"--older-than", "1d"}, "--older-than needs --purge-dead"},
      {{"--purge-dead", "--older-than", "old"}, "--older-than"},
      {{"--channel", "tg"}, "--channel and --since need --log"},
      {{"--since", "1d"}, "--channel and --since need --log"},
      {{"--max", "0"}, "--max"},
      {{"--concurrency", "0"}, "--concurrency"},
      {{"--concurrency", "65"}, "--concurrency"},
      {{"--timeout", "0s"}, "--timeout"},
      {{"--timeout", "5"}, "--timeout"},
      {{"extra"}, "unexpected argument"},
  }));
  CAPTURE(row.arguments);
  const Desk desk;
  auto arguments = row.arguments;
  arguments.insert(arguments.begin(), "queue-drain");
  const Outcome outcome = desk.run(arguments);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, Catch::Contains(row.message));
}

TEST_CASE("a queue with nothing due is done without a delivery log") {
  const Desk desk;
  REQUIRE_FALSE(desk.notify({"--delay", "1h", "later"}).empty());
  CHECK(desk.run({"queue-drain"}).out.empty());
  const Outcome told = desk.run({"queue-drain", "--json"});
  CHECK(told.exit_code == 0);
  CHECK(told.out == "{\"delivered\":0,\"deferred\":0,\"dead\":0,\"pending\":1}\n");
  CHECK_FALSE(std::filesystem::exists(desk.state() / "deliveries.db"));
}

TEST_CASE("messages are listed by state, and one is shown") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  desk.services.behave("telegram", {.trouble = ChannelTrouble::no_target});
  const std::string dead = desk.notify({"-t", "Dead", "one\x1b[31m\ntwo"});
  CHECK(desk.run({"queue-drain"}).exit_code == 1);
  const std::string pending = desk.notify({"--delay", "1h", "waits"});
  desk.sandbox.write_file("queue/broken.json", std::string(1U << 21U, 'x'));
  CHECK(desk.run({"queue-drain", "--max", "1"}).exit_code == 0);

  const std::string all = desk.run({"queue-drain", "--list"}).out;
  CHECK(lines_in(all) == 3);
  CHECK_THAT(all, Catch::Contains(" pending " + pending + " 0 waits\n"));
  CHECK_THAT(all,
             Catch::Contains(" dead    " + dead) && Catch::Contains("Dead: one [31m two (tg: "));
  CHECK_THAT(all, Catch::Contains(" corrupt broken.json") && Catch::Contains("larger than"));
  for (const auto& [state, id] : std::vector<std::pair<std::string, std::string>>{
           {"pending", pending}, {"dead", dead}, {"corrupt", "broken.json"}}) {
    const Outcome listed = desk.run({"queue-drain", "--list", "--state", state});
    CHECK(listed.exit_code == 0);
    CHECK(lines_in(listed.out) == 1);
    CHECK_THAT(listed.out, Catch::Contains(id));
    const Outcome json = desk.run({"queue-drain", "--list", "--state", state, "--json"});
    CHECK(json.out.starts_with("[{\"id\":\"" + id + "\",\"state\":\"" + state + "\""));
    CHECK(json.out.ends_with("}]\n"));
  }
  CHECK(desk.run({"queue-drain", "--list", "--state", "claimed"}).out.empty());
  CHECK(desk.run({"queue-drain", "--list", "--state", "claimed", "--json"}).out == "[]\n");

  const Outcome shown = desk.run({"queue-drain", "--show", dead});
  CHECK_THAT(shown.out, Catch::Contains("\ntitle: Dead\ntext: one [31m\ntwo\n") &&
                            Catch::Contains("\nreason: tg: "));
  const Outcome missing = desk.run({"queue-drain", "--show", "nobody"});
  CHECK(missing.exit_code == 1);
  CHECK_THAT(missing.err, Catch::Contains("no message 'nobody' in the queue"));
}

TEST_CASE("unknown members of a message are shown") {
  const Desk desk;
  REQUIRE(desk.run({"notify", "--ndjson"}, "{\"id\":\"a\",\"text\":\"t\",\"last\":97123.40}\n")
              .exit_code == 0);
  const std::string id = desk.run({"queue-drain", "--list"}).out.substr(29, 17);
  CHECK_THAT(desk.run({"queue-drain", "--show", id}).out,
             Catch::Contains("other: {\"last\":97123.40}\n"));
  CHECK_THAT(desk.run({"queue-drain", "--show", id, "--json"}).out,
             Catch::Contains("\"text\":\"t\",\"other\":{\"last\":97123.40}}\n"));
}

TEST_CASE("dead messages come back all at once, or are purged by their age") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  desk.services.behave("telegram", {.trouble = ChannelTrouble::no_target, .times = 3});
  for (int i = 0; i < 3; ++i) REQUIRE_FALSE(desk.notify({"hello"}).empty());
  CHECK(desk.run({"queue-drain"}).exit_code == 1);
  CHECK(desk.run({"queue-drain", "--purge-dead"}).exit_code == 0);
  CHECK(desk.run({"queue-drain", "--purge-dead", "--older-than", "1h"}).exit_code == 0);
  CHECK(desk.files_in(".dead").size() == 3);
  const Outcome back = desk.run({"queue-drain", "-v", "--retry", "all"});
  CHECK(back.exit_code == 0);
  CHECK_THAT(back.err, Catch::Contains("3 messages are pending again"));
  CHECK(desk.files_in("").size() == 3);
  desk.services.behave("telegram", {.trouble = ChannelTrouble::no_target, .times = 1});
  CHECK(desk.run({"queue-drain"}).exit_code == 3);
  CHECK(desk.services.deliveries("telegram").size() == 2);
  CHECK(desk.run({"queue-drain", "--purge-dead", "--older-than", "0s"}).exit_code == 0);
  CHECK(desk.files_in(".dead").empty());
  CHECK(std::filesystem::is_empty(desk.queue() / ".dead"));
}

TEST_CASE("a limit, a concurrency and a dry run are kept to") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  for (int i = 0; i < 3; ++i) REQUIRE_FALSE(desk.notify({"hello"}).empty());
  const Outcome dry = desk.run({"queue-drain", "--dry-run"});
  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, Catch::Contains(" -> tg, attempt 1\n") && Catch::Contains("********"));
  CHECK(desk.services.requests("telegram") == 0);
  CHECK(desk.run({"queue-drain", "--max", "2", "--concurrency", "1"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 2);
  CHECK(desk.files_in("").size() == 1);
}

TEST_CASE("what was delivered where stands in the delivery log, newest first") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram") + desk.section("dc", "discord"));
  desk.services.behave("discord", {.trouble = ChannelTrouble::no_target});
  const std::string first = desk.notify({"-c", "tg", "one"});
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  const std::string second = desk.notify({"-c", "dc", "two"});
  CHECK(desk.run({"queue-drain"}).exit_code == 1);

  const Outcome all = desk.run({"queue-drain", "--log"});
  CHECK(all.exit_code == 0);
  CHECK(lines_in(all.out) == 2);
  CHECK(all.out.find(second + " dc 1 permanent ") < all.out.find(first + " tg 1 delivered "));
  CHECK(lines_in(desk.run({"queue-drain", "--log", "--max", "1"}).out) == 1);
  CHECK_THAT(desk.run({"queue-drain", "--log", "--channel", "tg"}).out,
             Catch::Contains(first) && !Catch::Contains(second));
  CHECK_THAT(desk.run({"queue-drain", "--log", "--show", second}).out,
             Catch::Contains(second) && !Catch::Contains(first));
  CHECK(lines_in(desk.run({"queue-drain", "--log", "--since", "1h"}).out) == 2);
  const Outcome json = desk.run({"queue-drain", "--log", "--json", "--channel", "tg"});
  CHECK(json.out.starts_with("[{\"at\":\""));
  CHECK_THAT(json.out,
             Catch::Contains("\"channel\":\"tg\",\"attempt\":1,\"result\":\"delivered\""));
}

TEST_CASE("a message that nobody may have any more is dead, with the reason") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  REQUIRE_FALSE(desk.notify({"--ttl", "1ms", "late"}).empty());
  desk.make_due();
  CHECK(desk.run({"queue-drain"}).exit_code == 1);
  CHECK_THAT(desk.run({"queue-drain", "--list", "--state", "dead"}).out,
             Catch::Contains("expired"));
  CHECK(desk.services.requests("telegram") == 0);
}
