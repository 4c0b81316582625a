#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/notify/base_url.h"
#include "btcw/notify/channel_settings.h"
#include "btcw/notify/json_answer.h"
#include "btcw/notify/json_writer.h"
#include "btcw/notify/message_text.h"
#include "btcw/notify/secret_mask.h"

using namespace btcw;  // NOLINT(google-build-using-namespace): half of the names of one folder

TEST_CASE("a base URL is checked and never quoted") {
  struct Case {
    std::string_view why;
    std::string text;
    std::optional<std::string> url;  // nullopt: refused
  };
  const auto row = GENERATE(values<Case>({
      {"plain", "https://ntfy.sh", "https://ntfy.sh"},
      {"slashes at the end", "https://ntfy.sh//", "https://ntfy.sh"},
      {"port and path", "http://127.0.0.1:80/a/", "http://127.0.0.1:80/a"},
      {"IPv6", "http://[::1]:8080", "http://[::1]:8080"},
      {"IPv6 without a port", "http://[::1]", "http://[::1]"},
      {"empty", "", std::nullopt},
      {"no scheme", "ntfy.sh/s3cret", std::nullopt},
      {"another scheme", "ftp://s3cret", std::nullopt},
      {"no host", "https:///s3cret", std::nullopt},
      {"no host but a port", "https://:80/s3cret", std::nullopt},
      {"user and password", "https://me:s3cret@ntfy.sh", std::nullopt},
      {"a query", "https://ntfy.sh/?s3cret", std::nullopt},
      {"a fragment", "https://ntfy.sh/#s3cret", std::nullopt},
      {"a space", "https://ntfy.sh/s3cret ", std::nullopt},
      {"a line end", "https://ntfy.sh/s3cret\r\nX: y", std::nullopt},
      {"not ASCII", "https://ntfy.sh/s3crét", std::nullopt},
      {"a port that is none", "https://ntfy.sh:s3cret", std::nullopt},
      {"an empty port", "https://ntfy.sh:/s3cret", std::nullopt},
  }));
  CAPTURE(row.why);

  const auto url = parse_base_url(row.text);

  REQUIRE(url.has_value() == row.url.has_value());
  if (row.url) {
    CHECK(*url == *row.url);
  } else {
    CHECK(url.error().code == Errc::invalid_input);
    CHECK(url.error().message.find("s3cr") == std::string::npos);
  }
}

TEST_CASE("a webhook's address keeps its query and its end") {
  CHECK(*parse_webhook_url("https://h.example/a/?b=c/") == "https://h.example/a/?b=c/");
  CHECK_FALSE(parse_webhook_url("https://u@h.example/").has_value());
  CHECK(host_of("https://h.example:1/a") == "h.example:1");
  CHECK(host_of("http://h.example?x") == "h.example");
}

TEST_CASE("a mask hides every form of a secret") {
  SecretMask mask;
  mask.add("");
  mask.add("s3c/ret");
  mask.add("s3c/ret-and-more");
  mask.add("qu\"ote");
  mask.add_address("https://h.example/hook/abcdefghij?x=1");

  CHECK(mask.apply("a s3c/ret b") == "a ******** b");
  CHECK(mask.apply("s3c/ret-and-more") == "********");
  CHECK(mask.apply("/s3c%2Fret/") == "/********/");
  CHECK(mask.apply(R"({"k":"qu\"ote"})") == R"({"k":"********"})");
  CHECK(mask.apply("https://h.example/hook/abcdefghij?x=1") == "https://h.example/********");
  CHECK(mask.apply("nothing of it: s3c") == "nothing of it: s3c");
  CHECK(mask.apply("").empty());
}

TEST_CASE("an answer's values are found by their names, whatever else is in it") {
  const auto answer = JsonAnswer::parse(
      R"({"ok":true,"code":-3,"big":12345678901234567890123,"text":"a\"b","none":null,)"
      R"("parameters":{"retry_after":3.25,"deep":[{"x":1},[2,{"y":"z"}]]},"quoted":"17"})");

  REQUIRE(answer.has_value());
  CHECK(answer->flag("ok") == true);
  CHECK(answer->number("code") == -3);
  CHECK(answer->number("quoted") == 17);
  CHECK(answer->text("text") == "a\"b");
  CHECK(answer->number("parameters.deep.0.x") == 1);
  CHECK(answer->number("parameters.deep.1.0") == 2);
  CHECK(answer->text("parameters.deep.1.1.y") == "z");
  CHECK(answer->wait("parameters.retry_after", seconds{1}) == milliseconds{3250});
  CHECK(answer->number("big") == std::nullopt);
  CHECK(answer->text("code") == std::nullopt);
  CHECK(answer->flag("code") == std::nullopt);
  CHECK(answer->text("none") == std::nullopt);
  CHECK(answer->number("text") == std::nullopt);
  CHECK(answer->wait("code", seconds{1}) == std::nullopt);
  CHECK(answer->number("parameters") == std::nullopt);
}

