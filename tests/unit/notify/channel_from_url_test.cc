#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <string_view>

#include "support/channel_ports.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using test::ScriptedPorts;

TEST_CASE("an ad-hoc URL stands for a channel with its settings") {
  struct Case {
    std::string_view url;
    std::string_view type;
    std::map<std::string, std::string> values;  // plain ones and secrets
    std::string_view request;                   // the address of the first request
  };
  const auto row = GENERATE(values<Case>({
      {"tgram://123:abc/-100",
       "telegram",
       {{"token", "123:abc"}, {"chat", "-100"}},
       "https://api.telegram.org/bot123:abc/sendMessage"},
      {"tgram://123:abc/@prices:7?base_url=http://127.0.0.1:8081/",
       "telegram",
       {{"token", "123:abc"},
        {"chat", "@prices"},
        {"topic", "7"},
        {"base_url", "http://127.0.0.1:8081/"}},
       "http://127.0.0.1:8081/bot123:abc/sendMessage"},
      {"discord://77/abc",
       "discord",
       {{"id", "77"}, {"token", "abc"}},
       "https://discord.com/api/webhooks/77/abc?wait=true"},
      {"discord://Bot@77/abc?thread=3",
       "discord",
       {{"id", "77"}, {"token", "abc"}, {"username", "Bot"}, {"thread", "3"}},
       "https://discord.com/api/webhooks/77/abc?wait=true&thread_id=3"},
      {"slack://T1/B1/xyz",
       "slack",
       {{"token", "T1/B1/xyz"}},
       "https://hooks.slack.com/services/T1/B1/xyz"},
      {"feishu://abc",
       "feishu",
       {{"token", "abc"}},
       "https://open.feishu.cn/open-apis/bot/v2/hook/abc"},
      {"lark://abc?secret=x",
       "lark",
       {{"token", "abc"}, {"secret", "x"}},
       "https://open.larksuite.com/open-apis/bot/v2/hook/abc"},
      {"dingtalk://abc",
       "dingtalk",
       {{"token", "abc"}},
       "https://oapi.dingtalk.com/robot/send?access_token=abc"},
      {"dingtalk://SECx@abc",
       "dingtalk",
       {{"token", "abc"}, {"secret", "SECx"}},
       "https://oapi.dingtalk.com/robot/send?access_token=abc&timestamp="},
      {"wecombot://abc-1?format=text",
       "wecom",
       {{"key", "abc-1"}, {"format", "text"}},
       "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc-1"},
      {"ntfy://prices", "ntfy", {{"topic", "prices"}}, "https://ntfy.sh/"},
      {"ntfy://me:pw@h.example:81/prices",
       "ntfy",
       {{"topic", "prices"},
        {"user", "me"},
        {"password", "pw"},
        {"base_url", "http://h.example:81"}},
       "http://h.example:81/"},
      {"ntfys://tk_1@h.example/prices",
       "ntfy",
       {{"topic", "prices"}, {"token", "tk_1"}, {"base_url", "https://h.example"}},
       "https://h.example/"},
      {"gotify://h.example/Atok",
       "gotify",
       {{"token", "Atok"}, {"base_url", "http://h.example"}},
       "http://h.example/message"},
      {"gotifys://[::1]:8443/a/b%20c/Atok",
       "gotify",
       {{"token", "Atok"}, {"base_url", "https://[::1]:8443/a/b%20c"}},
       "https://[::1]:8443/a/b%20c/message"},
      {"pover://u1@a1",
       "pushover",
       {{"user", "u1"}, {"token", "a1"}},
       "https://api.pushover.net/1/messages.json"},
      {"pover://u1@a1/phone?sound=none",
       "pushover",
       {{"user", "u1"}, {"token", "a1"}, {"device", "phone"}, {"sound", "none"}},
       "https://api.pushover.net/1/messages.json"},
      {"bark://h.example:8080/key",
       "bark",
       {{"device_key", "key"}, {"base_url", "http://h.example:8080"}},
       "http://h.example:8080/push"},
      {"barks://api.day.app/key?group=g",
       "bark",
       {{"device_key", "key"}, {"base_url", "https://api.day.app"}, {"group", "g"}},
       "https://api.day.app/push"},
      {"matrixs://syt_1@m.example/!r:m.example",
       "matrix",
       {{"token", "syt_1"}, {"room", "!r:m.example"}, {"base_url", "https://m.example"}},
       "https://m.example/_matrix/client/v3/rooms/%21r%3Am.example/send/m.room.message/btcw-1-1"},
      {"matrix://t@localhost:8008/%21r",
       "matrix",
       {{"token", "t"}, {"room", "!r"}, {"base_url", "http://localhost:8008"}},
       "http://localhost:8008/_matrix/client/v3/rooms/%21r/send/m.room.message/btcw-1-1"},
      {"schan://SCT1", "serverchan", {{"key", "SCT1"}}, "https://sctapi.ftqq.com/SCT1.send"},
      {"schan://sctp99tABC",
       "serverchan",
       {{"key", "sctp99tABC"}},
       "https://99.push.ft07.com/send/sctp99tABC.send"},
      {"twilio://AC1:tok@+15550001/+15550002",
       "twilio",
       {{"sid", "AC1"}, {"token", "tok"}, {"from", "+15550001"}, {"to", "+15550002"}},
       "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"},
  }));
  CAPTURE(row.url);

  auto adhoc = channel_from_url(row.url, "adhoc");

  REQUIRE(adhoc.has_value());
  CHECK(adhoc->kind->type == row.type);
  CHECK(adhoc->settings.name == "adhoc");
  std::map<std::string, std::string> values{adhoc->settings.values.begin(),
                                            adhoc->settings.values.end()};
  for (const auto& [key, secret] : adhoc->settings.secrets) values.emplace(key, secret.reveal());
  CHECK(values == row.values);

  ScriptedPorts world;
  auto channel = adhoc->kind->make(std::move(adhoc->settings), world.ports());
  REQUIRE(channel.has_value());
  (void)test::deliver(**channel, world.http, {.id = "1", .body = "b", .created = {}});
  REQUIRE(world.http.requests().size() == 1);
  const std::string& request = world.http.requests()[0].url;
  CHECK(request.starts_with(row.request));
  CHECK((request == row.request || row.request.ends_with("timestamp=")));
}

