// Every channel through the real transport against a server that plays its service.
#include "support/fake_channels.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/environment.h"
#include "btcw/net/curl_transport.h"
#include "support/channel_ports.h"
#include "support/recording_log.h"
#include "support/temp_folder.h"
#include "support/written_file.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using test::ChannelTrouble;
using test::FakeChannels;

namespace {

constexpr std::array<std::string_view, 14> kTypes{
    "telegram", "discord", "slack",    "feishu", "lark",   "dingtalk",   "wecom",
    "ntfy",     "gotify",  "pushover", "bark",   "matrix", "serverchan", "twilio"};

/// A channel on the real network, with all that it borrows.
struct LiveChannel {
  LiveChannel(std::string_view type, const FakeChannels& services)
      : http{make_curl_transport({}, environment, clock, log)} {
    auto made = test::make_channel(type, services.values(type),
                                   {.http = http.get(),
                                    .mail = nullptr,
                                    .commands = commands,
                                    .clock = clock,
                                    .out = stdout,
                                    .hmac_sha256 = test::test_hmac_sha256,
                                    .bearer_token = {}});
    REQUIRE(made.has_value());
    channel = *std::move(made);
  }

  Delivery deliver(const Notification& message, milliseconds timeout = seconds{10}) {
    return test::deliver(*channel, *http, message, timeout);
  }

  Environment environment;
  SystemClock clock;
  test::RecordingLog log;
  test::NoCommands commands;
  std::unique_ptr<HttpTransport> http;
  std::unique_ptr<Channel> channel;
};

Notification tricky_message() {
  return {.id = "20261122-0001",
          .title = "BTC <b>up</b> & *away*",
          .body = "last > 97123.40 & \"rising\" <@everyone>\n_now_ [x](http://y) `z` 價 😀",
          .priority = Priority::urgent,
          .created = from_unix_ms(1'732'290'000'000)};
}

std::string solid(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }),
             text.end());
  return text;
}

}  // namespace

TEST_CASE("every channel brings a message to its service, whatever signs are in it") {
  FakeChannels services;
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    LiveChannel live{type, services};
    const Notification message = tricky_message();

    const Delivery delivery = live.deliver(message);

    CAPTURE(delivery.detail, services.refusals(type));
    CHECK(delivery.result == DeliveryResult::delivered);
    const auto taken = services.deliveries(type);
    REQUIRE(taken.size() == 1);
    const std::string shown = taken[0].title + '\n' + taken[0].text;
    CHECK(shown.find(message.body) != std::string::npos);
    CHECK(shown.find(type == "serverchan" ? "BTC <b>up</b>" : message.title) != std::string::npos);
  }
}

TEST_CASE("a long message arrives whole, in pieces that the service takes") {
  FakeChannels services;
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    LiveChannel live{type, services};
    Notification message = tricky_message();
    message.title = "";
    message.body.clear();
    // Two pieces of a text message are all that anybody wants to pay for.
    const int words = type == "twilio" ? 150 : type == "gotify" ? 3000 : 350;
    for (int i = 0; i < words; ++i) message.body += "<é😀_" + std::to_string(i) + "> & ";

    const Delivery delivery = live.deliver(message);

    CAPTURE(delivery.detail, services.refusals(type));
    CHECK(delivery.result == DeliveryResult::delivered);
    std::string joined;
    for (const auto& taken : services.deliveries(type)) joined += taken.text;
    CHECK(solid(joined) == solid(message.body.substr(0, message.body.size() - 1)));
  }
}

TEST_CASE("attachments go where files are taken, and are named elsewhere") {
  FakeChannels services;
  const test::TempFolder folder;
  const std::string content = std::string("\x89PNG\r\n\0\xff--btcw-5c1e0f7a9d--\r\n", 29);
  const std::string chart = test::written(folder, "chart \"1\".bin", content).string();
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    LiveChannel live{type, services};
    Notification message = tricky_message();
    message.attachments = {chart, (folder / "gone.txt").string()};
    const bool takes_files = type == "telegram" || type == "discord";

    const Delivery delivery = live.deliver(message);

    CAPTURE(delivery.detail, services.refusals(type));
    CHECK(delivery.result == DeliveryResult::delivered);
    const auto taken = services.deliveries(type);
    REQUIRE(taken.size() == (takes_files ? 2U : 1U));
    CHECK(taken[0].text.find("[attachment not sent: gone.txt]") != std::string::npos);
    CHECK((taken[0].text.find("not sent: chart") == std::string::npos) == takes_files);
    if (takes_files) {
      CHECK(taken[1].title == "chart _1_.bin");
      CHECK(taken[1].text == content);
    }
  }
}

