#include "btcw/queue/message_json.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/sanitizer.h"

using namespace btcw;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

const UtcTime kArrived = parse_time("2026-11-22T12:00:00Z").value();

Result<Notification> decode(std::string_view json) {
  return decode_message(json, "fallback", kArrived);
}

}  // namespace

TEST_CASE("a message reads back as it was written") {
  Notification full{.id = "k3x9", .body = "b", .created = kArrived + milliseconds{123}};
  full.title = "BTC/USDT \"broke\"\n\t100000";
  full.body = "\xe2\x82\xbf 67000.10 \xf0\x9f\x9a\x80 \\ / \x01 \x7f";
  full.priority = Priority::urgent;
  full.channels = {"telegram", "adhoc:3f2a"};
  full.tags = {"btc", "alert"};
  full.attachments = {"/tmp/chart.png"};
  full.dedup_key = "btc-breakout";
  full.expires = kArrived + seconds{60};
  full.maybe_duplicate = true;
  full.extra_json = R"({"chat":17,"nested":{"a":[1,2,null]}})";
  Notification plain{.id = "a", .body = "text", .created = kArrived};
  Notification titled{.id = "a", .body = "", .created = kArrived};
  titled.title = "only a title";
  for (const auto& message : {full, plain, titled}) {
    const auto text = encode_message(message);
    CAPTURE(text);
    CHECK(text.back() == '\n');
    CHECK(text.find('\n') == text.size() - 1);
    const auto read = decode(text);
    REQUIRE(read.has_value());
    CHECK(*read == message);
    CHECK(nlohmann::json::parse(text).at("text") == message.body);
  }
}

TEST_CASE("members that say nothing are not written") {
  const auto text = encode_message({.id = "a", .body = "text", .created = kArrived});
  CHECK(text == R"({"id":"a","created":"2026-11-22T12:00:00Z","priority":"normal","text":"text"})"
                "\n");
}

TEST_CASE("text that is not UTF-8 is written as UTF-8 all the same") {
  const auto text = encode_message({.id = "a", .body = "a\xff\xfe", .created = kArrived});
  CHECK(decode(text)->body.starts_with("a"));
}

TEST_CASE("messages of other programs are read in each of their spellings") {
  struct Case {
    std::string_view why;
    std::string_view json;
    std::string_view body;
    std::string_view title = "";
    Priority priority = Priority::normal;
    std::vector<std::string> channels = {};
  };
  const auto row = GENERATE(values<Case>({
      {"text", R"({"text":"a"})", "a"},
      {"message", R"({"message":"a"})", "a"},
      {"body", R"({"body":"a"})", "a"},
      {"content", R"({"content":"a"})", "a"},
      {"text before the others", R"({"content":"d","body":"c","message":"b","text":"a"})", "a"},
      {"null is not there", R"({"text":null,"message":"b"})", "b"},
      {"title", R"({"text":"a","title":"t"})", "a", "t"},
      {"subject", R"({"text":"a","subject":"t"})", "a", "t"},
      {"title alone", R"({"title":"t"})", "", "t"},
      {"number as text", R"({"text":67000})", "67000"},
      {"urgent", R"({"text":"a","priority":"urgent"})", "a", "", Priority::urgent},
      {"high", R"({"text":"a","priority":"high"})", "a", "", Priority::urgent},
      {"critical", R"({"text":"a","priority":"critical"})", "a", "", Priority::urgent},
      {"medium", R"({"text":"a","priority":"medium"})", "a", "", Priority::normal},
      {"low", R"({"text":"a","priority":"low"})", "a", "", Priority::low},
      {"unheard-of priority", R"({"text":"a","priority":"whatever"})", "a"},
      {"priority in numbers", R"({"text":"a","priority":5})", "a"},
      {"channel", R"({"text":"a","channel":"slack"})", "a", "", Priority::normal, {"slack"}},
      {"channels",
       R"({"text":"a","channels":["slack","ntfy"]})",
       "a",
       "",
       Priority::normal,
       {"slack", "ntfy"}},
      {"channels as a text", R"({"text":"a","channels":"x"})", "a", "", Priority::normal, {"x"}},
      {"channels null", R"({"text":"a","channels":null})", "a"},
      {"line ends and spaces", " \r\n\t{ \"text\" :\n\"a\" } \n\n", "a"},
      {"byte order mark", "\xef\xbb\xbf{\"text\":\"a\"}", "a"},
      {"escapes", R"({"text":"\u20bf\ud83d\ude80\n"})", "\xe2\x82\xbf\xf0\x9f\x9a\x80\n"},
      {"the first writer's",
       R"({"id":"1a2b3c4d","timestamp":"2026-11-22T10:00:00.123456","message":"BTC 100000","priority":"high","channel":"telegram"})",
       "BTC 100000",
       "",
       Priority::urgent,
       {"telegram"}},
      {"the second writer's",
       R"({"created_at":1732269600.5,"subject":"Alert","body":"BTC","channels":["email"],"retries":0})",
       "BTC",
       "Alert",
       Priority::normal,
       {"email"}},
  }));
  CAPTURE(row.why);

  const auto read = decode(row.json);

  REQUIRE(read.has_value());
  CHECK(read->body == row.body);
  CHECK(read->title == row.title);
  CHECK(read->priority == row.priority);
  CHECK(read->channels == row.channels);
  CHECK(read->created == kArrived);
}

