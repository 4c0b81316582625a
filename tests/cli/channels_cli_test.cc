// Every channel against the server that plays its service, through the processes that a user runs.
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/time.h"
#include "notify_desk.h"
#include "support/smtp_server.h"

using btcw::seconds;
using btcw::test::ChannelTrouble;
using btcw::test::Desk;
using btcw::test::HttpServer;
using btcw::test::Outcome;
using btcw::test::ServedRequest;
using btcw::test::ServedResponse;
using btcw::test::SmtpServer;

namespace {

constexpr std::array<std::string_view, 14> kTypes{
    "telegram", "discord", "slack",    "feishu", "lark",   "dingtalk",   "wecom",
    "ntfy",     "gotify",  "pushover", "bark",   "matrix", "serverchan", "twilio"};

/// In every secret of the sections.
constexpr std::string_view kPlanted = "s3cret";

/// A desk with a channel of every service, each under the name of its type.
class AllServices {
 public:
  AllServices() {
    std::string sections;
    for (const std::string_view type : kTypes) {
      sections += desk.section(std::string{type}, std::string{type});
    }
    desk.write_config(sections);
  }
  void behave(ChannelTrouble trouble, std::size_t times = 0) {
    for (const std::string_view type : kTypes) {
      desk.services.behave(std::string{type},
                           {.trouble = trouble, .times = times, .retry_after = seconds{600}});
    }
  }
  /// One message a channel: each has a fate of its own.
  void notify_each(const std::string& text) {
    for (const std::string_view type : kTypes) {
      REQUIRE_FALSE(desk.notify({"-c", std::string{type}, text}).empty());
    }
  }
  /// Runs a command, and looks at what it says for secrets.
  Outcome run(std::vector<std::string> arguments) {
    Outcome outcome = desk.run(std::move(arguments));
    CHECK(outcome.out.find(kPlanted) == std::string::npos);
    CHECK(outcome.err.find(kPlanted) == std::string::npos);
    return outcome;
  }
  nlohmann::json listed() {
    return nlohmann::json::parse(run({"queue-drain", "--list", "--json"}).out);
  }
  nlohmann::json log() {
    return nlohmann::json::parse(run({"queue-drain", "--log", "--json", "--max", "1000"}).out);
  }

  Desk desk;
};

std::string solid(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }),
             text.end());
  return text;
}

}  // namespace

TEST_CASE("one message reaches every service, whatever signs are in it") {
  AllServices all;
  const std::string text = "last > 97123.40 & \"rising\" <@everyone>\n_now_ [x](http://y) `z` 價 😀";
  REQUIRE_FALSE(all.desk.notify({"-p", "urgent", text}).empty());
  const Outcome drained = all.run({"queue-drain", "-vv"});
  CHECK(drained.exit_code == 0);
  for (const std::string_view type : kTypes) {
    CAPTURE(type, all.desk.services.refusals(type), drained.err);
    const auto taken = all.desk.services.deliveries(type);
    REQUIRE(taken.size() == 1);
    CHECK(taken[0].text.find(text) != std::string::npos);
  }
  CHECK(all.desk.left_behind().find(kPlanted) == std::string::npos);
}

TEST_CASE("a long message reaches every service in pieces that it takes") {
  AllServices all;
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    std::string text;
    const int words = type == "twilio" ? 150 : type == "gotify" ? 3000 : 350;
    for (int i = 0; i < words; ++i) text += "<é😀_" + std::to_string(i) + "> & ";
    text.pop_back();
    REQUIRE_FALSE(all.desk.notify({"-c", std::string{type}, text}).empty());
    CHECK(all.run({"queue-drain"}).exit_code == 0);
    std::string joined;
    for (const auto& taken : all.desk.services.deliveries(type)) joined += taken.text;
    CHECK(solid(joined) == solid(text));
  }
}

TEST_CASE("a service that says too fast is left alone as long as it says, by every process") {
  AllServices all;
  all.behave(ChannelTrouble::limit_seconds, 1);
  const auto before =
      std::chrono::time_point_cast<btcw::milliseconds>(std::chrono::system_clock::now());
  all.notify_each("one");
  CHECK(all.run({"queue-drain"}).exit_code == 75);
  all.notify_each("two");
  CHECK(all.run({"queue-drain"}).exit_code == 75);
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    CHECK(all.desk.services.requests(type) == 1);
  }
  const auto pending = all.listed();
  CHECK(pending.size() == 2 * kTypes.size());
  for (const auto& message : pending) {
    CAPTURE(message.dump());
    CHECK(message.at("state") == "pending");
    CHECK(message.at("attempts") == 0);
    const auto due = btcw::parse_time(message.at("due").get<std::string>());
    REQUIRE(due);
    CHECK(*due >= before + seconds{590});
    CHECK(*due <= before + seconds{700});
  }
  CHECK(all.desk.left_behind().find(kPlanted) == std::string::npos);
}

