// What time does to a rule: for, the cooldown, repeat, the end of its life, stale.
#include <catch2/catch.hpp>
#include <string_view>
#include <vector>

#include "btcw/rules/rule.h"
#include "rule_samples.h"

using btcw::rules::EventKind;
using btcw::rules::Repeat;
using btcw::rules::Rule;
using namespace btcw::test;
using namespace std::chrono_literals;

TEST_CASE("for: a condition fires when it has been true that long, also without a new ticker") {
  Rule rule = rule_of("last > 100");
  rule.hold_for = 5s;
  Watched watched{rule};
  watched.tick("101", 0s);
  CHECK(watched.fired() == 0);
  CHECK(watched.next_look(0s) == 5s);
  watched.tick("99", 3s);
  CHECK_FALSE(watched.next_look(3s));
  watched.tick("101", 4s);
  watched.tick("102", 8s);
  watched.look(8999ms);
  CHECK(watched.fired() == 0);
  CHECK(watched.next_look(8999ms) == 9s);
  watched.look(9s);
  REQUIRE(watched.events().size() == 1);
  CHECK(watched.events()[0].since == kStart + 4s);
  CHECK(watched.events()[0].at == kStart + 9s);
  CHECK_FALSE(watched.next_look(9s));
}

TEST_CASE("for: a crossing stands as long as the price does not come back") {
  Rule rule = rule_of("last crosses above 100");
  rule.hold_for = 5s;
  Watched watched{rule};
  watched.tick("99", 0s);
  watched.tick("101", 1s);
  watched.tick("99", 3s);
  watched.tick("101", 4s);
  watched.tick("100", 8s);  // touches, and has not come back
  CHECK(watched.fired() == 0);
  watched.tick("101", 9s);
  CHECK(watched.fired() == 1);
  watched.tick("101", 20s);
  CHECK(watched.fired() == 1);
}

TEST_CASE("for: a crossing that has not happened is not waited for") {
  Rule rule = rule_of("last crosses above 100");
  rule.hold_for = 5s;
  Watched watched{rule};
  watched.tick("101", 0s);
  watched.tick("102", 60s);
  CHECK(watched.fired() == 0);
}

TEST_CASE("the cooldown holds back what comes too early, and lets it out when it ends") {
  for (const auto* const when : {"last > 100", "last crosses above 100"}) {
    CAPTURE(when);
    Rule rule = rule_of(when);
    rule.cooldown = 10s;
    Watched watched{rule};
    watched.tick("99", 0s);
    watched.tick("101", 1s);
    watched.tick("99", 2s);
    watched.tick("101", 3s);
    CHECK(watched.fired() == 1);
    CHECK(watched.next_look(3s) == 11s);
    watched.look(11s);
    CHECK(watched.fired() == 2);
    CHECK_FALSE(watched.next_look(11s));
  }
}

TEST_CASE("what is over when the cooldown ends does not fire") {
  Rule rule = rule_of("last crosses above 100");
  rule.cooldown = 10s;
  Watched watched{rule};
  watched.tick("99", 0s);
  watched.tick("101", 1s);
  watched.tick("99", 2s);
  watched.tick("101", 3s);
  watched.tick("99", 4s);
  watched.look(20s);
  CHECK(watched.fired() == 1);
}

TEST_CASE("repeat: once, each time it is re-armed, or each cooldown") {
  Rule rule = rule_of("last > 100");
  const std::vector<std::string_view> prices{"101", "102", "99", "101", "99"};
  SECTION("once") {
    rule.repeat = Repeat::once;
    CHECK(course(rule, prices) == "!.r..");
  }
  SECTION("rearm") { CHECK(course(rule, prices) == "!.r!r"); }
  SECTION("every") {
    rule.repeat = Repeat::every;
    CHECK(course(rule, prices) == "!!r!r");
  }
  SECTION("every, with a cooldown") {
    rule.repeat = Repeat::every;
    rule.cooldown = 2s;
    CHECK(course(rule, {"101", "101", "101", "101", "101", "99", "101"}) == "!.!.!r!");
  }
  SECTION("every crossing") {
    Rule crossing = rule_of("last crosses above 100");
    crossing.repeat = Repeat::every;
    crossing.hysteresis = {.amount = number("50"), .is_relative = false};
    CHECK(course(crossing, {"99", "101", "102", "99", "101"}) == ".!..!");
  }
}

TEST_CASE("repeat every, with for and a cooldown, is looked at when both are over") {
  Rule rule = rule_of("last > 100");
  rule.repeat = Repeat::every;
  rule.hold_for = 5s;
  rule.cooldown = 10s;
  Watched watched{rule};
  watched.tick("101", 0s);
  CHECK(watched.next_look(0s) == 5s);
  watched.look(5s);
  CHECK(watched.fired() == 1);
  CHECK(watched.next_look(5s) == 15s);
  watched.look(15s);
  CHECK(watched.fired() == 2);
}

TEST_CASE("a rule that has expired is silent") {
  Rule rule = rule_of("last > 100");
  rule.expires = kStart + 2s;
  CHECK(course(rule, {"99", "101", "99", "101"}) == ".!..");
  Watched watched{rule};
  watched.tick("101", 2s);
  CHECK(watched.fired() == 0);
  CHECK_FALSE(watched.next_look(2s));
}

TEST_CASE("stale and age change with time alone") {
  Watched stale{rule_of("stale 2m")};
  CHECK_FALSE(stale.next_look(0s));
  stale.tick("1", 0s);
  CHECK(stale.next_look(0s) == 120'001ms);
  stale.look(120s);
  CHECK(stale.fired() == 0);
  stale.look(120'001ms);
  CHECK(stale.fired() == 1);
  const auto resolved = stale.tick("1", 200s).event;
  REQUIRE(resolved);
  CHECK(resolved->kind == EventKind::resolved);
  CHECK(resolved->since == kStart + 120'001ms);

  Watched age{rule_of("age * 2 > 5s")};
  age.tick("1", 0s);
  CHECK(age.next_look(0s) == 1s);
}