TEST_CASE("what a message's id may not be is replaced by the one of its file") {
  CHECK(decode(R"({"text":"a"})")->id == "fallback");
  CHECK(decode(R"({"text":"a","id":"x-1"})")->id == "x-1");
  CHECK(decode(R"({"text":"a","id":17})")->id == "17");
  CHECK(decode(R"({"text":"a","id":"../../etc/passwd"})")->id == "fallback");
  CHECK(decode(R"({"text":"a","id":""})")->id == "fallback");
}

TEST_CASE("unknown members are kept and written again") {
  const auto read = decode(R"({"text":"a","chat":17,"meta":{"deep":[1,{"b":null}]},"priority":7})");
  REQUIRE(read.has_value());
  const auto extra = nlohmann::json::parse(read->extra_json);
  CHECK(extra ==
        nlohmann::json::parse(R"({"chat":17,"meta":{"deep":[1,{"b":null}]},"priority":7})"));
  const auto again = decode(encode_message(*read));
  CHECK(nlohmann::json::parse(again->extra_json).at("meta") == extra.at("meta"));
}

TEST_CASE("unknown members keep their order, and numbers their digits") {
  const auto read = decode(
      R"({"z":97123.40,"text":0.30,"a":{"y":[1e-8,"q\"",{}],"b":[[],-0]},"e":"\u00e9","n":[true,null]})");
  REQUIRE(read.has_value());
  CHECK(read->body == "0.30");
  CHECK(read->extra_json == R"({"z":97123.40,"a":{"y":[1e-8,"q\"",{}],"b":[[],0]},"e":")"
                            "\xc3\xa9"
                            R"(","n":[true,null]})");
}

TEST_CASE("the last of two members of one name counts, and neither is kept as unknown") {
  const auto read = decode(R"({"text":"a","text":"b","tags":["x"],"tags":["y"]})");
  REQUIRE(read.has_value());
  CHECK(read->body == "b");
  CHECK(read->tags == std::vector<std::string>{"y"});
  CHECK(read->extra_json.empty());
}

TEST_CASE("a message of very many members is read in no time") {
  std::string json = R"({"text":"a")";
  std::string nested = R"(,"x":{"")" + ":0"s;
  for (int i = 0; i < 40'000; ++i) {
    json += ",\"k" + std::to_string(i) + "\":0";
    nested += ",\"k" + std::to_string(i) + "\":0";
  }
  json += nested + "}}";
  REQUIRE(json.size() < kMaxMessageBytes);
  const std::clock_t begun = std::clock();
  const auto read = decode(json);
  REQUIRE(read.has_value());
  CHECK(encode_message(*read).size() > json.size());
  CHECK(std::clock() - begun < (test::kSanitized ? 20 : 2) * CLOCKS_PER_SEC);
}

TEST_CASE("an unknown member cannot stand in for a known one") {
  Notification message{.id = "a", .body = "text", .created = kArrived};
  message.extra_json = R"({"text":"other","id":"b","chat":1})";
  const auto read = decode(encode_message(message));
  CHECK(read->body == "text");
  CHECK(read->id == "a");
}

TEST_CASE("extra members that are no JSON object are not written") {
  Notification message{.id = "a", .body = "text", .created = kArrived};
  message.extra_json = GENERATE("[1]", "{", "17", "\"a\"");
  CHECK(decode(encode_message(message))->extra_json.empty());
}

TEST_CASE("times of other programs that are none of ours are kept as they are") {
  const auto read = decode(R"({"text":"a","created":"yesterday","expires":17})");
  REQUIRE(read.has_value());
  CHECK(read->created == kArrived);
  CHECK_FALSE(read->expires.has_value());
  CHECK(nlohmann::json::parse(read->extra_json).at("created") == "yesterday");
}

