#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/base64.h"
#include "btcw/base/percent.h"
#include "btcw/notify/text/text_cost.h"
#include "support/channel_ports.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder
using nlohmann::json;
using test::ScriptedPorts;

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

const Notification kMessage{.id = "0001-abc",
                            .title = "BTC <up>",
                            .body = "a & b\n*c* <@1>",
                            .priority = Priority::normal,
                            .tags = {"warning"},
                            .created = from_unix_ms(1'732'290'000'000)};

Notification with(Priority priority) {
  Notification message = kMessage;
  message.priority = priority;
  return message;
}

Notification repeated() {
  Notification message = kMessage;
  message.maybe_duplicate = true;
  return message;
}

Notification long_message(std::size_t words) {
  Notification message = kMessage;
  message.title = "long";
  message.body.clear();
  for (std::size_t i = 0; i < words; ++i) message.body += "word_" + std::to_string(i) + " <é😀> ";
  return message;
}

std::string succeeding_body(std::string_view type) {
  if (type == "slack") return "ok";
  if (type == "bark") return R"({"code":200})";
  return R"({"ok":true,"id":"1","code":0,"errcode":0,"status":1,"event_id":"$","sid":"S"})";
}

// What is sent for a message when all of it is taken.
std::vector<HttpRequest> requests_of(std::string_view type, const Notification& message,
                                     const Values& more = {}) {
  ScriptedPorts world;
  Values values = test::sample_values(type, "http://h.example");
  for (const auto& [key, value] : more) {
    values.erase(std::remove_if(values.begin(), values.end(),
                                [&key = key](const auto& pair) { return pair.first == key; }),
                 values.end());
    values.emplace_back(key, value);
  }
  auto channel = test::make_channel(type, values, world.ports());
  REQUIRE(channel.has_value());
  world.http.add("", test::respond(200, type == "gotify" ? R"({"id":1})" : succeeding_body(type)));
  const Delivery delivery = test::deliver(**channel, world.http, message);
  CAPTURE(delivery.detail);
  REQUIRE(delivery.result == DeliveryResult::delivered);
  return world.http.requests();
}

json body_of(const HttpRequest& request) { return json::parse(request.body); }

std::vector<std::pair<std::string, std::string>> form_of(const HttpRequest& request) {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string_view rest = request.body;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = pair.find('=');
    fields.emplace_back(*percent_decode(pair.substr(0, equals)),
                        *percent_decode(pair.substr(equals + 1)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return fields;
}

std::string field(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : form_of(request)) {
    if (key == name) return value;
  }
  return "(none)";
}

std::string header(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

}  // namespace

TEST_CASE("Telegram gets HTML, the topic, and silence for low priority") {
  const auto sent = requests_of("telegram", kMessage, {{"topic", "5"}});
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].method == "POST");
  CHECK(sent[0].url == "http://h.example/bot123:s3cret/sendMessage");
  const json body = body_of(sent[0]);
  CHECK(body["chat_id"] == "-100");
  CHECK(body["text"] == "<b>BTC &lt;up&gt;</b>\na &amp; b\n*c* &lt;@1&gt;");
  CHECK(body["parse_mode"] == "HTML");
  CHECK(body["message_thread_id"] == 5);
  CHECK_FALSE(body.contains("disable_notification"));
  CHECK(body_of(requests_of("telegram", with(Priority::low))[0])["disable_notification"] == true);
  CHECK(body_of(requests_of("telegram", repeated())[0])["text"].get<std::string>().ends_with(
      "\n(may be a repeat)"));
}

TEST_CASE("Discord gets an embed that calls nobody") {
  const auto sent = requests_of("discord", kMessage, {{"thread", "8"}, {"username", "btc\"w"}});
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/api/webhooks/77/s3cret?wait=true&thread_id=8");
  const json body = body_of(sent[0]);
  CHECK(body["username"] == "btc\"w");
  CHECK(body["allowed_mentions"] == json{{"parse", json::array()}});
  REQUIRE(body["embeds"].size() == 1);
  const json embed = body["embeds"][0];
  CHECK(embed["title"] == "BTC \\<up\\>");
  CHECK(embed["description"] == "a & b\n\\*c\\* \\<@1\\>");
  CHECK(embed["color"] == 0xf39c12);
  CHECK(embed["timestamp"] == "2024-11-22T15:40:00Z");
  CHECK(body_of(requests_of("discord", with(Priority::urgent))[0])["embeds"][0]["color"] ==
        0xe74c3c);
  CHECK(body_of(requests_of("discord", with(Priority::low))[0])["embeds"][0]["color"] == 0x95a5a6);
}

