#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/notify/channel.h"
#include "support/channel_ports.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using test::make_channel;
using test::sample_values;
using test::ScriptedPorts;

namespace {

constexpr const char* kServer = "http://127.0.0.1:9";

std::vector<std::string_view> network_types() {
  std::vector<std::string_view> types;
  for (const ChannelKind& kind : channel_kinds()) {
    if (kind.reach == ChannelReach::network && kind.type != "webhook" && kind.type != "email") {
      types.push_back(kind.type);
    }
  }
  return types;
}

Notification sample_message() {
  return {.id = "0001-abc",
          .title = "BTC <up>",
          .body = "last 97123.40 & rising\n*now*",
          .priority = Priority::urgent,
          .created = from_unix_ms(1'732'290'000'000)};
}

}  // namespace

TEST_CASE("every kind of channel has a name, schemes and options of its own") {
  std::set<std::string_view> types;
  std::set<std::string_view> schemes;
  for (const ChannelKind& kind : channel_kinds()) {
    CAPTURE(kind.type);
    CHECK(types.insert(kind.type).second);
    CHECK(find_channel_kind(kind.type) == &kind);
    CHECK_FALSE(kind.schemes.empty());
    for (const std::string_view scheme : kind.schemes) CHECK(schemes.insert(scheme).second);
    std::set<std::string_view> keys;
    for (const ChannelOption& option : kind.options) {
      CAPTURE(option.key);
      CHECK(keys.insert(option.key).second);
      CHECK_FALSE(option.help.empty());
      CHECK_FALSE((option.required && !option.fallback.empty()));
      CHECK_FALSE((option.secret && !option.fallback.empty()));
    }
    REQUIRE(kind.make != nullptr);
    REQUIRE(kind.from_url != nullptr);
  }
  CHECK(find_channel_kind("telegramm") == nullptr);
}

TEST_CASE("what signs in to a service is marked as a secret") {
  for (const std::string_view type : network_types()) {
    CAPTURE(type);
    const ChannelKind* kind = find_channel_kind(type);
    CHECK(std::any_of(kind->options.begin(), kind->options.end(),
                      [](const ChannelOption& option) { return option.secret; }));
    for (const ChannelOption& option : kind->options) {
      CAPTURE(option.key);
      const bool sounds_secret = option.key == "token" || option.key == "key" ||
                                 option.key == "secret" || option.key == "password" ||
                                 option.key == "url" || option.key == "device_key";
      CHECK((!sounds_secret || option.secret));
    }
  }
}

TEST_CASE("every service's address can be changed") {
  for (const std::string_view type : network_types()) {
    CAPTURE(type);
    ScriptedPorts world;
    auto channel = make_channel(type, sample_values(type, kServer), world.ports());
    REQUIRE(channel.has_value());
    world.http.add(test::respond(500));

    (void)test::deliver(**channel, world.http, sample_message());

    REQUIRE(world.http.requests().size() == 1);
    CHECK(world.http.requests()[0].url.starts_with(std::string{kServer} + "/"));
  }
}

TEST_CASE("no preview shows a secret, and every one shows the text") {
  for (const std::string_view type : network_types()) {
    CAPTURE(type);
    ScriptedPorts world;
    auto channel = make_channel(type, sample_values(type, kServer), world.ports());
    REQUIRE(channel.has_value());

    const std::string preview = (*channel)->preview(sample_message());

    CAPTURE(preview);
    CHECK(preview.find("s3cret") == std::string::npos);
    CHECK(preview.find("czNjcmV0") == std::string::npos);  // "s3cret" in base64
    CHECK(preview.find("********") != std::string::npos);
    CHECK(preview.find("97123.40") != std::string::npos);
    CHECK(preview.find(kServer) != std::string::npos);
    CHECK(world.http.requests().empty());
  }
}

