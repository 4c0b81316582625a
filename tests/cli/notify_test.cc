// btcw notify as a user's scripts see it.
#include <catch2/catch.hpp>
#include <chrono>
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
      {{"notify", "-"}, "nothing to say"},
      {{"notify", "-p", "high", "x"}, "--priority"},
      {{"notify", "-c", "nobody", "x"}, "no channel \"nobody\" is configured"},
      {{"notify", "-c", "tgg", "x"}, "did you mean 'tg'?"},
      {{"notify", "-c", "off", "x"}, "no channel \"off\" is configured"},
      {{"notify", "--url", "carrier-pigeon://x", "x"}, "--url"},
      {{"notify", "--url", "tgram://onlyone", "x"}, "--url: tgram://"},
      {{"notify", "--ttl", "soon", "x"}, "--ttl"},
      {{"notify", "--ttl", "-1h", "x"}, "--ttl"},
      {{"notify", "--delay", "5", "x"}, "--delay"},
      {{"notify", "--at", "tomorrow", "x"}, "--at"},
      {{"notify", "--delay", "5m", "--at", "2030-01-01T00:00:00Z", "x"}, "exclude each other"},
      {{"notify", "--dedup-window", "x", "x"}, "--dedup-window"},
      {{"notify", "--now", "--delay", "5m", "x"}, "--now goes with neither"},
      {{"notify", "--now", "--at", "2030-01-01T00:00:00Z", "x"}, "--now goes with neither"},
      {{"notify", "--now", "--dedup-key", "k", "x"}, "--now goes without --dedup-key"},
      {{"notify", "--ndjson", "x"}, "standard input"},
      {{"notify", "--ndjson", "--from", "freqtrade"}, "standard input"},
      {{"notify", "--ndjson", "--now"}, "--ndjson goes with neither"},
      {{"notify", "--ndjson", "--dry-run"}, "--ndjson goes with neither"},
      {{"notify", "--attach", "/nowhere/at/all", "x"}, "is not a file"},
      {{"notify", "--from", "myspace"}, "--from"},
      {{"notify", "--from", "freqtrade", "x"}, "--from reads the message from standard input"},
      {{"notify", "--frmo", "freqtrade"}, "did you mean '--from'"},
  }));
  CAPTURE(row.arguments);
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram") +
                    desk.section("off", "ntfy", "enabled = false\n"));
  const Outcome outcome = desk.run(row.arguments);
  CHECK(outcome.exit_code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, Catch::Contains(row.message));
  CHECK(desk.files_in("").empty());
}

TEST_CASE("what stands in the way of a message is told, and none is left behind") {
  struct Row {
    std::vector<std::string> arguments;
    std::string input;
    int exit_code;
    std::string message;
  };
  const auto row = GENERATE(values<Row>({
      {{"notify"}, std::string((1U << 20U) + 1, 'x'), 1, "1048576 bytes"},
      {{"notify", "--from", "alertmanager"}, "not json", 1, "--from"},
      {{"notify", "--from", "alertmanager"}, "", 1, "--from"},
      {{"notify", "--ndjson"}, "[]\n", 1, "line 1: not a message: not a JSON object"},
      {{"notify", "--ndjson"},
       "{\"text\":\"a\",\"channel\":\"x\"}\n",
       1,
       "line 1: no channel \"x\" is configured"},
      {{"notify", "--ndjson"}, "{\"text\":\"a\",\"attachments\":[\"x\"]}", 0, ""},
  }));
  CAPTURE(row.arguments, row.input.substr(0, 60));
  const Desk desk;
  const Outcome outcome = desk.run(row.arguments, row.input);
  CHECK(outcome.exit_code == row.exit_code);
  CHECK_THAT(outcome.err, Catch::Contains(row.message));
  CHECK(desk.files_in("").size() == (row.exit_code == 0 ? 1U : 0U));
}

TEST_CASE("a queue that cannot be is an error that names it") {
  const Desk desk;
  desk.sandbox.write_file("file", "");
  desk.sandbox.write_config("[queue]\ndir = \"" + (desk.sandbox.root() / "file/queue").string() +
                            "\"");
  for (const std::string command : {"notify", "queue-drain"}) {
    const Outcome outcome = desk.run({command}, "text");
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.out.empty());
    CHECK_THAT(outcome.err, Catch::Contains("queue") && Catch::Contains("Not a directory"));
  }
}