TEST_CASE("what a service refuses for good is dead at once") {
  const auto trouble = GENERATE(ChannelTrouble::bad_token, ChannelTrouble::no_target);
  AllServices all;
  all.behave(trouble);
  all.notify_each("hello");
  const Outcome drained = all.run({"queue-drain", "-vv"});
  CHECK(drained.exit_code == 1);
  for (const std::string_view type : kTypes) CHECK(all.desk.services.requests(type) == 1);
  const auto listed = all.listed();
  CHECK(listed.size() == kTypes.size());
  for (const auto& message : listed) {
    CAPTURE(message.dump());
    CHECK(message.at("state") == "dead");
    CHECK(message.at("reason").get<std::string>().starts_with(
        message.at("channels").at(0).get<std::string>() + ": "));
  }
  CHECK(all.desk.left_behind().find(kPlanted) == std::string::npos);
}

TEST_CASE("a message that may have arrived is tried again, and says so") {
  AllServices all;
  all.behave(ChannelTrouble::close, 1);
  all.notify_each("hello");
  CHECK(all.run({"queue-drain"}).exit_code == 75);
  for (const auto& message : all.listed()) {
    CAPTURE(message.dump());
    CHECK(message.at("attempts") == 1);
    CHECK(message.value("maybe_duplicate", false));
  }
  for (const auto& record : all.log()) CHECK(record.at("result") == "ambiguous");
  all.desk.make_due();
  CHECK(all.run({"queue-drain"}).exit_code == 0);
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    // The second is the same Matrix transaction: nobody sees it twice.
    CHECK(all.desk.services.deliveries(type).size() == (type == "matrix" ? 1U : 2U));
  }
}

TEST_CASE("services that hang hold up none that works, and no secret is in a list of processes") {
  AllServices all;
  all.behave(ChannelTrouble::hang);
  all.desk.services.behave("ntfy", {});
  // Not all of them: here they share a host, and so its connections.
  for (const std::string type : {"telegram", "discord", "matrix", "twilio", "ntfy"}) {
    REQUIRE_FALSE(all.desk.notify({"-c", type, "hello"}).empty());
  }
  auto drain = all.desk.sandbox.start(
      {.arguments = {"queue-drain", "-vv", "--concurrency", "64", "--timeout", "2s"}});
  const auto begun = std::chrono::steady_clock::now();
  while (all.desk.services.deliveries("ntfy").empty() &&
         std::chrono::steady_clock::now() - begun < seconds{10}) {
    CHECK(all.run({"queue-drain", "--list"}).exit_code == 0);
  }
  CHECK(all.desk.services.deliveries("ntfy").size() == 1);
  const std::string process = "/proc/" + std::to_string(drain.pid());
  CHECK(btcw::test::text_of(process + "/cmdline").find(kPlanted) == std::string::npos);
  CHECK(btcw::test::text_of(process + "/environ").find(kPlanted) == std::string::npos);
  const Outcome ended = drain.wait();
  CHECK(ended.exit_code == 75);
  CHECK(ended.err.find(kPlanted) == std::string::npos);
  for (const auto& record : all.log()) {
    CAPTURE(record.dump());
    CHECK(record.at("result") == (record.at("channel") == "ntfy" ? "delivered" : "ambiguous"));
  }
  CHECK(all.desk.left_behind().find(kPlanted) == std::string::npos);
}

TEST_CASE("mail, a webhook, a program and standard output get their messages") {
  const Desk desk;
  SmtpServer mail{{.credentials = "user:s3cret-password"}};
  std::string body;
  HttpServer web{[&body](const ServedRequest& request) {
    body = request.body;
    return ServedResponse{};
  }};
  const auto out = desk.sandbox.root() / "program.out";
  const auto program = desk.sandbox.write_file(
      "program", "#!/bin/sh\nprintf '%s|' \"$BTCW_TEXT\" >'" + out.string() + "'\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  desk.sandbox.write_file("password", "s3cret-password\n");
  std::filesystem::permissions(desk.sandbox.root() / "password",
                               std::filesystem::perms::owner_read);
  desk.write_config("[channel.mail]\ntype = \"email\"\nurl = \"" + mail.url() +
                    "\"\nsecurity = \"opportunistic\"\nuser = \"user\"\npassword_file = \"" +
                    (desk.sandbox.root() / "password").string() +
                    "\"\nfrom = \"btcw@example.org\"\nto = [\"a@example.org\"]\n"
                    "[channel.web]\ntype = \"webhook\"\nurl = \"" +
                    web.url() +
                    "/hook\"\nbearer = \"s3cret-bearer\"\n"
                    "[channel.program]\ntype = \"exec\"\ncommand = [\"" +
                    program.string() +
                    "\"]\n"
                    "[channel.out]\ntype = \"stdout\"\nformat = \"text\"\n");
  REQUIRE_FALSE(desk.notify({"-t", "T", "to everywhere"}).empty());
  const Outcome drained = desk.run({"queue-drain"});
  CAPTURE(drained.err);
  CHECK(drained.exit_code == 0);
  REQUIRE(mail.mails().size() == 1);
  CHECK(mail.mails()[0].user == "user");
  CHECK(mail.mails()[0].message.find("to everywhere") != std::string::npos);
  CHECK(nlohmann::json::parse(body).at("text") == "to everywhere");
  CHECK(btcw::test::text_of(out) == "to everywhere|");
  CHECK(drained.out.find("to everywhere") != std::string::npos);
}