TEST_CASE("an ad-hoc URL that lacks a part is refused with how it is spelled, and not quoted") {
  struct Case {
    std::string_view url;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"tgram://123:s3cret", "tgram://: not of the form tgram://TOKEN/CHAT[:TOPIC]"},
      {"tgram://s3cret/1", "tgram://: not of the form tgram://TOKEN/CHAT[:TOPIC]"},
      {"tgram://1:s3cret/1/2", "tgram://: not of the form tgram://TOKEN/CHAT[:TOPIC]"},
      {"discord://77", "discord://: not of the form discord://ID/TOKEN"},
      {"slack://T/s3cret", "slack://: not of the form slack://T…/B…/…"},
      {"feishu://", "feishu://: not of the form feishu://TOKEN, lark://TOKEN"},
      {"lark://s3cret/x", "lark://: not of the form feishu://TOKEN, lark://TOKEN"},
      {"dingtalk://s3cret/x", "dingtalk://: not of the form dingtalk://[SECRET@]TOKEN"},
      {"wecombot://", "wecombot://: not of the form wecombot://KEY"},
      {"ntfy://",
       "ntfy://: not of the form ntfy://TOPIC or "
       "ntfy(s)://[USER:PASSWORD@|TOKEN@]HOST/TOPIC"},
      {"gotify://s3cret", "gotify://: not of the form gotify(s)://HOST[/PATH]/TOKEN"},
      {"pover://s3cret", "pover://: not of the form pover://USER@TOKEN[/DEVICE]"},
      {"bark://s3cret", "bark://: not of the form bark(s)://HOST[/PATH]/DEVICE_KEY"},
      {"matrix://me:s3cret@h/!r", "matrix://: not of the form matrix(s)://TOKEN@HOST/!ROOM:SERVER"},
      {"schan://s3cret/x", "schan://: not of the form schan://KEY"},
      {"twilio://AC1@s3cret/1", "twilio://: not of the form twilio://SID:TOKEN@FROM/TO"},
      {"schan://s3cret?kye=1", R"(schan://: unknown key "kye" (did you mean key?))"},
  }));
  CAPTURE(row.url);

  const auto adhoc = channel_from_url(row.url, "adhoc");

  REQUIRE_FALSE(adhoc.has_value());
  CHECK(adhoc.error().code == Errc::invalid_input);
  CHECK(adhoc.error().message == row.message);
}

