// The sections [channel.NAME]: what they may hold, and what becomes of it.
#include "btcw/config/channel_sections.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/process/command_words.h"
#include "support/config_text.h"

using namespace std::chrono_literals;
using btcw::ChannelRoute;
using btcw::Config;
using btcw::ConfigOrigin;
using btcw::Environment;
using btcw::LoadedConfig;
using btcw::Secret;
using btcw::test::lines_of;
using btcw::test::load_texts;
using Lines = std::vector<std::string>;

namespace {

/// The only channel of a text without errors, its settings sorted.
ChannelRoute route_of(std::string_view text) {
  LoadedConfig loaded = load_texts({text}, Environment{{{"HOME", "/home/me"}}});
  REQUIRE(lines_of(loaded.errors) == Lines{});
  sort_channel_settings(loaded.config);
  REQUIRE(loaded.config.channels.size() == 1);
  return std::move(loaded.config.channels.begin()->second);
}

}  // namespace

TEST_CASE("a channel's section says what it is, what it needs and what is routed to it") {
  const ChannelRoute route = route_of(R"(
[channel.me]
type = "telegram"
token = "123:abc"
chat = -1001234567890
topic = 12
default = false
tags = ["ops", "prices"]
per_minute = 20
per_hour = 100
per_day = 500
quiet = "22:00-07:00"
timezone = "Asia/Shanghai"
batch = "5m"
escalate_to = "me"
escalate_after = "1m"
)");
  CHECK(route.type == "telegram");
  CHECK(route.name() == "me");
  CHECK(route.settings.values.at("chat") == "-1001234567890");
  CHECK(route.settings.values.at("topic") == "12");
  CHECK(route.settings.secrets.at("token").reveal() == "123:abc");
  CHECK(route.enabled);
  CHECK_FALSE(route.by_default);
  CHECK(route.tags == Lines{"ops", "prices"});
  CHECK(route.caps.per_minute == 20);
  CHECK(route.caps.per_hour == 100);
  CHECK(route.caps.per_day == 500);
  CHECK(route.quiet == "22:00-07:00");
  CHECK(route.timezone == "Asia/Shanghai");
  CHECK(route.batch == 5min);
  CHECK(route.escalate_to == "me");
  CHECK(route.escalate_after == 1min);
}

TEST_CASE("lists of a section become the one text that the channel reads") {
  const ChannelRoute mail = route_of(R"(
[channel.mail]
type = "email"
url = "smtp://mail.example.org"
from = "btcw@example.org"
to = ["a@example.org", "b@example.org"]
)");
  CHECK(mail.settings.values.at("to") == "a@example.org, b@example.org");
  const ChannelRoute program = route_of(R"(
[channel.program]
type = "exec"
command = ["/bin/echo", "two words", "it's"]
)");
  const auto words = btcw::split_command(program.settings.values.at("command"));
  REQUIRE(words);
  CHECK(*words == Lines{"/bin/echo", "two words", "it's"});
}

TEST_CASE("a webhook's headers are secrets, each under its name") {
  const ChannelRoute route = route_of(R"(
[channel.web]
type = "webhook"
url = "https://example.org/hook"
headers = ["X-Team: trading", "Authorization:Basic abc"]
)");
  CHECK(route.settings.values.count("headers") == 0);
  CHECK(route.settings.secrets.at("header.X-Team").reveal() == "trading");
  CHECK(route.settings.secrets.at("header.Authorization").reveal() == "Basic abc");
}

TEST_CASE(
    "a name that is a secret of one type and a plain value of another goes where it belongs") {
  const ChannelRoute ntfy = route_of(R"(
[channel.topic]
type = "ntfy"
topic = "btc"
user = "me"
password = "p"
)");
  CHECK(ntfy.settings.values.at("user") == "me");
  CHECK(ntfy.settings.secrets.count("user") == 0);
  CHECK(ntfy.settings.secrets.at("password").reveal() == "p");
}

