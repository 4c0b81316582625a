#include "btcw/config/toml_text.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

using btcw::ConfigValue;
using btcw::parse_toml;
using btcw::ParsedToml;
using btcw::TextPosition;
using btcw::toml_string;

namespace {

bool same(const ConfigValue& a, const ConfigValue& b) {
  return a.kind == b.kind && a.text == b.text && a.boolean == b.boolean && a.integer == b.integer;
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("every kind of TOML value is read with its place") {
  struct Case {
    std::string_view text;
    ConfigValue value;
    TextPosition at;
  };
  using Kind = ConfigValue::Kind;
  const auto row = GENERATE(values<Case>({
      {"k = \"a\\tb\"", {.kind = Kind::text, .text = "a\tb"}, {1, 5}},
      {"\n  k = 'x'", {.kind = Kind::text, .text = "x"}, {2, 7}},
      {"k = -12", {.kind = Kind::integer, .integer = -12}, {1, 5}},
      {"k = 0x1F", {.kind = Kind::integer, .integer = 31}, {1, 5}},
      {"k = 0.1", {.kind = Kind::real, .text = "0.1"}, {1, 5}},
      {"k = 2.50e-3", {.kind = Kind::real, .text = "0.0025"}, {1, 5}},
      {"k = true", {.kind = Kind::boolean, .boolean = true}, {1, 5}},
      {"k = 2027-01-01", {.kind = Kind::moment, .text = "2027-01-01"}, {1, 5}},
      {"k = 07:32:00", {.kind = Kind::moment, .text = "07:32:00"}, {1, 5}},
      {"k = 2027-01-01T07:32:00.5-07:30",
       {.kind = Kind::moment, .text = "2027-01-01T07:32:00.500000000-07:30"},
       {1, 5}},
      {"k = 2027-01-01 07:32:00Z",
       {.kind = Kind::moment, .text = "2027-01-01T07:32:00+00:00"},
       {1, 5}},
      {"k = []", {.kind = Kind::list}, {1, 5}},
      {"k = {}", {.kind = Kind::table}, {1, 5}},
  }));
  CAPTURE(row.text);

  const ParsedToml parsed = parse_toml(row.text);

  REQUIRE_FALSE(parsed.problem);
  REQUIRE(parsed.root.parts.size() == 1);
  CHECK(parsed.root.parts[0].name == "k");
  CHECK(same(parsed.root.parts[0], row.value));
  CHECK(parsed.root.parts[0].at == row.at);
}

TEST_CASE("columns count characters, not bytes") {
  const ParsedToml parsed = parse_toml("\"ключ\" = 1 # é\n[t]\nö = 2\n");
  REQUIRE(parsed.problem);
  CHECK(parsed.problem->at == TextPosition{3, 1});
  CHECK(parse_toml("\"ключ\" = 1").root.parts[0].at == TextPosition{1, 10});
}

TEST_CASE("what is not TOML is refused at its line and column") {
  struct Case {
    std::string_view why;
    std::string text;
    TextPosition at;
  };
  const auto row = GENERATE(values<Case>({
      {"a value without quotes", "a = 1\nttl = abc", {2, 7}},
      {"a unit without quotes", "ttl = 30s", {1, 9}},
      {"no value", "ttl =\n", {1, 6}},
      {"no closing quote", "a = \"x\n", {1, 7}},
      {"the same key twice", "a = 1\na = 2\n", {2, 5}},
      {"the same table twice", "[a]\nb = 1\n[a]\n", {3, 1}},
      {"a table over a value", "a = 1\n[a]\n", {2, 1}},
      {"a list that does not end", "a = [1,\n", {1, 9}},
      {"not UTF-8", "a = \"\xff\"", {1, 5}},
      {"UTF-16",
       std::string{"\xff\xfe"
                   "a\0=\0",
                   6},
       {1, 1}},
      {"a control character", std::string{"a = \"\0\"", 7}, {1, 6}},
      {"too deep in dots", "x = 1\na" + repeated(".a", 17) + " = 1", {2, 34}},
      {"too deep in a table's name", "[" + repeated("a.", 17) + "a]", {1, 35}},
      {"too deep in brackets", "a = " + repeated("[", 300) + repeated("]", 300), {1, 261}},
  }));
  CAPTURE(row.why, row.text);

  const ParsedToml parsed = parse_toml(row.text);

  REQUIRE(parsed.problem);
  CAPTURE(parsed.problem->message);
  CHECK(parsed.problem->at.line == row.at.line);
  CHECK(parsed.problem->at.column == row.at.column);
  CHECK(parsed.root.parts.empty());
  CHECK(parsed.problem->message.find('\n') == std::string::npos);
}

TEST_CASE("dots in texts, comments and numbers do not count as depth") {
  const std::string dots = repeated(".", 40);
  const auto text = GENERATE_COPY(
      "a = \"" + dots + "\"", "a = '" + dots + "'", "a = \"\"\"" + dots + "\n\\\"\"\" is = \"\"\"",
      "a = '''" + dots + "\n'" + dots + "'''", "# " + dots + "\na = 1",
      "a = [" + repeated("1.5, ", 40) + "]", "a = \"\\\"" + dots + "\"", "a = \"\\\\\" # " + dots);
  CAPTURE(text);
  CHECK_FALSE(parse_toml(text).problem);
}

TEST_CASE("a megabyte of dots is refused and does not overflow the stack") {
  CHECK(parse_toml(repeated("a.", 500'000) + "a = 1").problem);
  CHECK(parse_toml(repeated("[a.\n", 250'000)).problem);
}

TEST_CASE("an error message does not hold a secret whose quotes were forgotten") {
  const auto text = GENERATE(
      as<std::string>{}, "password = 4711hunter2", "password = hunter2", "password = truehunter2",
      "password = 0x4711hunter2", "password = 99999999999999999999994711", "password = inf4711",
      "password = 1e4711", "password = 0b4711", "password = \"hunter2\n", "password = 'hunter2",
      "password 4711hunter2", "password = 4711-hunter2", "password = hunter2 = 4711",
      "password = 2027-01-4711");
  CAPTURE(text);
  const ParsedToml parsed = parse_toml(text);
  REQUIRE(parsed.problem);
  CAPTURE(parsed.problem->message);
  CHECK(parsed.problem->message.find("4711") == std::string::npos);
  CHECK(parsed.problem->message.find("hunter2") == std::string::npos);
}

TEST_CASE("toml_string writes any text as TOML that reads back unchanged") {
  const auto text = GENERATE(as<std::string>{}, "", "plain", "\"quoted\"", "back\\slash",
                             "line\nend\r\ttab", "\x01\x1f\x7f", "ünï©ode 🚀");
  const ParsedToml parsed = parse_toml("k = " + toml_string(text));
  REQUIRE_FALSE(parsed.problem);
  CHECK(parsed.root.parts[0].text == text);
}
