#include "btcw/rules/rule_text.h"

#include <catch2/catch.hpp>
#include <string>

#include "rule_samples.h"

using btcw::rules::parse_hysteresis;
using btcw::rules::parse_repeat;
using btcw::rules::parse_state;
using btcw::rules::Repeat;
using btcw::rules::RuleState;
using btcw::rules::to_string;
using btcw::rules::to_text;
using namespace btcw::test;
using namespace std::chrono_literals;

TEST_CASE("a hysteresis is a share of the threshold or a number") {
  struct Case {
    std::string_view text;
    std::string_view printed;  // empty: refused
  };
  const auto row = GENERATE(values<Case>({
      {"0.5%", "0.5%"},
      {"0%", "0%"},
      {"99.9%", "99.9%"},
      {"500", "500"},
      {"0.00000001", "0.00000001"},
      {"0", "0"},
      {"100%", ""},
      {"-1%", ""},
      {"-5", ""},
      {"%", ""},
      {"", ""},
      {"5 %", ""},
      {"half", ""},
  }));
  CAPTURE(row.text);
  const auto read = parse_hysteresis(row.text);
  REQUIRE(read.has_value() == !row.printed.empty());
  if (read) CHECK(to_string(*read) == row.printed);
  if (!read) CHECK(read.error().code == btcw::Errc::invalid_input);
}

TEST_CASE("repeat is one of three words") {
  for (const Repeat repeat : {Repeat::once, Repeat::rearm, Repeat::every}) {
    CHECK(parse_repeat(to_string(repeat)).value() == repeat);
  }
  CHECK(parse_repeat("Once").error().message == "expected once, rearm or every, found \"Once\"");
}

TEST_CASE("a state that is kept as text comes back unchanged") {
  CHECK(parse_state(to_text(RuleState{})).value() == RuleState{});
  auto rule = rule_of("last crosses above 100 or bid crosses below 5 or last crosses below 95");
  rule.hysteresis = {.amount = number("1"), .is_relative = false};
  Watched watched{rule};
  auto at = 0s;
  for (const auto* const price : {"99", "100", "101", "99.5", "94", "100", "96", "101"}) {
    watched.tick(price, at++);
    const auto again = parse_state(to_text(watched.state()));
    REQUIRE(again.has_value());
    CHECK(*again == watched.state());
  }
  CHECK(watched.fired() == 1);
}

TEST_CASE("a state that was not written so is refused") {
  const std::string whole = to_text(RuleState{});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_state(whole.substr(0, size)).has_value());
  }
  for (const auto* const text :
       {"2 - - 0 idle auauauauauauauau", "1 x - 0 idle auauauauauauauau",
        "1 -1 - 0 idle auauauauauauauau", "1 - 253402300800000 0 idle auauauauauauauau",
        "1 - 5x 0 idle auauauauauauauau", "1 - - -1 idle auauauauauauauau",
        "1 - - 4294967296 idle auauauauauauauau", "1 - - 0 busy auauauauauauauau",
        "1 - - 0 idle auauauauauauaux!", "1 - - 0 idle zuauauauauauauau",
        "1 - - 0 idle auauauauauauauau more"}) {
    CAPTURE(text);
    const auto state = parse_state(text);
    REQUIRE_FALSE(state.has_value());
    CHECK(state.error().code == btcw::Errc::bad_data);
  }
}