TEST_CASE("a webhook's address is taken as it was copied") {
  const auto url_of = [](std::string_view type, const Values& values) {
    ScriptedPorts world;
    auto channel = test::make_channel(type, values, world.ports());
    REQUIRE(channel.has_value());
    (void)test::deliver(**channel, world.http, kMessage);
    return world.http.requests().at(0).url;
  };
  CHECK(url_of("discord", {{"url", "https://discord.com/api/webhooks/1/x?thread_id=2"}}) ==
        "https://discord.com/api/webhooks/1/x?thread_id=2&wait=true");
  CHECK(url_of("slack", {{"url", "https://hooks.slack.com/services/T/B/x"}}) ==
        "https://hooks.slack.com/services/T/B/x");
  CHECK(url_of("feishu", {{"url", "https://open.feishu.cn/open-apis/bot/v2/hook/x"}}) ==
        "https://open.feishu.cn/open-apis/bot/v2/hook/x");
  CHECK(url_of("wecom", {{"url", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"}}) ==
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x");
  CHECK(url_of("dingtalk", {{"url", "https://oapi.dingtalk.com/robot/send?access_token=x"}}) ==
        "https://oapi.dingtalk.com/robot/send?access_token=x");
}

TEST_CASE("Slack gets blocks, and the text for whoever knows none") {
  const auto sent = requests_of("slack", kMessage);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/services/T0/B0/s3cret");
  const json body = body_of(sent[0]);
  CHECK(body["text"] == "*BTC &lt;up&gt;*\na &amp; b\n*c* &lt;@1&gt;");
  REQUIRE(body["blocks"].size() == 2);
  CHECK(body["blocks"][0]["text"] == json{{"type", "plain_text"}, {"text", "BTC <up>"}});
  CHECK(body["blocks"][1]["text"]["text"] == "a &amp; b\n*c* &lt;@1&gt;");
  CHECK(body["blocks"][1]["text"]["verbatim"] == true);
}

TEST_CASE("Feishu gets a signed card in the colour of its priority") {
  const auto sent = requests_of("feishu", kMessage);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/open-apis/bot/v2/hook/s3cret-hook");
  const json body = body_of(sent[0]);
  CHECK(body["msg_type"] == "interactive");
  CHECK(body["timestamp"] == "1732290000");
  CHECK(body["sign"] == to_base64(test::test_hmac_sha256("1732290000\ns3cret-key", "")));
  CHECK(body["card"]["header"]["template"] == "orange");
  CHECK(body["card"]["header"]["title"] == json{{"tag", "plain_text"}, {"content", "BTC <up>"}});
  CHECK(body["card"]["elements"][0]["text"]["content"] == "a & b\n*c* <@1>");
  CHECK(body_of(requests_of("lark", with(Priority::urgent))[0])["card"]["header"]["template"] ==
        "red");
  CHECK(body_of(requests_of("feishu", with(Priority::low))[0])["card"]["header"]["template"] ==
        "grey");
  CHECK_FALSE(body_of(requests_of("feishu", kMessage, {{"secret", ""}})[0]).contains("sign"));
}

TEST_CASE("DingTalk gets Markdown and a signature in the address") {
  const auto sent = requests_of("dingtalk", kMessage);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url ==
        "http://h.example/robot/send?access_token=s3cret-robot&timestamp=1732290000000&sign=" +
            percent_encode(
                to_base64(test::test_hmac_sha256("SECs3cret", "1732290000000\nSECs3cret"))));
  const json body = body_of(sent[0]);
  CHECK(body["msgtype"] == "markdown");
  CHECK(body["markdown"]["title"] == "BTC <up>");
  CHECK(body["markdown"]["text"] == "#### BTC \\<up\\>\n\na & b  \n\\*c\\* \\<@1\\>");
  CHECK(requests_of("dingtalk", kMessage, {{"secret", ""}})[0].url ==
        "http://h.example/robot/send?access_token=s3cret-robot");
}

TEST_CASE("WeCom gets Markdown, or text where that is wanted") {
  const auto sent = requests_of("wecom", with(Priority::urgent));
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/cgi-bin/webhook/send?key=s3cret");
  CHECK(body_of(sent[0])["markdown"]["content"] ==
        "<font color=\"warning\">BTC <\u200Bup></font>\na & b\n*\u200Bc*\u200B <\u200B@1>");
  const json text = body_of(requests_of("wecom", kMessage, {{"format", "text"}})[0]);
  CHECK(text["msgtype"] == "text");
  CHECK(text["text"]["content"] == "BTC <up>\na & b\n*c* <@1>");
}

TEST_CASE("ntfy gets the topic, a number for the priority, and the tags") {
  const auto sent = requests_of("ntfy", with(Priority::urgent));
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/");
  CHECK(header(sent[0], "Authorization") == "Bearer tk_s3cret");
  CHECK(body_of(sent[0]) == json{{"topic", "prices"},
                                 {"title", "BTC <up>"},
                                 {"message", "a & b\n*c* <@1>"},
                                 {"priority", 5},
                                 {"tags", {"warning"}}});
  const Values basic{{"token", ""}, {"user", "me"}, {"password", "pw"}};
  CHECK(header(requests_of("ntfy", kMessage, basic)[0], "Authorization") == "Basic bWU6cHc=");
  CHECK(header(requests_of("ntfy", kMessage, {{"token", ""}})[0], "Authorization") == "(none)");
}

TEST_CASE("Gotify gets its token in a header") {
  const auto sent = requests_of("gotify", with(Priority::low));
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/message");
  CHECK(header(sent[0], "X-Gotify-Key") == "As3cret");
  CHECK(body_of(sent[0]) ==
        json{{"title", "BTC <up>"}, {"message", "a & b\n*c* <@1>"}, {"priority", 2}});
}

TEST_CASE("Pushover's emergencies are repeated until somebody confirms") {
  const auto sent = requests_of("pushover", with(Priority::urgent),
                                {{"device", "phone"}, {"sound", "siren"}, {"retry", "90"}});
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/1/messages.json");
  CHECK(field(sent[0], "token") == "as3cret");
  CHECK(field(sent[0], "user") == "us3cret");
  CHECK(field(sent[0], "message") == "a & b\n*c* <@1>");
  CHECK(field(sent[0], "title") == "BTC <up>");
  CHECK(field(sent[0], "priority") == "2");
  CHECK(field(sent[0], "retry") == "90");
  CHECK(field(sent[0], "expire") == "3600");
  CHECK(field(sent[0], "device") == "phone");
  CHECK(field(sent[0], "sound") == "siren");
  CHECK(field(sent[0], "timestamp") == "1732290000");

  const auto high = requests_of("pushover", with(Priority::urgent), {{"urgent", "high"}});
  CHECK(field(high[0], "priority") == "1");
  CHECK(field(high[0], "retry") == "(none)");
  CHECK(field(requests_of("pushover", kMessage)[0], "priority") == "0");
  CHECK(field(requests_of("pushover", with(Priority::low))[0], "priority") == "-1");

  Notification urgent = long_message(200);
  urgent.priority = Priority::urgent;
  const auto pieces = requests_of("pushover", urgent);
  REQUIRE(pieces.size() > 1);
  CHECK(field(pieces[0], "priority") == "2");
  CHECK(field(pieces[1], "priority") == "-1");
  CHECK(field(pieces[1], "title") == "(none)");
}

TEST_CASE("Bark gets a level that breaks through for urgent ones") {
  const auto sent = requests_of("bark", with(Priority::urgent));
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/push");
  CHECK(body_of(sent[0]) == json{{"device_key", "s3cret"},
                                 {"title", "BTC <up>"},
                                 {"body", "a & b\n*c* <@1>"},
                                 {"level", "timeSensitive"},
                                 {"group", "btcw"}});
  CHECK(body_of(requests_of("bark", with(Priority::urgent),
                            {{"urgent", "critical"}})[0])["level"] == "critical");
  CHECK(body_of(requests_of("bark", with(Priority::low))[0])["level"] == "passive");
  CHECK(body_of(requests_of("bark", kMessage, {{"sound", "bell"}})[0])["sound"] == "bell");
}

TEST_CASE("Matrix gets a transaction of the message's id, so that a repeat is not shown") {
  const auto sent = requests_of("matrix", repeated());
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].method == "PUT");
  CHECK(sent[0].url ==
        "http://h.example/_matrix/client/v3/rooms/%21room%3Aexample.org/send/m.room.message/"
        "btcw-0001-abc-1");
  CHECK(header(sent[0], "Authorization") == "Bearer syt_s3cret");
  CHECK(body_of(sent[0]) ==
        json{{"msgtype", "m.text"},
             {"body", "BTC <up>\na & b\n*c* <@1>"},
             {"format", "org.matrix.custom.html"},
             {"formatted_body", "<strong>BTC &lt;up&gt;</strong><br>a &amp; b<br>*c* &lt;@1&gt;"}});
  CHECK(body_of(requests_of("matrix", with(Priority::low))[0])["msgtype"] == "m.notice");
}

TEST_CASE("ServerChan's key says which server it belongs to") {
  const auto sent = requests_of("serverchan", kMessage);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/SCTs3cret.send");
  CHECK(field(sent[0], "title") == "BTC <up>");
  CHECK(field(sent[0], "desp") == "a & b  \n\\*c\\* \\<@1\\>");
  CHECK(requests_of("serverchan", kMessage, {{"key", "sctp12ts3cret"}})[0].url ==
        "http://h.example/send/sctp12ts3cret.send");

  Notification untitled = kMessage;
  untitled.title = "";
  CHECK(field(requests_of("serverchan", untitled)[0], "title") == "a & b");
  Notification wordy = kMessage;
  wordy.title = std::string(40, 't');
  CHECK(field(requests_of("serverchan", wordy)[0], "title") == std::string(31, 't') + "…");
  CHECK(field(requests_of("serverchan", wordy)[0], "desp").starts_with(wordy.title + "  \n"));
}

TEST_CASE("Twilio gets a number or a messaging service") {
  const auto sent = requests_of("twilio", kMessage);
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].url == "http://h.example/2010-04-01/Accounts/AC1/Messages.json");
  CHECK(header(sent[0], "Authorization") == "Basic " + to_base64("AC1:s3cret"));
  CHECK(field(sent[0], "From") == "+15550001");
  CHECK(field(sent[0], "To") == "+15550002");
  CHECK(field(sent[0], "Body") == "BTC <up>\na & b\n*c* <@1>");
  const auto service = requests_of("twilio", kMessage, {{"from", "MG1"}});
  CHECK(field(service[0], "MessagingServiceSid") == "MG1");
  CHECK(field(service[0], "From") == "(none)");
}

