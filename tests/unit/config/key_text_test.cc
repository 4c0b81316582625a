#include "btcw/config/key_text.h"

#include <array>
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/config/config.h"
#include "btcw/config/toml_text.h"
#include "btcw/config/variable_text.h"

using btcw::Access;
using btcw::assign;
using btcw::ChoiceKey;
using btcw::Config;
using btcw::ConfigKey;
using btcw::ConfigValue;
using btcw::Decimal;
using btcw::DecimalKey;
using btcw::Environment;
using btcw::KeyPlace;
using btcw::parse_toml;
using btcw::Result;
using btcw::TextListKey;
using btcw::TextPosition;
using btcw::to_toml;
using btcw::value_of_variable;

namespace {

enum class Plan { none, minimal, full };
constexpr std::array<std::string_view, 3> kPlans{"none", "minimal", "full"};

// Stands in for an option struct that Config does not have.
struct Options {
  Decimal threshold = {};
  Plan plan = Plan::none;
  std::vector<std::string> tags = {};
};
Options& options() {
  static Options all;
  return all;
}

template <auto Member>
struct OptionAccess {
  template <typename T>
  operator Access<T>() const {
    return {[](const Config&, const KeyPlace&) -> T {
              return btcw::config_detail::from_member<T>(options().*Member);
            },
            [](Config&, const KeyPlace&, T value) {
              btcw::config_detail::into_member(options().*Member, std::move(value));
            }};
  }
};

Result<std::string> read_tag(std::string_view text) {
  if (text.empty()) return btcw::Error{btcw::Errc::invalid_input, "an empty tag"};
  return "#" + std::string{text};
}

ConfigKey decimal_key() {
  return {.path = "k", .type = DecimalKey{OptionAccess<&Options::threshold>{}}, .help = ""};
}
ConfigKey plan_key() {
  return {.path = "k", .type = ChoiceKey{OptionAccess<&Options::plan>{}, kPlans}, .help = ""};
}
ConfigKey tags_key() {
  return {.path = "k", .type = TextListKey{OptionAccess<&Options::tags>{}, read_tag}, .help = ""};
}

// "" when all was well, else what was wrong; then what is in force.
struct Assigned {
  std::string fault;
  std::string toml;
};

Assigned assigned(const ConfigKey& key, ConfigValue value) {
  options() = {};
  const Environment environment;
  Config config;
  Assigned result;
  assign(key, {}, value, {environment, {}}, config,
         [&](TextPosition, const std::string& message) { result.fault = message; });
  result.toml = to_toml(key, {}, config);
  return result;
}

struct Case {
  ConfigKey (*key)();
  std::string text;
  std::string toml;
  std::string fault;  // the beginning
};

}  // namespace

TEST_CASE("decimals, choices and lists of texts are read from TOML and written back") {
  const auto row = GENERATE(values<Case>({
      {decimal_key, "\"97123.40\"", "\"97123.4\"", ""},
      {decimal_key, "0.1", "\"0.1\"", ""},
      {decimal_key, "-5", "\"-5\"", ""},
      {decimal_key, "1e3", "\"1000\"", ""},
      {decimal_key, "123456789.012345", "\"123456789.012345\"", ""},
      {decimal_key, "\"0.123456789012345678\"", "\"0.123456789012345678\"", ""},
      {decimal_key, "0.123456789012345678", "\"0\"", "too many digits for a bare number"},
      {decimal_key, "nan", "\"0\"", "not a decimal"},
      {decimal_key, "inf", "\"0\"", "not a decimal"},
      {decimal_key, "\"1,5\"", "\"0\"", "not a decimal"},
      {decimal_key, "true", "\"0\"", "expected a number, not true"},
      {plan_key, "\"minimal\"", "\"minimal\"", ""},
      {plan_key, "\"ful\"", "\"none\"",
       "expected one of \"none\", \"minimal\", \"full\", not the text \"ful\""},
      {plan_key, "1", "\"none\"", "expected one of"},
      {tags_key, "[\"a\", \"b\"]", "[\"#a\", \"#b\"]", ""},
      {tags_key, "[]", "[]", ""},
      {tags_key, "[\"a\", \"\", \"c\"]", "[\"#a\", \"#c\"]", "an empty tag"},
      {tags_key, "[\"a\", 1]", "[\"#a\"]", "expected a text, not the number 1"},
      {tags_key, "\"a\"", "[]", "expected a list of texts, not the text \"a\""},
  }));
  CAPTURE(row.text);

  const Assigned result = assigned(row.key(), parse_toml("k = " + row.text).root.parts.at(0));

  CHECK(result.toml == row.toml);
  CHECK(result.fault.empty() == row.fault.empty());
  if (row.fault != "not a decimal") CHECK_THAT(result.fault, Catch::StartsWith(row.fault));
}

TEST_CASE("decimals, choices and lists of texts are read from variables") {
  const auto row = GENERATE(values<Case>({
      {decimal_key, "0.123456789012345678", "\"0.123456789012345678\"", ""},
      {plan_key, "full", "\"full\"", ""},
      {tags_key, "a, b,c ", "[\"#a\", \"#b\", \"#c\"]", ""},
      {tags_key, "['a,b']", "[\"#a,b\"]", ""},
      {tags_key, "", "[]", ""},
      {tags_key, "a,,b", "[\"#a\", \"#b\"]", "an empty tag"},
  }));
  CAPTURE(row.text);

  auto value = value_of_variable(row.key(), row.text);

  REQUIRE(value);
  const Assigned result = assigned(row.key(), *std::move(value));
  CHECK(result.toml == row.toml);
  CHECK(result.fault == row.fault);
}
