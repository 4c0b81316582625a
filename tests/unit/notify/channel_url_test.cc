#include "btcw/notify/channel_url.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/notify/channel.h"

using btcw::channel_from_url;
using btcw::ChannelUrl;
using btcw::Errc;

TEST_CASE("ChannelUrl::parse takes an Apprise URL apart") {
  struct Case {
    std::string_view why;
    std::string_view text;
    std::string scheme;
    std::string user;
    std::string password;
    std::string host;
    int port;
    std::vector<std::string> path;
  };
  const auto row = GENERATE(values<Case>({
      {"all of it",
       "mailto://me:pw@mail.example:25/a/b",
       "mailto",
       "me",
       "pw",
       "mail.example",
       25,
       {"a", "b"}},
      {"a token with a colon is a host",
       "tgram://123456:AAbbCC/-100",
       "tgram",
       "",
       "",
       "123456:AAbbCC",
       0,
       {"-100"}},
      {"upper case stays in the host, not in the scheme",
       "WeComBot://KeyAbC",
       "wecombot",
       "",
       "",
       "KeyAbC",
       0,
       {}},
      {"no host", "exec:///usr/bin/say", "exec", "", "", "", 0, {"usr", "bin", "say"}},
      {"nothing behind the scheme", "stdout://", "stdout", "", "", "", 0, {}},
      {"empty segments are none", "ntfy://host//a///b/", "ntfy", "", "", "host", 0, {"a", "b"}},
      {"percent-encoding",
       "pover://us%40er@to%2Fken/d%20e",
       "pover",
       "us@er",
       "",
       "to/ken",
       0,
       {"d e"}},
      {"an '@' in the password", "json://me:p@w@host", "json", "me", "p@w", "host", 0, {}},
      {"a '#' is a letter", "slack://A/B/C/#chan", "slack", "", "", "A", 0, {"B", "C", "#chan"}},
      {"IPv6", "gotify://[::1]:8080/t", "gotify", "", "", "[::1]", 8080, {"t"}},
      {"IPv6 without a port", "gotify://[::1]/t", "gotify", "", "", "[::1]", 0, {"t"}},
      {"a colon in the password", "json://me:a:b@host", "json", "me", "a:b", "host", 0, {}},
      {"a plus stays", "twilio://S:T@+4917/+4918", "twilio", "S", "T", "+4917", 0, {"+4918"}},
  }));
  CAPTURE(row.why, row.text);

  const auto url = ChannelUrl::parse(row.text);

  REQUIRE(url.has_value());
  CHECK(url->scheme == row.scheme);
  CHECK(url->user == row.user);
  CHECK(url->password == row.password);
  CHECK(url->host == row.host);
  CHECK(url->port == row.port);
  CHECK(url->path == row.path);
}

TEST_CASE("ChannelUrl::parse reads the query") {
  const auto url = ChannelUrl::parse("feishu://token?secret=a%26b&flag&&base_url=http://h/p?x=1");

  REQUIRE(url.has_value());
  CHECK(url->query.size() == 3);
  CHECK(url->query.at("secret") == "a&b");
  CHECK(url->query.at("flag").empty());
  CHECK(url->query.at("base_url") == "http://h/p?x=1");
}

TEST_CASE("ChannelUrl::parse refuses what is no channel URL without quoting it") {
  struct Case {
    std::string_view why;
    std::string text;
  };
  const auto row = GENERATE(values<Case>({
      {"empty", ""},
      {"no scheme", "s3cret"},
      {"empty scheme", "://s3cret"},
      {"one slash", "ntfy:/s3cret"},
      {"a sign in the scheme", "nt_fy://s3cret"},
      {"a digit first", "1ntfy://s3cret"},
      {"a scheme without end", std::string(30, 'a') + "://s3cret"},
      {"port 0", "ntfy://s3cret:0"},
      {"port above 65535", "ntfy://s3cret:65536"},
      {"port beyond all numbers", "ntfy://s3cret:99999999999999999999"},
      {"half a percent sequence", "ntfy://s3cret%2"},
      {"no hexadecimal digits", "ntfy://s3cret/%zz"},
      {"in the user", "ntfy://s3cret%@h"},
      {"in the query", "ntfy://s3cret?a=%"},
      {"an encoded line end", "ntfy://s3cret/a%0d%0ab"},
      {"an encoded NUL", "ntfy://s3cret%00"},
      {"a line end", "ntfy://s3cret\nHost: x"},
      {"not UTF-8", "ntfy://s3cret%ff"},
      {"too long", "ntfy://s3cret" + std::string(9000, 'a')},
  }));
  CAPTURE(row.why);

  const auto url = ChannelUrl::parse(row.text);

  REQUIRE_FALSE(url.has_value());
  CHECK(url.error().code == Errc::invalid_input);
  CHECK(url.error().message.find("s3cret") == std::string::npos);
}

TEST_CASE("channel_from_url names the schemes nearest to an unknown one") {
  const auto channel = channel_from_url("tgran://s3cret/1", "adhoc");

  REQUIRE_FALSE(channel.has_value());
  CHECK(channel.error().code == Errc::invalid_input);
  CHECK(channel.error().message == R"(no channel has the scheme "tgran" (did you mean tgram?))");
}

TEST_CASE("channel_from_url lists all schemes where none is near") {
  const auto channel = channel_from_url("zzzzzzzzzzzz://s3cret", "adhoc");

  REQUIRE_FALSE(channel.has_value());
  CHECK(channel.error().message.find("known are ") != std::string::npos);
  CHECK(channel.error().message.find("tgram") != std::string::npos);
}