TEST_CASE("every trouble of a service is told apart") {
  struct Case {
    ChannelTrouble trouble;
    DeliveryResult result;
    bool is_taken;
  };
  const auto row = GENERATE(values<Case>({
      {ChannelTrouble::bad_token, DeliveryResult::permanent, false},
      {ChannelTrouble::no_target, DeliveryResult::permanent, false},
      {ChannelTrouble::limit, DeliveryResult::rate_limited, false},
      {ChannelTrouble::limit_seconds, DeliveryResult::rate_limited, false},
      {ChannelTrouble::limit_date, DeliveryResult::rate_limited, false},
      {ChannelTrouble::down, DeliveryResult::transient, false},
      {ChannelTrouble::garbage, DeliveryResult::ambiguous, true},
      {ChannelTrouble::close, DeliveryResult::ambiguous, true},
      {ChannelTrouble::reset, DeliveryResult::ambiguous, true},
      {ChannelTrouble::cut_off, DeliveryResult::ambiguous, true},
      {ChannelTrouble::not_http, DeliveryResult::ambiguous, true},
      {ChannelTrouble::hang, DeliveryResult::ambiguous, true},
  }));
  FakeChannels services;
  for (const std::string_view type : kTypes) {
    CAPTURE(type, static_cast<int>(row.trouble));
    services.behave(std::string{type}, {.trouble = row.trouble, .retry_after = seconds{20}});
    LiveChannel live{type, services};
    const milliseconds timeout =
        row.trouble == ChannelTrouble::hang ? milliseconds{250} : milliseconds{10'000};

    const Delivery delivery = live.deliver(tricky_message(), timeout);

    CAPTURE(delivery.detail);
    CHECK(delivery.result == row.result);
    CHECK_FALSE(delivery.detail.empty());
    CHECK(delivery.detail.find("s3cret") == std::string::npos);
    CHECK(services.requests(type) == 1);
    CHECK(services.deliveries(type).size() == (row.is_taken ? 1U : 0U));
    if (row.result == DeliveryResult::rate_limited) {
      REQUIRE(delivery.retry_at.has_value());
      CHECK(*delivery.retry_at > live.clock.now() + seconds{5});
    }
    CHECK_FALSE(live.log.mentions("s3cret"));
  }
}

TEST_CASE("an error inside a 200 is no success") {
  FakeChannels services;
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    services.behave(std::string{type}, {.trouble = ChannelTrouble::error_in_200});
    LiveChannel live{type, services};

    const Delivery delivery = live.deliver(tricky_message());

    CAPTURE(delivery.detail);
    CHECK(delivery.result != DeliveryResult::delivered);
  }
}

TEST_CASE("after a trouble that passes the message arrives") {
  FakeChannels services;
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    services.behave(std::string{type}, {.trouble = ChannelTrouble::down, .times = 1});
    LiveChannel live{type, services};

    CHECK(live.deliver(tricky_message()).result == DeliveryResult::transient);
    CHECK(live.deliver(tricky_message()).result == DeliveryResult::delivered);
    CHECK(services.deliveries(type).size() == 1);
  }
}

TEST_CASE("a service that is not there is a transient failure") {
  FakeChannels services;
  services.stop();
  for (const std::string_view type : kTypes) {
    CAPTURE(type);
    LiveChannel live{type, services};

    const Delivery delivery = live.deliver(tricky_message());

    CHECK(delivery.result == DeliveryResult::transient);
    CHECK(delivery.detail.find("127.0.0.1") != std::string::npos);
    CHECK(delivery.detail.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("a repeat of a Matrix message is the same transaction") {
  FakeChannels services;
  services.behave("matrix", {.trouble = ChannelTrouble::close, .times = 1});
  LiveChannel live{"matrix", services};
  Notification message = tricky_message();

  CHECK(live.deliver(message).result == DeliveryResult::ambiguous);
  message.maybe_duplicate = true;
  CHECK(live.deliver(message).result == DeliveryResult::delivered);

  CHECK(services.requests("matrix") == 2);
  CHECK(services.deliveries("matrix").size() == 1);
}

TEST_CASE("a wrong signature is refused by the services that check one") {
  FakeChannels services;
  for (const std::string_view type : {"feishu", "lark", "dingtalk"}) {
    CAPTURE(type);
    LiveChannel live{type, services};
    auto values = services.values(type);
    for (auto& [key, value] : values) {
      if (key == "secret") value += "-wrong";
    }
    auto channel = test::make_channel(type, values,
                                      {.http = live.http.get(),
                                       .mail = nullptr,
                                       .commands = live.commands,
                                       .clock = live.clock,
                                       .out = stdout,
                                       .hmac_sha256 = test::test_hmac_sha256,
                                       .bearer_token = {}});
    REQUIRE(channel.has_value());

    const Delivery delivery = test::deliver(**channel, *live.http, tricky_message());

    CHECK(delivery.result == DeliveryResult::permanent);
    CHECK(services.deliveries(type).empty());
  }
}

TEST_CASE("pieces and messages of one channel use one connection") {
  FakeChannels services;
  LiveChannel live{"ntfy", services};
  Notification message = tricky_message();
  message.body = std::string(10'000, 'x');

  CHECK(live.deliver(message).result == DeliveryResult::delivered);
  CHECK(live.deliver(tricky_message()).result == DeliveryResult::delivered);

  CHECK(services.deliveries("ntfy").size() == 4);
  CHECK(services.connections() == 1);
}
