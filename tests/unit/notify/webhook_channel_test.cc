#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/notify/body_template.h"
#include "btcw/notify/channel_settings.h"
#include "support/channel_ports.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using test::make_channel;
using test::ScriptedPorts;

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

Notification sample() {
  return {.id = "0001-abc",
          .title = "BTC \"up\"",
          .body = "last 97123.40\n{id} & more",
          .tags = {"a", "b"},
          .created = from_unix_ms(1'732'290'000'000)};
}

// Settings as the section's reader makes them: put_setting knows "header.*".
ChannelSettings section(const Values& values) {
  const ChannelKind* kind = find_channel_kind("webhook");
  ChannelSettings settings{.name = "hook"};
  for (const auto& [key, value] : values) put_setting(settings, kind->options, key, value);
  return settings;
}

Result<std::unique_ptr<Channel>> make_webhook(const Values& values, ScriptedPorts& world) {
  return find_channel_kind("webhook")->make(section(values), world.ports());
}

std::string header_of(const HttpRequest& request, std::string_view name) {
  std::string found;
  for (const auto& [key, value] : request.headers) {
    if (key == name) found += (found.empty() ? "" : "|") + value;
  }
  return found;
}

}  // namespace

TEST_CASE("a webhook gets the message's JSON, signed, with the message's id as its key") {
  ScriptedPorts world;
  auto channel = make_webhook({{"url", "https://h.example/hook/s3cret-path?x=1"},
                               {"secret", "key"},
                               {"bearer", "s3cret-token"},
                               {"header.X-Team", "s3cret-team"}},
                              world);
  REQUIRE(channel.has_value());
  world.http.add(test::respond(204));

  const Delivery delivery = test::deliver(**channel, world.http, sample());

  CHECK(delivery.result == DeliveryResult::delivered);
  REQUIRE(world.http.requests().size() == 1);
  const HttpRequest& request = world.http.requests()[0];
  CHECK(request.method == "POST");
  CHECK(request.url == "https://h.example/hook/s3cret-path?x=1");
  CHECK(request.body ==
        R"({"id":"0001-abc","created":"2024-11-22T15:40:00Z","priority":"normal",)"
        R"("title":"BTC \"up\"","text":"last 97123.40\n{id} & more","tags":["a","b"]})");
  CHECK(header_of(request, "Content-Type") == "application/json; charset=utf-8");
  CHECK(header_of(request, "Idempotency-Key") == "0001-abc");
  CHECK(header_of(request, "Authorization") == "Bearer s3cret-token");
  CHECK(header_of(request, "X-Team") == "s3cret-team");
  std::string mac;
  for (const char c : test::test_hmac_sha256("key", request.body)) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    mac += kDigits[static_cast<unsigned char>(c) >> 4U];
    mac += kDigits[static_cast<unsigned char>(c) & 0xFU];
  }
  CHECK(header_of(request, "X-Btcw-Signature") == "sha256=" + mac);
}

TEST_CASE("a webhook's body comes from its template, escaped as its type wants it") {
  struct Case {
    std::string content_type;
    std::string body;
    std::string sent;
  };
  const auto row = GENERATE(values<Case>({
      {"application/json", R"({"t":"{title}","x":{"y":[]},"b":"{text}","p":"{priority}"})",
       R"({"t":"BTC \"up\"","x":{"y":[]},"b":"last 97123.40\n{id} & more","p":"normal"})"},
      {"Application/X-WWW-form-urlencoded", "a={title}&b={tags}", "a=BTC%20%22up%22&b=a%2Cb"},
      {"text/plain", "{id} {created}: {title}", "0001-abc 2024-11-22T15:40:00Z: BTC \"up\""},
      {"application/json", "{}{ {id {1} {A}", "{}{ {id {1} {A}"},
  }));
  CAPTURE(row.body);
  ScriptedPorts world;
  auto channel = make_webhook({{"url", "http://h/"},
                               {"body", row.body},
                               {"content_type", row.content_type},
                               {"method", "PUT"}},
                              world);
  REQUIRE(channel.has_value());
  world.http.add(test::respond(200));
  (void)test::deliver(**channel, world.http, sample());
  CHECK(world.http.requests().at(0).body == row.sent);
  CHECK(world.http.requests().at(0).method == "PUT");
}

