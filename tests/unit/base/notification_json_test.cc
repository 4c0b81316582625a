#include "btcw/base/notification_json.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "btcw/queue/message_json.h"

using btcw::append_json_escaped;
using btcw::from_unix_ms;
using btcw::Notification;
using btcw::notification_json;
using btcw::Priority;

namespace {

Notification small_message() {
  return {.id = "a-1", .body = "text", .created = from_unix_ms(1'732'290'000'123)};
}

}  // namespace

TEST_CASE("a message is written with the members that say something, in one order") {
  CHECK(notification_json(small_message()) ==
        R"({"id":"a-1","created":"2024-11-22T15:40:00.123Z","priority":"normal","text":"text"})");
  Notification full = small_message();
  full.title = "T";
  full.priority = Priority::urgent;
  full.channels = {"a", "b"};
  full.tags = {"x"};
  full.attachments = {"/p"};
  full.dedup_key = "k";
  full.expires = from_unix_ms(1'732'290'001'000);
  full.maybe_duplicate = true;
  full.extra_json = R"({"more":[1,2]})";
  CHECK(notification_json(full) ==
        R"({"id":"a-1","created":"2024-11-22T15:40:00.123Z","priority":"urgent","title":"T",)"
        R"("text":"text","channels":["a","b"],"tags":["x"],"attachments":["/p"],"dedup_key":"k",)"
        R"("expires":"2024-11-22T15:40:01Z","maybe_duplicate":true,"more":[1,2]})");
}

TEST_CASE(
    "unknown members are kept as they are, on one line, or left out when they are no object") {
  struct Case {
    std::string extra;
    std::string added;  // behind "text"
  };
  const auto row = GENERATE(values<Case>({
      {"{}", ""},
      {" { } ", ""},
      {R"({"a":1})", R"(,"a":1)"},
      {"{ \"a\" :\n [ 1 , { \"b\" : \"c d\" } ] , \"e\":-1.50e3 }",
       R"(,"a":[1,{"b":"c d"}],"e":-1.50e3)"},
      {R"({"a":null,"b":true,"c":"}]\",{"})", R"(,"a":null,"b":true,"c":"}]\",{")"},
      {R"({"id":"other","priority":5,"text":1,"a":1})", R"(,"a":1)"},
      {R"({"title":"kept: there is none"})", R"(,"title":"kept: there is none")"},
      {"", ""},
      {"null", ""},
      {"[1]", ""},
      {"{", ""},
      {R"({"a")", ""},
      {R"({"a":})", ""},
      {R"({"a":1)", ""},
      {R"({"a":1,})", ""},
      {R"({"a":1}{)", ""},
      {R"({"a":1} x)", ""},
      {R"({"a":[1})", ""},
      {R"({"a":1]})", ""},
      {R"({"a":"b)", ""},
      {R"({"a":"b\)", ""},
      {R"({"a" 1})", ""},
      {R"({"a":1 2})", ""},
      {"{\"a\":\"b\nc\"}", ""},
      {"{a:1}", ""},
  }));
  CAPTURE(row.extra);
  Notification message = small_message();
  message.extra_json = row.extra;
  CHECK(notification_json(message) ==
        R"({"id":"a-1","created":"2024-11-22T15:40:00.123Z","priority":"normal","text":"text")" +
            row.added + "}");
}

TEST_CASE("text is escaped exactly as by a JSON library") {
  const auto expected = [](const std::string& text) {
    using nlohmann::json;
    const std::string quoted = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
  };
  const auto check = [&](const std::string& text) {
    std::string out;
    append_json_escaped(out, text);
    CAPTURE(text);
    CHECK(out == expected(text));
  };
  for (const std::string text :
       {"", "plain", "\"\\/\b\f\n\r\t", "\x01\x1f\x7f", "é✓😀", "\xff", "a\xc3", "\xe2\x82",
        "\xf0\x9f\x98", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x28\xa1",
        "\xf0\x9f\x28\x80x", "\x80\x80", "\xe0\x80\x80", "\xf8\x88\x80\x80\x80"}) {
    check(text);
  }
  check(std::string{"a\0b", 3});
  // Bytes that matter more often than by chance.
  const std::string bytes = "a\"\\\n\x80\xbf\xc3\xe0\xed\xf0\xf4\x9f\xa0\x90\xff";
  std::mt19937 random{7};
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (int j = 0; j < 8; ++j) text += bytes[random() % bytes.size()];
    std::string out;
    append_json_escaped(out, text);
    if (out != expected(text)) check(text);
  }
}

TEST_CASE("what is written is read back") {
  Notification message = small_message();
  message.title = "quote \" and \\";
  message.tags = {"x", "y z"};
  message.extra_json = R"({"other":{"deep":[1,2,3]}})";
  const auto read = btcw::decode_message(notification_json(message), "none", message.created);
  REQUIRE(read.has_value());
  CHECK(*read == message);
}
