// The email, webhook and exec channels through real transports to real servers and programs.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../net/curl_fixture.h"
#include "support/channel_ports.h"
#include "support/command_fixture.h"
#include "support/smtp_server.h"
#include "support/written_file.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using test::SmtpEncryption;
using test::SmtpFault;
using test::SmtpServer;

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

// Channels on the real network and real processes.
struct World {
  explicit World(HttpOptions options = {}) : curl{std::move(options)} {}

  test::CurlFixture curl;
  test::CommandFixture commands;

  Result<std::unique_ptr<Channel>> make(std::string_view type, const Values& values) {
    return test::make_channel(type, values,
                              {.http = curl.http.get(),
                               .mail = curl.http.get(),
                               .commands = *commands.runner,
                               .clock = curl.clock,
                               .out = stdout,
                               .hmac_sha256 = test::test_hmac_sha256,
                               .bearer_token = nullptr});
  }
  Delivery deliver(Channel& channel, const Notification& message,
                   milliseconds timeout = seconds{20}) {
    std::optional<Delivery> delivery;
    channel.deliver(message, timeout, [&](Delivery done) { delivery = std::move(done); });
    while (!delivery) {
      curl.http->drive(curl.clock.steady_now() + milliseconds{5});
      commands.step(curl.clock.steady_now() + milliseconds{5});
    }
    return *std::move(delivery);
  }
};

Notification sample() {
  return {.id = "0001-abc",
          .title = "BTC über 100k ✓",
          .body = ".\nlast 97123.40 <b>\n.",
          .priority = Priority::urgent,
          .created = from_unix_ms(1'732'290'000'000)};
}