TEST_CASE("what is wrong in a channel's section is told with its place") {
  struct Case {
    std::string_view text;
    std::string_view error;
  };
  const auto row = GENERATE(values<Case>({
      {"[channel.a]\nchat = 1", "channel.a: type is missing: "},
      {"[channel.a]\ntype = \"telegraph\"",
       "channel.a: no such type of channel: \"telegraph\": did you mean 'telegram'?"},
      {"[channel.a]\ntype = \"zzzzzzzz\"", "there are telegram, discord, slack"},
      {"[channel.a]\ntype = \"telegram\"\ntoken = \"t\"", "channel.a: chat is missing: "},
      {"[channel.a]\ntype = \"telegram\"\nchat = 1\nroom = \"r\"",
       "channel.a: 'room' is no key of a channel of type telegram; its keys are token, chat, "
       "topic"},
      {"[channel.a]\ntype = \"telegram\"\nchat = 1\npassword = \"r\"",
       "'password' is no key of a channel of type telegram"},
      {"[channel.a]\ntype = \"telegram\"\nchat = 1\nheaders = [\"a: b\"]",
       "'headers' is no key of a channel of type telegram"},
      {"[channel.a]\ntype = \"stdout\"\nescalate_to = \"b\"",
       "channel.a: escalate_to: there is no channel \"b\""},
      {"[channel.a]\ntype = \"stdout\"\nquiet = \"10pm\"", "1.toml:3:9: channel.a.quiet: "},
      {"[channel.a]\ntype = \"stdout\"\ntimezone = \"Mars/Base\"",
       "1.toml:3:12: channel.a.timezone: "},
      {"[channel.a]\ntype = \"stdout\"\nper_minute = -1", "1.toml:3:14: channel.a.per_minute: "},
      {"[channel.a]\ntype = \"stdout\"\nbatch = \"25h\"", "1.toml:3:9: channel.a.batch: "},
      {"[channel.a]\ntype = \"stdout\"\nformat = {a = 1}", "1.toml:3:10: channel.a.format: "},
      {"[channel.a]\ntype = \"stdout\"\ntokn = \"t\"", "unknown key 'channel.a.tokn'"},
      {"[channel.\"a b\"]\ntype = \"stdout\"", "1.toml:1:10: unknown key 'channel.\"a b\"'"},
      {"[channel.\"adhoc:1\"]\ntype = \"stdout\"", "unknown key 'channel.\"adhoc:1\"'"},
      {"[channel.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\ntype = "
       "\"stdout\"",
       "the name of a channel has at most 64 characters"},
      {"[queue]\nmax_attempts = 0", "1.toml:2:16: queue.max_attempts: expected a number from 1"},
      {"[queue]\nttl = -1", "1.toml:2:7: queue.ttl: expected a duration"},
  }));
  CAPTURE(row.text);

  const LoadedConfig loaded = load_texts({row.text}, Environment{{{"HOME", "/home/me"}}});

  REQUIRE(loaded.errors.size() == 1);
  CHECK_THAT(lines_of(loaded.errors)[0], Catch::Contains(std::string{row.error}));
}

TEST_CASE("a variable sets a channel's key") {
  const LoadedConfig loaded =
      load_texts({"[channel.me]\ntype = \"telegram\"\nchat = 1\ntoken = \"t\""},
                 Environment{{{"HOME", "/"}, {"BTCW__CHANNEL__ME__CHAT", "2"}}});
  CHECK(lines_of(loaded.errors) == Lines{});
  CHECK(loaded.config.channels.at("me").settings.values.at("chat") == "2");
}

TEST_CASE("nothing of a channel's secrets is among the values that are listed") {
  const LoadedConfig loaded = load_texts({R"(
[channel.web]
type = "webhook"
url = "https://example.org/planted-url"
headers = ["Authorization: planted-header"]
bearer = "planted-bearer"
)"},
                                         Environment{{{"HOME", "/home/me"}}});
  REQUIRE(lines_of(loaded.errors) == Lines{});
  std::size_t masked = 0;
  for (const ConfigOrigin& origin : loaded.origins) {
    CAPTURE(origin.key);
    CHECK(origin.value.find("planted") == std::string::npos);
    masked += origin.masked ? 1U : 0U;
  }
  CHECK(masked == 3);
}