TEST_CASE("no detail of a failure shows a secret that the service echoes") {
  for (const std::string_view type : network_types()) {
    CAPTURE(type);
    ScriptedPorts world;
    auto channel = make_channel(type, sample_values(type, kServer), world.ports());
    REQUIRE(channel.has_value());
    world.http.add("", [](const HttpRequest& request) {
      return test::respond(404, "no such thing: " + request.url);
    });

    const Delivery delivery = test::deliver(**channel, world.http, sample_message());

    CAPTURE(delivery.detail);
    CHECK(delivery.result == DeliveryResult::permanent);
    CHECK(delivery.detail.starts_with("127.0.0.1:9: HTTP 404"));
    CHECK(delivery.detail.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("failures that all services have in common are told apart") {
  struct Case {
    std::string_view why;
    test::ScriptedAnswer answer;
    DeliveryResult result;
  };
  const auto row = GENERATE(values<Case>({
      {"refused", test::fail_with(Errc::unavailable, "h: connection refused"),
       DeliveryResult::transient},
      {"time-out after the body",
       test::fail_with(Errc::unavailable, "h: timed out", HttpProgress::sent),
       DeliveryResult::ambiguous},
      {"cut off", test::fail_with(Errc::bad_data, "h: not HTTP", HttpProgress::sent),
       DeliveryResult::ambiguous},
      {"a request that cannot be made", test::fail_with(Errc::invalid_input, "not a url"),
       DeliveryResult::permanent},
      {"408", test::respond(408), DeliveryResult::transient},
      {"425", test::respond(425), DeliveryResult::transient},
      {"500", test::respond(500, "oops"), DeliveryResult::transient},
      {"503 with a page", test::respond(503, "<html>down</html>"), DeliveryResult::transient},
      {"429", test::respond(429), DeliveryResult::rate_limited},
      {"400", test::respond(400), DeliveryResult::permanent},
      {"401", test::respond(401), DeliveryResult::permanent},
      {"403", test::respond(403), DeliveryResult::permanent},
      {"404", test::respond(404), DeliveryResult::permanent},
      {"a redirect", test::respond(302, "", {{"location", "http://x/"}}),
       DeliveryResult::permanent},
      {"somebody else's page", test::respond(200, "<html>please sign in</html>"),
       DeliveryResult::ambiguous},
      {"nothing at all", test::respond(200), DeliveryResult::ambiguous},
      {"half of an answer", test::respond(200, "{\"ok\":tr"), DeliveryResult::ambiguous},
      {"an object that says nothing", test::respond(200, "{}"), DeliveryResult::ambiguous},
  }));
  for (const std::string_view type : network_types()) {
    CAPTURE(row.why, type);
    ScriptedPorts world;
    auto channel = make_channel(type, sample_values(type, kServer), world.ports());
    REQUIRE(channel.has_value());
    world.http.add(row.answer);

    const Delivery delivery = test::deliver(**channel, world.http, sample_message());

    CAPTURE(delivery.detail);
    CHECK(delivery.result == row.result);
    CHECK_FALSE(delivery.detail.empty());
    CHECK(delivery.retry_at.has_value() == (row.result == DeliveryResult::rate_limited));
    CHECK((!delivery.retry_at || *delivery.retry_at > world.clock.now()));
  }
}

TEST_CASE("Retry-After is kept in seconds and as a date") {
  for (const std::string_view type : network_types()) {
    CAPTURE(type);
    ScriptedPorts world;
    auto channel = make_channel(type, sample_values(type, kServer), world.ports());
    REQUIRE(channel.has_value());
    // The clock stands at 2024-11-22 15:40:00 UTC.
    world.http.add(test::respond(429, "", {{"retry-after", "17"}}));
    world.http.add(test::respond(429, "", {{"retry-after", "Fri, 22 Nov 2024 15:41:00 GMT"}}));

    const Delivery first = test::deliver(**channel, world.http, sample_message());
    const Delivery second = test::deliver(**channel, world.http, sample_message());

    CHECK(first.retry_at == world.clock.now() + seconds{17});
    CHECK(second.retry_at == world.clock.now() + seconds{60});
  }
}

TEST_CASE("a section that lacks something, or has too much, makes no channel") {
  for (const ChannelKind& kind : channel_kinds()) {
    if (kind.reach != ChannelReach::network) continue;
    CAPTURE(kind.type);
    ScriptedPorts world;
    CHECK_FALSE(kind.make({.name = "n"}, world.ports()).has_value());
  }
  for (const std::string_view type : network_types()) {
    CAPTURE(type);
    ScriptedPorts world;
    auto with_more = sample_values(type, kServer);
    with_more.emplace_back("s3cret_typo", "s3cret");
    const auto refused = make_channel(type, with_more, world.ports());
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::invalid_input);

    const auto bad_address = make_channel(type, sample_values(type, "ftp://s3cret"), world.ports());
    REQUIRE_FALSE(bad_address.has_value());
    CHECK(bad_address.error().code == Errc::invalid_input);
    CHECK(bad_address.error().message.find("s3cret") == std::string::npos);

    const ChannelKind* kind = find_channel_kind(type);
    for (const ChannelOption& option : kind->options) {
      if (!option.required) continue;
      CAPTURE(option.key);
      auto without = sample_values(type, kServer);
      without.erase(std::remove_if(without.begin(), without.end(),
                                   [&](const auto& pair) { return pair.first == option.key; }),
                    without.end());
      const auto incomplete = make_channel(type, without, world.ports());
      REQUIRE_FALSE(incomplete.has_value());
      CHECK(incomplete.error().code == (option.secret ? Errc::rejected : Errc::invalid_input));
    }
  }
}