TEST_CASE("what a message is told stands in the queue") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  const auto chart = desk.sandbox.write_file("chart.png", "png");
  const std::string id = desk.notify({"-t", "Title", "-p", "urgent", "-c", "tg", "--tag", "a,b",
                                      "--tag", "c", "--attach", chart.string(), "--dedup-key", "k",
                                      "--at", "2090-01-02T03:04:05Z", "--ttl", "1h", "the text"});
  REQUIRE(id.size() == 17);
  const Outcome shown = desk.run({"queue-drain", "--show", id, "--json"});
  CHECK(shown.exit_code == 0);
  for (const std::string& part :
       {std::string{"\"state\":\"pending\""}, std::string{"\"due\":\"2090-01-02T03:04:05Z\""},
        std::string{"\"attempts\":0"}, std::string{"\"priority\":\"urgent\""},
        std::string{"\"title\":\"Title\",\"text\":\"the text\",\"channels\":[\"tg\"]"},
        std::string{"\"tags\":[\"a,b\",\"c\"]"}, "\"attachments\":[\"" + chart.string() + "\"]",
        std::string{"\"dedup_key\":\"k\""}, std::string{"\"expires\":\"2090-01-02T04:04:05Z\""}}) {
    CHECK_THAT(shown.out, Catch::Contains(part));
  }
  // It waits for its time.
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.services.requests("telegram") == 0);
  CHECK_FALSE(desk.notify({"--delay", "10m", "tea"}).empty());
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.services.requests("telegram") == 0);
}

TEST_CASE("tags choose channels: with a comma all of them, repeated any of them") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram", "tags = [\"ops\", \"btc\"]\n") +
                    desk.section("dc", "discord", "tags = [\"ops\"]\n") +
                    desk.section("nt", "ntfy", "default = false\ntags = [\"eth\"]\n"));
  REQUIRE_FALSE(desk.notify({"--tag", "ops,btc", "both"}).empty());
  REQUIRE_FALSE(desk.notify({"--tag", "btc", "--tag", "eth", "either"}).empty());
  REQUIRE_FALSE(desk.notify({"default"}).empty());
  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 3);
  CHECK(desk.services.deliveries("discord").size() == 1);
  CHECK(desk.services.deliveries("ntfy").size() == 1);
}

TEST_CASE("a dry run shows what would be sent where, and sends and keeps nothing") {
  const Desk desk;
  desk.write_config(desk.section("tg", "telegram") + desk.section("dc", "discord"));
  const Outcome shown = desk.run({"notify", "--dry-run", "-t", "T", "hello"});
  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.out, Catch::Contains(" -> tg, due ") && Catch::Contains(" -> dc, due ") &&
                            Catch::Contains("hello") && Catch::Contains("********"));
  CHECK(desk.files_in("").empty());
  CHECK(desk.services.requests("telegram") + desk.services.requests("discord") == 0);
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

TEST_CASE("in bulk an id a line answers a message a line") {
  const Desk desk;
  std::string lines;
  for (int i = 0; i < 250; ++i) lines += "{\"text\":\"number " + std::to_string(i) + "\"}\n";
  const Outcome sent = desk.run({"notify", "--ndjson"}, lines);
  CHECK(sent.exit_code == 0);
  CHECK(lines_in(sent.out) == 250);
  CHECK(desk.files_in("").size() == 250);

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
  CHECK(desk.files_in("").size() == 1);
  CHECK(desk.run({"notify", "--dedup-key", "other", "x"}).out != first.out);
  CHECK(desk.files_in("").size() == 2);

  CHECK(desk.run({"queue-drain"}).exit_code == 0);
  CHECK(desk.run({"notify", "--dedup-key", "k", "x"}).out == first.out);
  CHECK(desk.run({"notify", "--dedup-key", "k", "--dedup-window", "0s", "x"}).out != first.out);
  const std::string twice = "{\"text\":\"a\",\"dedup_key\":\"line\"}\n";
  const Outcome bulk = desk.run({"notify", "--ndjson"}, twice + twice);
  CHECK(bulk.exit_code == 0);
  CHECK(bulk.out.substr(0, 18) == bulk.out.substr(18));
  CHECK(desk.files_in("").size() == 2);
}

TEST_CASE("delivered at once, the exit code is the result") {
  Desk desk;
  desk.write_config(desk.section("tg", "telegram"));
  CHECK(desk.run({"notify", "--now", "x"}).exit_code == 0);
  CHECK(desk.services.deliveries("telegram").size() == 1);
  CHECK(desk.files_in("").empty());
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