TEST_CASE("a GET carries the message in its URL") {
  ScriptedPorts world;
  auto channel = make_webhook({{"url", "http://h/say?t={title}&i={id}"}, {"method", "GET"}}, world);
  REQUIRE(channel.has_value());
  world.http.add(test::respond(200));
  (void)test::deliver(**channel, world.http, sample());
  CHECK(world.http.requests().at(0).url == "http://h/say?t=BTC%20%22up%22&i=0001-abc");
  CHECK(world.http.requests().at(0).body.empty());
}

TEST_CASE("a header of the section takes the place of ours") {
  ScriptedPorts world;
  auto channel = make_webhook(
      {{"url", "http://h/"}, {"header.authorization", "Custom x"}, {"bearer", "other"}}, world);
  REQUIRE(channel.has_value());
  world.http.add(test::respond(200));
  (void)test::deliver(**channel, world.http, sample());
  CHECK(header_of(world.http.requests().at(0), "Authorization").empty());
  CHECK(header_of(world.http.requests().at(0), "authorization") == "Custom x");
}

TEST_CASE("a token is signed for each request, and none is sent without one") {
  ScriptedPorts world;
  ChannelPorts ports = world.ports();
  std::string audience;
  Result<std::string> token = std::string{"jwt-s3cret"};
  ports.bearer_token = [&](std::string_view wanted) {
    audience = wanted;
    return token;
  };
  auto channel = find_channel_kind("webhook")->make(
      section({{"url", "http://h/"}, {"jwt_audience", "relay"}}), ports);
  REQUIRE(channel.has_value());
  world.http.add(test::respond(401, "bad token jwt-s3cret"));

  const Delivery refused = test::deliver(**channel, world.http, sample());
  CHECK(audience == "relay");
  CHECK(header_of(world.http.requests().at(0), "Authorization") == "Bearer jwt-s3cret");
  CHECK(refused.result == DeliveryResult::permanent);
  CHECK(refused.detail.find("jwt-s3cret") == std::string::npos);

  token = Error{Errc::not_found, "no key"};
  CHECK(test::deliver(**channel, world.http, sample()).result == DeliveryResult::permanent);
  token = Error{Errc::unavailable, "cannot be read"};
  CHECK(test::deliver(**channel, world.http, sample()).result == DeliveryResult::transient);
  CHECK(world.http.requests().size() == 1);
}

TEST_CASE("a webhook's answers and failures are told apart") {
  struct Case {
    test::ScriptedAnswer answer;
    DeliveryResult result;
  };
  const auto row = GENERATE(values<Case>({
      {test::respond(200), DeliveryResult::delivered},
      {test::respond(202, "<html>"), DeliveryResult::delivered},
      {test::respond(301), DeliveryResult::permanent},
      {test::respond(400), DeliveryResult::permanent},
      {test::respond(408), DeliveryResult::transient},
      {test::respond(429, "", {{"retry-after", "7"}}), DeliveryResult::rate_limited},
      {test::respond(503), DeliveryResult::transient},
      {test::fail_with(Errc::unavailable, "h: refused"), DeliveryResult::transient},
      {test::fail_with(Errc::unavailable, "h: time-out", HttpProgress::sent),
       DeliveryResult::ambiguous},
      {test::fail_with(Errc::invalid_input, "h: no"), DeliveryResult::permanent},
  }));
  ScriptedPorts world;
  auto channel = make_webhook({{"url", "http://h/"}}, world);
  REQUIRE(channel.has_value());
  world.http.add(row.answer);
  const Delivery delivery = test::deliver(**channel, world.http, sample());
  CHECK(delivery.result == row.result);
  CHECK(delivery.detail.empty() == (row.result == DeliveryResult::delivered));
}

