#include "btcw/base/json.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace btcw;

TEST_CASE("what is no JSON is refused before any of it is used") {
  struct Case {
    std::string_view why;
    std::string_view json;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"empty", "", "empty"},
      {"white space", " \n\t", "empty"},
      {"a scalar", "12", "expected an object or an array at byte 0"},
      {"a string", R"("a")", "expected an object or an array at byte 0"},
      {"a word", "nonsense", "expected an object or an array at byte 0"},
      {"HTML", "<html></html>", "expected an object or an array at byte 0"},
      {"a byte order mark", "\xef\xbb\xbf{}", "expected an object or an array at byte 0"},
      {"only a bracket", "{", "cut short"},
      {"only a closing bracket", "}", "expected an object or an array at byte 0"},
      {"cut short in an object", R"({"a":1)", "cut short"},
      {"cut short behind a comma", R"({"a":1,)", "cut short"},
      {"cut short behind a key", R"({"a")", "cut short"},
      {"cut short behind a colon", R"({"a":)", "cut short"},
      {"cut short in an array", "[1,2", "cut short"},
      {"cut short in a nested object", R"({"a":{"b":1})", "cut short"},
      {"cut short in a string", R"({"a":"b)", "a string is not closed"},
      {"trailing text", "{} x", "something follows its end at byte 3"},
      {"two documents", "{}{}", "something follows its end at byte 2"},
      {"two documents on two lines", "[1]\n[2]", "something follows its end at byte 4"},
      {"a bracket too many", "[1]]", "something follows its end at byte 3"},
      {"NUL behind", std::string_view{"{}\0", 3}, "something follows its end at byte 2"},
      {"not UTF-8", "{\"a\":\"\xff\"}", "not UTF-8"},
      {"half a letter", "{\"a\":\"\xc3\"}", "not UTF-8"},
      {"line end in a string", "{\"a\":\"\n\"}", "a control character in a string"},
      {"no comma in an object", R"({"a":1 "b":2})", "expected ',' or '}' at byte 7"},
      {"no comma in an array", "[1 2]", "expected ',' or ']' at byte 3"},
      {"no comma between strings", R"(["a""b"])", "expected ',' or ']' at byte 4"},
      {"no colon", R"({"a" 1})", "expected ':' at byte 5"},
      {"a key that is no string", "{1:1}", "expected a member's name at byte 1"},
      {"wrong bracket", R"({"a":[1},"z":3})", "expected ',' or ']' at byte 7"},
      {"comma at the end of an object", R"({"a":1,})", "expected a member's name at byte 7"},
      {"comma at the end of an array", "[1,]", "expected a value at byte 3"},
      {"comma first", "[,1]", "expected a value at byte 1"},
      {"colon in an array", "[1:2]", "expected ',' or ']' at byte 2"},
      {"a word inside", R"({"a":nul})", "expected a value at byte 5"},
      {"a longer word inside", R"({"a":nulll})", "expected a value at byte 5"},
      {"a word and a string", R"([true"a"])", "expected a value at byte 1"},
      {"a number and a string", R"([1"a"])", "expected a value at byte 1"},
      {"a string and a word", R"(["a"b])", "expected ',' or ']' at byte 4"},
      {"a backslash outside", R"(["a"\"])", "expected ',' or ']' at byte 4"},
      {"single quotes", "{'a':1}", "expected a member's name at byte 1"},
      {"unknown escape", R"(["\q"])", "not an escape sequence at byte 1"},
      {"short escape", R"(["\u12"])", "not an escape sequence at byte 1"},
      {"half a surrogate pair", R"(["\ud83d"])", "not an escape sequence at byte 1"},
      {"other half", R"(["\ude00"])", "not an escape sequence at byte 1"},
      {"two first halves", R"(["\ud83d\ud83d"])", "not an escape sequence at byte 1"},
      {"unknown escape in a key", R"({"\x":1})", "not an escape sequence at byte 1"},
  }));
  CAPTURE(row.why, row.json);
  JsonReader reader;

  const auto value = reader.read(row.json);

  REQUIRE_FALSE(value.has_value());
  CHECK(value.error().code == Errc::bad_data);
  CHECK(value.error().message == "malformed JSON: " + std::string{row.message});
  CHECK(reader.read(R"({"a":1})").has_value());  // and the next one is read
}