TEST_CASE("what is no message is refused with the reason") {
  struct Case {
    std::string_view why;
    std::string json;
    std::string_view reason;
  };
  const auto row = GENERATE(values<Case>({
      {"empty", "", "cut short"},
      {"spaces", "  \n", "cut short"},
      {"cut in a text", R"({"text":"a)", "cut short"},
      {"cut in an escape", R"({"text":"a\)", "cut short"},
      {"cut behind a value", R"({"text":"a")", "cut short"},
      {"two objects", R"({"text":"a"}{"text":"b"})", "not JSON"},
      {"comma at the end", R"({"text":"a",})", "not JSON"},
      {"single quotes", "{'text':'a'}", "not JSON"},
      {"comment", "{\"text\":\"a\"} // b", "not JSON"},
      {"plain text", "hello", "not JSON"},
      {"NaN", R"({"text":NaN})", "not JSON"},
      {"number too large", R"({"text":1e999})", "not JSON"},
      {"binary", "\x7f\x45\x4c\x46\x02\x01\x01", "not JSON"},
      {"gzip", "\x1f\x8b\x08", "not JSON"},
      {"UTF-16", "\xff\xfe{\0\"\0"s, "NUL"},
      {"not UTF-8", "{\"text\":\"a\xff\"}", "not JSON in UTF-8"},
      {"overlong UTF-8", "{\"text\":\"\xc0\xaf\"}", "not JSON in UTF-8"},
      {"surrogate in UTF-8", "{\"text\":\"\xed\xa0\x80\"}", "not JSON in UTF-8"},
      {"half a surrogate pair", R"({"text":"\ud83d"})", "not JSON"},
      {"NUL behind the object", "{\"text\":\"a\"}\0"s, "NUL"},
      {"NUL within", "{\"text\":\"a\0b\"}"s, "NUL"},
      {"control character", "{\"text\":\"a\x01\"}", "not JSON"},
      {"array", "[]", "not a JSON object"},
      {"text alone", "\"a\"", "not a JSON object"},
      {"number", "17", "not a JSON object"},
      {"null", "null", "not a JSON object"},
      {"no text", "{}", "neither text nor title"},
      {"empty text", R"({"text":""})", "neither text nor title"},
      {"text a list", R"({"text":["a"]})", "'text' is not a text"},
      {"message an object", R"({"message":{}})", "'message' is not a text"},
      {"text a boolean", R"({"text":true})", "'text' is not a text"},
      {"title a list", R"({"text":"a","title":[]})", "'title' is not a text"},
      {"channels an object", R"({"text":"a","channels":{}})", "'channels' is not a list of texts"},
      {"channels of numbers", R"({"text":"a","channels":[1]})", "'channels' is not a list"},
      {"tags a number", R"({"text":"a","tags":1})", "'tags' is not a list of texts"},
      {"attachments", R"({"text":"a","attachments":[null]})", "'attachments' is not a list"},
      {"dedup key", R"({"text":"a","dedup_key":[]})", "'dedup_key' is not a text"},
      {"id an object", R"({"text":"a","id":{}})", "'id' is not a text"},
      {"33 deep", R"({"text":"a","x":)" + std::string(32, '[') + std::string(32, ']') + "}",
       "deeper than 32"},
      {"a million deep", std::string(1'000'000, '['), "deeper than 32"},
      {"a million objects deep",
       [] {
         std::string text;
         for (int i = 0; i < 100'000; ++i) text += "{\"a\":";
         return text;
       }(),
       "deeper than 32"},
      {"one byte too large", R"({"text":")" + std::string(kMaxMessageBytes - 10, 'a') + "\"}",
       "larger than 1048576 bytes"},
  }));
  CAPTURE(row.why);

  const auto read = decode(row.json);

  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == Errc::bad_data);
  CHECK(read.error().message.find(row.reason) != std::string::npos);
  CHECK(read.error().message.find('\n') == std::string::npos);
}

TEST_CASE("a message of the largest size and depth is read") {
  CHECK(decode(R"({"text":")" + std::string(kMaxMessageBytes - 11, 'a') + "\"}").has_value());
  CHECK(decode(R"({"text":"a","x":)" + std::string(31, '[') + std::string(31, ']') + "}")
            .has_value());
  CHECK(decode(R"({"text":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"[["})").has_value());
}

TEST_CASE("no cut of a message is read as another one") {
  Notification message{.id = "a", .body = "text \\ \"quoted\" \xe2\x82\xbf", .created = kArrived};
  message.channels = {"x"};
  message.extra_json = R"({"n":-1.5e3})";
  const auto text = encode_message(message);
  for (std::size_t at = 0; at + 1 < text.size(); ++at) CHECK_FALSE(decode(text.substr(0, at)));
}