TEST_CASE("neither a preview nor an echo of the service shows a webhook's secrets") {
  ScriptedPorts world;
  auto channel =
      make_webhook({{"url", "https://h.example/s3cret-path-one/x?k=s3cret-two-two&t={title}"},
                    {"secret", "s3cret-key"},
                    {"bearer", "s3cret-token"},
                    {"header.X-Key", "s3cret-header"},
                    {"header.Proxy-Auth", "Basic s3cretbase64"}},
                   world);
  REQUIRE(channel.has_value());
  const std::string preview = (*channel)->preview(sample());
  CAPTURE(preview);
  CHECK(preview.find("s3cret") == std::string::npos);
  CHECK(preview.starts_with("POST https://h.example/********\n"));
  CHECK(preview.find("97123.40") != std::string::npos);
  CHECK(preview.find("X-Btcw-Signature: sha256=********") != std::string::npos);
  CHECK(world.http.requests().empty());

  world.http.add("", [](const HttpRequest& request) {
    std::string echo = request.url;
    for (const auto& [name, value] : request.headers) echo += " " + value;
    return test::respond(400, echo);
  });
  const Delivery delivery = test::deliver(**channel, world.http, sample());
  CAPTURE(delivery.detail);
  CHECK(delivery.detail.starts_with("h.example: HTTP 400"));
  CHECK(delivery.detail.find("s3cret") == std::string::npos);
}

TEST_CASE("a webhook's section is checked when it is made") {
  const auto row = GENERATE(values<Values>({
      {{"url", "ftp://s3cret"}},
      {{"url", "http://{title}/s3cret"}},
      {{"url", "http://h/"}, {"method", "BREW"}},
      {{"url", "http://h/"}, {"body", "{titel}"}},
      {{"url", "http://h/{secret}"}},
      {{"url", "http://h/"}, {"header.X Y", "z"}},
      {{"url", "http://h/"}, {"header.X", "s3cret\r\nY: z"}},
      {{"url", "http://h/"}, {"content_type", "a\r\nY: z"}},
      {{"url", "http://h/"}, {"bearer", "s3cret\n"}},
      {{"url", "http://h/"}, {"bearer", "s3cret"}, {"jwt_audience", "a"}},
  }));
  ScriptedPorts world;
  const auto channel = make_webhook(row, world);
  REQUIRE_FALSE(channel.has_value());
  CHECK(channel.error().code == Errc::invalid_input);
  CHECK(channel.error().message.find("s3cret") == std::string::npos);
}

TEST_CASE("json:// and jsons:// stand for webhooks") {
  const auto channel = channel_from_url(
      "jsons://me:s3cret@h.example:8443/a/b%20c?method=PUT&+X-Key=s3cret2", "adhoc");
  REQUIRE(channel.has_value());
  CHECK(channel->kind->type == "webhook");
  CHECK(channel->settings.name == "adhoc");
  const auto secret = [&](std::string_view key) {
    const auto found = channel->settings.secrets.find(key);
    return found == channel->settings.secrets.end() ? "" : std::string{found->second.reveal()};
  };
  CHECK(secret("url") == "https://h.example:8443/a/b%20c");
  CHECK(secret("header.X-Key") == "s3cret2");
  CHECK(secret("header.Authorization") == "Basic bWU6czNjcmV0");
  CHECK(channel->settings.values.at("method") == "PUT");
  CHECK(channel_from_url("json://h", "x")->settings.secrets.at("url").reveal() == "http://h");
  CHECK_FALSE(channel_from_url("json:///a", "x").has_value());
  CHECK_FALSE(channel_from_url("json://h?colour=red", "x").has_value());
}