Values mail_values(const SmtpServer& server) {
  return {{"url", server.url()},
          {"user", "me"},
          {"password", "s3cret"},
          {"from", "btcw <btcw@example.org>"},
          {"to", "me@example.org,Jürgen <you@example.org>"}};
}

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("a message arrives as a mail, with its attachments up to their limit") {
  const auto encryption = GENERATE(SmtpEncryption::starttls, SmtpEncryption::implicit);
  SmtpServer server{{.encryption = encryption, .credentials = "me:s3cret"}};
  const test::TempFolder folder;
  HttpOptions options;
  options.ca_file = server.ca_file();
  World world{std::move(options)};
  Values values = mail_values(server);
  values.emplace_back("max_attachment_bytes", "100000");
  auto channel = world.make("email", values);
  REQUIRE(channel.has_value());
  Notification message = sample();
  message.attachments = {test::written(folder, "chart.png", std::string(60'000, 'p')),
                         test::written(folder, "large.bin", std::string(60'000, 'l')),
                         test::written(folder, "small.txt", "s"), folder / "lost.png",
                         folder.path()};

  REQUIRE(world.deliver(**channel, message).result == DeliveryResult::delivered);

  REQUIRE(server.mails().size() == 1);
  const auto mail = server.mails()[0];
  CHECK(mail.user == "me");
  CHECK(mail.encrypted);
  CHECK(mail.recipients == std::vector<std::string>{"me@example.org", "you@example.org"});
  CHECK(mail.message.find("Message-ID: <0001-abc.btcw@example.org>\r\n") != std::string::npos);
  CHECK(mail.message.find("Subject:\r\n =?UTF-8?B?") != std::string::npos);
  CHECK(mail.message.find("X-Priority: 1") != std::string::npos);
  CHECK(count_of(mail.message, "Content-Disposition: attachment") == 2);
  CHECK(mail.message.find("[attachment not sent: large.bin: no file, or too large]") !=
        std::string::npos);
  CHECK(mail.message.find("[attachment not sent: lost.png: there is no such file]") !=
        std::string::npos);
}

TEST_CASE("a mail that could hold ten megabytes is sent, one byte more is not attached") {
  SmtpServer server;
  const test::TempFolder folder;
  World world;
  auto channel = world.make("email", {{"url", server.url()},
                                      {"from", "a@example.org"},
                                      {"to", "b@example.org"},
                                      {"security", "opportunistic"}});
  REQUIRE(channel.has_value());
  const auto path = test::written(folder, "big.bin", std::string(10'000'000, 'x'));
  Notification message = sample();
  message.attachments = {path};
  REQUIRE(world.deliver(**channel, message, seconds{60}).result == DeliveryResult::delivered);
  CHECK(server.mails().at(0).message.size() > 13'000'000);

  std::filesystem::resize_file(path, 10'000'001);
  REQUIRE(world.deliver(**channel, message, seconds{60}).result == DeliveryResult::delivered);
  CHECK(server.mails().at(1).message.size() < 10'000);
}

TEST_CASE("a mail server's refusals and faults say what became of the message") {
  struct Case {
    std::string_view moment;
    test::SmtpReaction reaction;
    DeliveryResult result;
  };
  const auto row = GENERATE(values<Case>({
      {"connect", {.reply = "421 busy"}, DeliveryResult::transient},
      {"connect", {.reply = "554 blocked"}, DeliveryResult::permanent},
      {"RCPT", {.reply = "450 greylisted"}, DeliveryResult::transient},
      {"RCPT", {.reply = "550 unknown"}, DeliveryResult::permanent},
      {".", {.reply = "451 later"}, DeliveryResult::transient},
      {".", {.reply = "552 too big"}, DeliveryResult::permanent},
      {".", {.reply = "554 spam"}, DeliveryResult::permanent},
      {"DATA", {.fault = SmtpFault::close}, DeliveryResult::transient},
      {"MAIL", {.fault = SmtpFault::hang}, DeliveryResult::transient},
      {".", {.fault = SmtpFault::hang}, DeliveryResult::ambiguous},
      {".", {.fault = SmtpFault::close}, DeliveryResult::ambiguous},
      {".", {.fault = SmtpFault::garbage}, DeliveryResult::ambiguous},
  }));
  CAPTURE(row.moment, row.reaction.reply, row.reaction.fault);
  SmtpServer server;
  server.react(row.moment, row.reaction);
  World world;
  auto channel = world.make("email", {{"url", server.url()},
                                      {"from", "a@example.org"},
                                      {"to", "b@example.org"},
                                      {"security", "opportunistic"}});
  REQUIRE(channel.has_value());
  // Time enough for a busy machine to come to the moment in question.
  const milliseconds timeout =
      row.reaction.fault == SmtpFault::hang ? milliseconds{800} : seconds{20};
  const Delivery delivery = world.deliver(**channel, sample(), timeout);
  CAPTURE(delivery.detail);
  CHECK(delivery.result == row.result);
  CHECK(delivery.detail.starts_with("127.0.0.1:" + std::to_string(server.port()) + ": "));
}

TEST_CASE("a wrong password is for good and shows up nowhere, not even where it is echoed") {
  SmtpServer server{{.credentials = "me:other"}};
  World world;
  Values values = mail_values(server);
  values.emplace_back("security", "opportunistic");
  auto channel = world.make("email", values);
  REQUIRE(channel.has_value());
  const Delivery delivery = world.deliver(**channel, sample());
  CHECK(delivery.result == DeliveryResult::permanent);
  CHECK(delivery.detail.find("535") != std::string::npos);
  CHECK(delivery.detail.find("s3cret") == std::string::npos);
  CHECK_FALSE(world.curl.log.mentions("s3cret"));
  CHECK((*channel)->preview(sample()).find("s3cret") == std::string::npos);
}

TEST_CASE("a webhook is called over HTTP, and one that hangs after the body is ambiguous") {
  test::HttpServer quick{test::always({.status = 202})};
  test::HttpServer hung{test::always({.fault = test::Fault::hang})};
  World world;
  auto channel = world.make("webhook", {{"url", quick.url() + "/hook"}, {"secret", "s3cret"}});
  REQUIRE(channel.has_value());
  CHECK(world.deliver(**channel, sample()).result == DeliveryResult::delivered);
  const auto request = quick.requests().at(0);
  CHECK(request.method == "POST");
  CHECK(request.header("idempotency-key") == "0001-abc");
  CHECK(request.header("x-btcw-signature").value_or("").starts_with("sha256="));

  auto hanging = world.make("webhook", {{"url", hung.url()}});
  CHECK(world.deliver(**hanging, sample(), milliseconds{800}).result == DeliveryResult::ambiguous);
}

TEST_CASE("a command of the user's own is run with the message") {
  World world;
  const test::TempFolder folder;
  const std::string file = folder / "seen";
  const auto script =
      test::written(folder, "tell",
                    "#!/bin/sh\n{ printf '%s|' \"$BTCW_ID\" \"$BTCW_PRIORITY\" \"$1\"; cat; } > " +
                        file + "\nexit ${2:-0}\n");
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  auto channel = world.make("exec", {{"command", script.string() + " 'a b'"}});
  REQUIRE(channel.has_value());
  CHECK(world.deliver(**channel, sample()).result == DeliveryResult::delivered);
  std::ifstream seen{file};
  std::string line;
  std::getline(seen, line);
  CHECK(line.starts_with("0001-abc|urgent|a b|{\"id\":\"0001-abc\","));

  auto later = world.make("exec", {{"command", script.string() + " x 75"}});
  CHECK(world.deliver(**later, sample()).result == DeliveryResult::transient);
  auto hangs = world.make("exec", {{"command", "sleep 100"}});
  CHECK(world.deliver(**hangs, sample(), milliseconds{100}).result == DeliveryResult::ambiguous);
}