TEST_CASE("values that cannot be are refused when the channel is made") {
  using Values = std::vector<std::pair<std::string, std::string>>;
  struct Case {
    std::string_view type;
    Values values;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"telegram",
       {{"token", "s3cret/../x"}, {"chat", "1"}},
       "telegram: 'token' is not a bot's token of the form 123456:ABC"},
      {"telegram",
       {{"token", "1:s3cret"}, {"chat", "1"}, {"topic", "x"}},
       "telegram: 'topic' is not a number from 1 to 2147483647: \"x\""},
      {"discord",
       {{"id", "7/7"}, {"token", "s3cret"}},
       "discord: 'id' is a number and goes with 'token'"},
      {"discord", {{"id", "7"}}, "discord: 'id' is a number and goes with 'token'"},
      {"discord",
       {{"url", "https://h/s3cret"}, {"id", "7"}, {"token", "s3cret"}},
       "discord: needs one of the secrets 'url' and 'token', not both"},
      {"slack", {{"token", "T/B/s3cret?x"}}, "slack: 'token' holds a character that cannot be"},
      {"slack", {{"url", "s3cret"}}, "slack: url: not a url of the form http(s)://host/path"},
      {"slack",
       {{"url", "https://h/s3cret"}, {"base_url", "https://h"}},
       "slack: 'url' has its own host: 'base_url' cannot be beside it"},
      {"feishu", {}, "feishu: needs one of the secrets 'url' and 'token', not none"},
      {"dingtalk", {{"url", "https://h/s3cret"}}, "dingtalk: url: no access_token in it"},
      {"wecom",
       {{"key", "s3cret"}, {"format", "html"}},
       "wecom: 'format' is none of markdown, text: \"html\""},
      {"ntfy", {{"topic", "a/b"}}, "ntfy: 'topic' is at most 64 letters, digits, '_' and '-'"},
      {"ntfy",
       {{"topic", "a"}, {"user", "me"}},
       "ntfy: either 'token', or 'user' and 'password', or neither"},
      {"ntfy",
       {{"topic", "a"}, {"token", "t"}, {"user", "me"}, {"password", "pw"}},
       "ntfy: either 'token', or 'user' and 'password', or neither"},
      {"pushover",
       {{"user", "u"}, {"token", "a"}, {"retry", "29"}},
       "pushover: 'retry' is not a number from 30 to 10800: \"29\""},
      {"pushover",
       {{"user", "u"}, {"token", "a"}, {"expire", "10801"}},
       "pushover: 'expire' is not a number from 30 to 10800: \"10801\""},
      {"pushover",
       {{"user", "u"}, {"token", "a"}, {"urgent", "loud"}},
       "pushover: 'urgent' is none of emergency, high: \"loud\""},
      {"bark",
       {{"device_key", "k"}, {"urgent", "loud"}},
       "bark: 'urgent' is none of timeSensitive, critical: \"loud\""},
      {"matrix",
       {{"base_url", "https://h"}, {"token", "t"}, {"room", "#alias:h"}},
       "matrix: 'room' is not the id of a room, which begins with '!' (its settings show it, under "
       "advanced)"},
      {"serverchan", {{"key", "s3cret/../"}}, "serverchan: 'key' is not letters and digits"},
  }));
  CAPTURE(row.type);
  ScriptedPorts world;

  const auto channel = test::make_channel(row.type, row.values, world.ports());

  REQUIRE_FALSE(channel.has_value());
  CHECK(channel.error().message == row.message);
}
