#include "btcw/token/strict_json.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using namespace std::string_literals;
using namespace std::string_view_literals;
using btcw::token::append_compact;
using btcw::token::append_json_string;
using btcw::token::JsonKind;
using btcw::token::JsonReader;

namespace {

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "[";
  for (int i = 0; i < depth; ++i) text += "]";
  return text;
}

std::string object_with_names(int count, int repeated) {
  std::string text = "{";
  for (int i = 0; i < count; ++i) text += (i ? ",\"" : "\"") + std::to_string(i) + "\":0";
  return text + ",\"" + std::to_string(repeated) + "\":1}";
}

}  // namespace

TEST_CASE("the strict reader accepts what RFC 8259 calls one value") {
  struct Case {
    std::string text;
    JsonKind kind;
  };
  const auto row = GENERATE(values<Case>({
      {"{}", JsonKind::object},
      {" \t\r\n{ } ", JsonKind::object},
      {R"({"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]})", JsonKind::object},
      {"[]", JsonKind::array},
      {"[1 , 2]", JsonKind::array},
      {"\"\"", JsonKind::string},
      {R"("\"\\\/\b\f\n\r\t\u0041")", JsonKind::string},
      {R"("\ud83d\ude00")", JsonKind::string},
      {"\"\xf0\x9f\x98\x80 \xe2\x82\xac \xc3\xa9\"", JsonKind::string},
      {"0", JsonKind::number},
      {"-0", JsonKind::number},
      {"-12.50e+3", JsonKind::number},
      {"1E308", JsonKind::number},
      {std::string(200, '9'), JsonKind::number},
      {"true", JsonKind::boolean},
      {"false", JsonKind::boolean},
      {"null", JsonKind::null},
      {nested(32), JsonKind::array},
  }));
  CAPTURE(row.text);
  JsonReader reader;

  const auto value = reader.value(row.text);

  REQUIRE(value.has_value());
  CHECK(value->kind == row.kind);
}

TEST_CASE("the strict reader refuses every text with no meaning or with two") {
  const auto text = GENERATE(values<std::string>({
      "",
      " ",
      "{",
      "}",
      "{\"a\"}",
      "{\"a\":}",
      "{\"a\":1",
      "{\"a\":1,}",
      "{,}",
      "{a:1}",
      "{'a':1}",
      "{\"a\" 1}",
      "{\"a\":1 \"b\":2}",
      "{1:1}",
      "[",
      "[1,]",
      "[1 2]",
      "[,]",
      "]",
      // a member twice
      R"({"a":1,"a":2})",
      R"({"a":1,"\u0061":2})",
      R"({"x":{"a":1,"a":1}})",
      R"([{"b":[{"a":1,"\u0061":1}]}])",
      R"({"\ud83d\ude00":1,"😀":2})",
      R"({"":1,"":1})",
      object_with_names(40, 17),
      // after the value
      "{}{}",
      "{} x",
      "1 2",
      "{}\0"s,
      "{}\0{}"s,
      "{},",
      // before it
      "\xef\xbb\xbf{}",
      "\0{}"s,
      "\f{}",
      "\v{}",
      // strings
      "\"",
      "\"a",
      "\"\\\"",
      "\"\n\"",
      "\"\x01\"",
      "\"a\0b\""s,
      R"("\x")",
      R"("\u12")",
      R"("\u12g4")",
      R"("\U0041")",
      "\"\\",
      // surrogates
      R"("\ud800")",
      R"("\udc00")",
      R"("\ud800\u0041")",
      R"("\ud800x")",
      R"("\ud800\ud800")",
      R"("\udc00\ud800")",
      "{\"\\ud800\":1}",
      // UTF-8
      "\"\xff\"",
      "\"\x80\"",
      "\"\xc0\x80\"",
      "\"\xc1\xbf\"",
      "\"\xe0\x80\x80\"",
      "\"\xed\xa0\x80\"",
      "\"\xf4\x90\x80\x80\"",
      "\"\xf8\x88\x80\x80\x80\"",
      "\"\xe2\x82\"",
      "\"\xc3\"",
      "\xc3\xa9",
      // numbers
      "01",
      "-",
      "-01",
      "+1",
      ".5",
      "5.",
      "1.e3",
      "1e",
      "1e+",
      "0x10",
      "1_000",
      "NaN",
      "Infinity",
      "-Infinity",
      "1e400",
      "-1e400",
      "1e-400",
      "1e99999999999999999999",
      std::string(400, '9'),
      // words
      "tru",
      "True",
      "nul",
      "nulll",
      "undefined",
      "//",
      "/* */1",
      // depth
      nested(33),
      nested(100000),
      "{\"a\":" + nested(32) + "}",
  }));
  CAPTURE(text.substr(0, 60), text.size());
  JsonReader reader;

  const auto value = reader.value(text);

  REQUIRE_FALSE(value.has_value());
  CHECK(value.error().code == btcw::Errc::bad_data);
  CHECK(value.error().message.find('\n') == std::string::npos);
}

TEST_CASE("an object's members come in their order, names without escapes, values as they stand") {
  JsonReader reader;
  const std::string text = R"( {"z":[1, 2],"\u0061\"b": "c\n" ,"t":true,"o":{"z":null}} )";

  const auto members = reader.object(text);

  REQUIRE(members.has_value());
  REQUIRE(members->size() == 4);
  CHECK((*members)[0].name == "z");
  CHECK((*members)[0].value.text == "[1, 2]");
  CHECK((*members)[1].name == "a\"b");
  CHECK((*members)[1].value.string() == "c\n");
  CHECK((*members)[3].value.text == R"({"z":null})");
  CHECK(find(*members, "t")->kind == JsonKind::boolean);
  CHECK(find(*members, "T") == nullptr);
}

TEST_CASE("a reader asked for an object or an array takes nothing else") {
  JsonReader reader;
  CHECK_FALSE(reader.object("[]").has_value());
  CHECK_FALSE(reader.object("null").has_value());
  CHECK_FALSE(reader.array("{}").has_value());
  REQUIRE(reader.array("[\"a\",{\"b\":1}]").has_value());
  CHECK(reader.array("[\"a\",{\"b\":1}]")->size() == 2);
}

TEST_CASE("an escaped surrogate pair is one character") {
  JsonReader reader;
  const auto value = reader.value(R"("\ud83d\ude00\u20ac\u00e9\u0000")");
  REQUIRE(value.has_value());
  CHECK(value->string() == "\xf0\x9f\x98\x80\xe2\x82\xac\xc3\xa9\0"s);
  CHECK_FALSE(value->is_string("\xf0\x9f\x98\x80"));
}

TEST_CASE("what append_json_string writes reads back as the same text") {
  const auto text = GENERATE(values<std::string>(
      {"", "plain", "quote \" and \\", "line\nend\ttab", "\x01\x1f\x7f", "é€😀", "a\0b"s}));
  std::string json;
  append_json_string(text, json);
  JsonReader reader;

  const auto value = reader.value(json);

  REQUIRE(value.has_value());
  CHECK(value->string() == text);
}

TEST_CASE("compacting drops the space between values and none inside a string") {
  std::string out;
  append_compact("{ \"a b\" : [ 1 ,\n\t2 ] , \"q\\\" x\" : \" \\\\\" }", out);
  CHECK(out == "{\"a b\":[1,2],\"q\\\" x\":\" \\\\\"}");
}