TEST_CASE("a document above the limit is refused") {
  JsonReader reader{64};
  CHECK(reader.read("[" + std::string(62, ' ') + "]").has_value());
  const auto value = reader.read("[" + std::string(63, ' ') + "]");
  REQUIRE_FALSE(value.has_value());
  CHECK(value.error().message == "JSON of 65 bytes, at most 64 are read");
}

TEST_CASE("documents of every size are read in the same buffers") {
  JsonReader reader{1U << 20U};
  for (const std::size_t size : {10U, 100'000U, 50U, 1'000'000U, 4'096U, 4'097U}) {
    auto array = reader.read_array("[" + std::string(size, ' ') + "7]");
    REQUIRE(array.has_value());
    CHECK(array->at(0).value().integer().value() == 7);
  }
}

TEST_CASE("nesting is bounded") {
  JsonReader reader;
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(reader.read(nested(JsonTokens::kMaxDepth)).has_value());
  const auto deeper = reader.read(nested(JsonTokens::kMaxDepth + 1));
  REQUIRE_FALSE(deeper.has_value());
  CHECK(deeper.error().message == "malformed JSON: nested too deep at byte 64");
  CHECK_FALSE(reader.read(nested(1'000'000)).has_value());
}

TEST_CASE("numbers are read digit for digit, from numbers and from strings") {
  struct Case {
    std::string_view json;
    std::optional<std::string_view> plain;  // nullopt: an error
  };
  const auto row = GENERATE(values<Case>({
      {"97123.40", "97123.4"},
      {"97123.40 ", "97123.4"},
      {R"("97123.40")", "97123.4"},
      {R"("97123.40" )", "97123.4"},
      {"1e-8", "0.00000001"},
      {R"("1.0E-8")", "0.00000001"},
      {"-0", "0"},
      {R"("9\u0037")", "97"},
      {"0.123456789012345678", "0.123456789012345678"},
      {"0.1234567890123456789", std::nullopt},
      {"01", std::nullopt},
      {".5", std::nullopt},
      {"5.", std::nullopt},
      {"5.e1", std::nullopt},
      {"+5", std::nullopt},
      {"-", std::nullopt},
      {"1x", std::nullopt},
      {"1e", std::nullopt},
      {"1e+", std::nullopt},
      {"1 2", std::nullopt},
      {"NaN", std::nullopt},
      {R"("NaN")", std::nullopt},
      {R"(" 1")", std::nullopt},
      {R"("")", std::nullopt},
      {"null", std::nullopt},
      {"true", std::nullopt},
      {"{}", std::nullopt},
      {"[1]", std::nullopt},
  }));
  CAPTURE(row.json);
  JsonReader reader;
  auto object = reader.read_object("{\"x\":" + std::string{row.json} + "}");

  const auto number = object ? object->decimal("x") : Result<Decimal>{object.error()};

  REQUIRE(number.has_value() == row.plain.has_value());
  if (row.plain) CHECK(number->to_string() == *row.plain);
  if (!row.plain) CHECK(number.error().code == Errc::bad_data);
}

TEST_CASE("null, absent and empty text are no number, and nothing else is") {
  JsonReader reader;
  auto object = reader.read_object(R"({"n":null,"e":"","f":false,"v":"12345678901234567890.5"})");
  REQUIRE(object.has_value());
  CHECK_FALSE(object->decimal_or_null("n").value().has_value());
  CHECK_FALSE(object->decimal_or_null("e").value().has_value());
  CHECK_FALSE(object->decimal_or_null("absent").value().has_value());
  CHECK_FALSE(object->rounded_decimal_or_null("e").value().has_value());
  CHECK_FALSE(object->integer_or_null("n").value().has_value());
  CHECK_FALSE(object->text_or_null("n").value().has_value());
  CHECK(object->text_or_null("e").value() == "");
  CHECK_FALSE(object->decimal_or_null("f").has_value());
  CHECK_FALSE(object->decimal_or_null("v").has_value());
  CHECK(object->rounded_decimal_or_null("v").value()->to_string() == "12345678901234567900");
  CHECK_FALSE(object->rounded_decimal_or_null("f").has_value());
  CHECK_FALSE(object->integer_or_null("f").has_value());
  CHECK_FALSE(object->text_or_null("f").has_value());
}

TEST_CASE("members are found in any order, more than once") {
  JsonReader reader;
  auto object = reader.read_object(R"({"a":"x","b":{"c":[1,2]},"d":true,"e":1732290000123})");
  REQUIRE(object.has_value());
  CHECK(object->integer("e").value() == 1'732'290'000'123);
  CHECK(object->boolean("d").value());
  CHECK(object->text("a").value() == "x");
  auto inner = object->object("b");
  REQUIRE(inner.has_value());
  CHECK(inner->array("c").value().at(1).value().integer().value() == 2);
  CHECK(object->text("a").value() == "x");
  CHECK_FALSE(object->find("z").has_value());
}

TEST_CASE("an error says which member and what stood there, cut short") {
  JsonReader reader;
  auto object =
      reader.read_object(R"({"last":"abc","o":{"p":1},"big":12345678901234567890,"a":[]})");
  REQUIRE(object.has_value());
  CHECK(object->decimal("last").error().message == R"(last: not a number: "abc")");
  CHECK(object->decimal("bid").error().message == R"(no "bid")");
  CHECK(object->text("o").error().message == R"(o: expected a string, found an object)");
  CHECK(object->integer("big").error().message ==
        R"(big: expected a whole number, found 12345678901234567890)");
  CHECK(object->array("o").error().message == R"(o: expected an array, found an object)");
  CHECK(object->object("a").error().message == R"(a: expected an object, found an array)");
  CHECK(object->boolean("a").error().message == R"(a: expected true or false, found an array)");
  CHECK(object->array("a").value().at(0).error().message == "expected more than 0 elements");
}

TEST_CASE("integers take no fraction, no exponent and no more than 64 bits") {
  JsonReader reader;
  for (const std::string json : {"1.0", "1e3", "9223372036854775808", R"("1.5")", R"("x")", "[]"}) {
    CAPTURE(json);
    auto array = reader.read_array("[" + json + "]");
    REQUIRE(array.has_value());
    CHECK_FALSE(array->at(0).value().integer().has_value());
  }
  auto array = reader.read_array(R"(["-9223372036854775808"])");
  CHECK(array.value().at(0).value().integer().value() == INT64_MIN);
}

TEST_CASE("members are visited in order, with keys and texts unescaped") {
  JsonReader reader;
  const auto object = reader.read_object(
      R"({"a":1,"l\u0061st":{"x":[1]},"q\"":"\"\\\/\b\f\n\r\t\u00e4\u20AC\ud83d\ude00"})");
  REQUIRE(object.has_value());
  std::vector<std::string> keys;
  for (const JsonMember member : *object) keys.emplace_back(member.key);
  CHECK(keys == std::vector<std::string>{"a", "last", "q\""});
  CHECK(object->text("q\"").value() == "\"\\/\b\f\n\r\tä€😀");
  CHECK(object->object("last").has_value());
}

TEST_CASE("elements are visited in order") {
  JsonReader reader;
  const auto array = reader.read_array(R"([1, [], {}, "x", {"a":[2]}, null, true])");
  REQUIRE(array.has_value());
  std::vector<JsonKind> kinds;
  for (const JsonValue value : *array) kinds.push_back(value.kind());
  CHECK(kinds == std::vector<JsonKind>{JsonKind::number, JsonKind::array, JsonKind::object,
                                       JsonKind::text, JsonKind::object, JsonKind::null,
                                       JsonKind::boolean});
  const JsonArray no_elements = array->at(1).value().array().value();
  CHECK_FALSE(no_elements.begin() != no_elements.end());
  const JsonObject no_members = array->at(2).value().object().value();
  CHECK_FALSE(no_members.begin() != no_members.end());
}

TEST_CASE("the first of two members with the same key counts") {
  JsonReader reader;
  const auto object = reader.read_object(R"({"a":1,"a":2})");
  CHECK(object.value().integer("a").value() == 1);
}