TEST_CASE("a message with a title only, and one without, is taken by every service") {
  for (const ChannelKind& kind : channel_kinds()) {
    if (kind.reach != ChannelReach::network || kind.type == "webhook" || kind.type == "email") {
      continue;
    }
    CAPTURE(kind.type);
    Notification titled = kMessage;
    titled.body = "";
    const auto sent = requests_of(kind.type, titled);
    CHECK(sent.size() == 1);
    CHECK(sent[0].body.find("\"\"") == std::string::npos);
    Notification untitled = kMessage;
    untitled.title = "";
    CHECK(requests_of(kind.type, untitled).size() == 1);
  }
}

TEST_CASE("no piece of a long message is longer than its service takes") {
  struct Case {
    std::string_view type;
    std::string_view pointer;  // to the text in the body; empty: the form's field `field`
    std::string_view field;
    std::size_t limit;
    TextCost unit;
  };
  const auto row = GENERATE(values<Case>({
      {"telegram", "/text", "", 4096 + 2000, cost_in_utf16},  // before the entities are read
      {"discord", "/embeds/0/description", "", 4096, cost_in_utf16},
      {"slack", "/blocks/0/text/text", "", 3000, cost_in_utf16},
      {"feishu", "", "", 20'000, cost_in_bytes},
      {"dingtalk", "", "", 20'000, cost_in_bytes},
      {"wecom", "/markdown/content", "", 4096, cost_in_bytes},
      {"ntfy", "/message", "", 4096, cost_in_bytes},
      {"pushover", "", "message", 1024, cost_in_characters},
      {"bark", "", "", 4096, cost_in_bytes},
      {"matrix", "", "", 65'000, cost_in_bytes},
      {"serverchan", "", "desp", 32'000, cost_in_bytes},
      {"twilio", "", "Body", 1600, cost_in_utf16},
  }));
  CAPTURE(row.type);

  const auto sent = requests_of(row.type, long_message(6000));

  CHECK(sent.size() > 1);
  CHECK(sent.size() <= 10);
  for (const HttpRequest& request : sent) {
    std::string text = request.body;
    if (!row.field.empty()) text = field(request, row.field);
    // The first piece has a header before the text.
    const bool is_headed = row.type == "slack" && &request == &sent.front();
    if (is_headed) {
      text = body_of(request)["blocks"][1]["text"]["text"].get<std::string>();
    } else if (!row.pointer.empty()) {
      text = body_of(request)[json::json_pointer{std::string{row.pointer}}].get<std::string>();
    }
    CHECK(total_cost(text, row.unit) <= row.limit);
  }
}