TEST_CASE("a wait is rounded up and never endless") {
  const auto wait_of = [](const std::string& number) {
    return JsonAnswer::parse("{\"w\":" + number + "}")->wait("w", seconds{1});
  };
  CHECK(wait_of("0") == milliseconds{0});
  CHECK(wait_of("0.6521") == milliseconds{653});
  CHECK(wait_of("1e9") == std::chrono::days{31});
  CHECK(wait_of("-0.1") == std::nullopt);
  CHECK(wait_of("\"5\"") == std::nullopt);
}

TEST_CASE("what is no JSON object is no answer") {
  const auto body = GENERATE(values<std::string>(
      {"", "ok", "<html>", "{", "{\"a\":1", "{\"a\":1}}", "[1]", "1", "\"a\"", "{\"a\":\"\xff\"}",
       "{\"a\":1e400}", std::string(100'000, '['), "{\"a\":" + std::string(100'000, '{')}));
  CAPTURE(body.substr(0, 20));
  CHECK_FALSE(JsonAnswer::parse(body).has_value());
}

TEST_CASE("JSON is written with everything escaped that has to be") {
  CHECK(json_string("a\"b\\c\nd\te\x01\x1f€") == R"("a\"b\\c\nd\te\u0001\u001f€")");
  CHECK(JsonObject{}.str() == "{}");
  CHECK(JsonObject{}.text("a", "b").number("c", -1).raw("d", "[]").str() ==
        R"({"a":"b","c":-1,"d":[]})");
  CHECK(json_array({}) == "[]");
  CHECK(json_array({"1", "2"}) == "[1,2]");
}

TEST_CASE("a message's text says what cannot be sent, and that it may be a repeat") {
  Notification message{.id = "1", .title = " BTC\nup ", .body = "a\r\nb\n", .created = {}};
  CHECK(message_text(message).title == "BTC up");
  CHECK(message_text(message).body == "a\nb");

  message.attachments = {"/tmp/chart\n.png"};
  message.maybe_duplicate = true;
  CHECK(message_text(message).body == "a\nb\n[attachment not sent: chart .png]");
  CHECK(marked_message_text(message).body ==
        "a\nb\n[attachment not sent: chart .png]\n(may be a repeat)");

  CHECK(message_text({.id = "1", .body = "\x01", .created = {}}).body == "(empty message)");
  CHECK(message_text({.id = "1", .title = "t", .body = "", .created = {}}).body.empty());
}

TEST_CASE("a section is checked against the options of its kind") {
  static constexpr std::array kOptions{
      ChannelOption{.key = "token", .help = "the token", .required = true, .secret = true},
      ChannelOption{.key = "chat", .help = "the chat", .required = true},
      ChannelOption{.key = "retry", .help = "seconds", .fallback = "60"},
  };
  const auto settings = [](std::vector<std::pair<std::string, std::string>> plain,
                           std::vector<std::pair<std::string, std::string>> secret) {
    ChannelSettings made{.name = "n"};
    for (auto& [key, value] : plain) made.values.emplace(key, value);
    for (auto& [key, value] : secret) made.secrets.emplace(key, Secret{value});
    return made;
  };
  const auto complaint = [](const ChannelSettings& checked) {
    const auto result = check_channel_settings("kind", kOptions, checked);
    return result ? std::string{"fine"}
                  : std::string{to_string(result.error().code)} + " " + result.error().message;
  };
  CHECK(complaint(settings({{"chat", "1"}}, {{"token", "s"}})) == "fine");
  CHECK(complaint(settings({{"chat", "1"}, {"chta", "2"}}, {{"token", "s"}})) ==
        R"(invalid_input kind: unknown key "chta" (did you mean chat?))");
  CHECK(complaint(settings({{"chat", "1"}}, {{"token", "s"}, {"zzzzzzz", "s"}})) ==
        R"(invalid_input kind: unknown key "zzzzzzz")");
  CHECK(complaint(settings({{"chat", "1"}, {"token", "s3cret"}}, {})) ==
        "invalid_input kind: 'token' is a secret, not a plain value");
  CHECK(complaint(settings({}, {{"chat", "1"}, {"token", "s"}})) ==
        "invalid_input kind: 'chat' is no secret");
  CHECK(complaint(settings({{"chat", "1"}}, {})) ==
        "rejected kind: the secret 'token' is missing: the token");
  CHECK(complaint(settings({{"chat", "1"}}, {{"token", ""}})) ==
        "rejected kind: the secret 'token' is missing: the token");
  CHECK(complaint(settings({{"chat", ""}}, {{"token", "s"}})) ==
        "invalid_input kind: 'chat' is missing: the chat");

  const ChannelSettings some = settings({{"chat", "x"}}, {{"token", "s"}});
  const ChannelValues values{kOptions, some};
  CHECK(values.text("retry") == "60");
  CHECK(values.text("chat") == "x");
  CHECK(values.secret("token") == "s");
  CHECK(values.secret("none").empty());
  CHECK(*values.number("retry", 30, 60) == 60);
  CHECK_FALSE(values.number("retry", 61, 90).has_value());
  CHECK(values.number("chat", 1, 2).error().message ==
        R"('chat' is not a number from 1 to 2: "x")");
  CHECK(*values.word("chat", {"w", "x"}) == "x");
  CHECK(values.word("chat", {"v", "w"}).error().message == R"('chat' is none of v, w: "x")");
}
