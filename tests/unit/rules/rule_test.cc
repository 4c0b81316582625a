#include "btcw/rules/rule.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "rule_samples.h"

using btcw::IndicatorValue;
using btcw::milliseconds;
using btcw::rules::EventKind;
using btcw::rules::Rule;
using namespace btcw::test;
using namespace std::chrono_literals;

namespace {

Rule with_hysteresis(std::string_view when, std::string_view amount, bool is_relative) {
  Rule rule = rule_of(when);
  rule.hysteresis = {.amount = number(amount), .is_relative = is_relative};
  return rule;
}

}  // namespace

TEST_CASE("a crossing fires on the far side of the threshold, once, and again after coming back") {
  struct Case {
    std::string_view why;
    std::string_view when;
    std::vector<std::string_view> prices;
    std::string_view course;
  };
  const auto row = GENERATE(values<Case>({
      {"above", "last crosses above 100", {"99", "101", "102", "99", "101"}, ".!.r!"},
      {"the first tick crosses nothing", "last crosses above 100", {"101", "102"}, ".."},
      {"exactly at the threshold is not above", "last crosses above 100", {"99", "100"}, ".."},
      {"through the threshold", "last crosses above 100", {"99", "100", "100.01"}, "..!"},
      {"touched from below", "last crosses above 100", {"99", "100", "99", "100"}, "...."},
      {"touched from above", "last crosses above 100", {"101", "100", "101"}, "..."},
      {"begins at the threshold", "last crosses above 100", {"100", "100", "101"}, "..!"},
      {"begins at it and falls", "last crosses above 100", {"100", "99", "101"}, "..!"},
      {"touching does not end it", "last crosses above 100", {"99", "101", "100", "101"}, ".!.."},
      {"below", "last crosses below 100", {"101", "99", "98", "101", "99"}, ".!.r!"},
      {"begins at the threshold, below", "last crosses below 100", {"100", "99.99"}, ".!"},
      {"upwards is not below", "last crosses below 100", {"99", "101", "102"}, "..."},
      {"threshold on the left", "100 crosses below last", {"99", "101"}, ".!"},
      {"a far jump", "last crosses above 100", {"1", "1000000"}, ".!"},
      {"tiny prices", "last crosses above 0.00002431", {"0.0000243", "0.0000243100001"}, ".!"},
      {"of two sides",
       "last crosses above 100 or last crosses below 90",
       {"95", "101", "95", "89"},
       ".!r!"},
      {"with a condition that fails", "last crosses above 100 and bid > 1", {"99", "101"}, ".."},
      {"not a crossing", "not last crosses above 100", {"99", "98", "101"}, ".!r"},
  }));
  CAPTURE(row.why);
  CHECK(course(rule_of(row.when), row.prices) == row.course);
}

TEST_CASE("a level fires when it is reached, also with the first tick, and re-arms below") {
  CHECK(course(rule_of("last > 100"), {"101", "102", "100", "101"}) == "!.r!");
  CHECK(course(rule_of("last >= 100"), {"99", "100", "100", "99"}) == ".!.r");
  CHECK(course(rule_of("last == 100"), {"99", "100", "101", "100"}) == ".!r!");
  CHECK(course(rule_of("last != 100"), {"100", "101", "100"}) == ".!r");
  CHECK(course(rule_of("last between 99 and 101"), {"98", "99", "101", "102"}) == ".!.r");
  CHECK(course(rule_of("not last > 100"), {"101", "100", "101"}) == ".!r");
}

TEST_CASE("the hysteresis says how far back a condition goes before it may fire again") {
  struct Case {
    std::string_view when;
    std::string_view amount;
    bool is_relative;
    std::vector<std::string_view> prices;
    std::string_view course;
  };
  const auto row = GENERATE(values<Case>({
      {"last > 100", "0.005", true, {"101", "99.5", "101", "99.49", "101"}, "!..r!"},
      {"last > 100", "2", false, {"101", "98", "101", "97.99", "101"}, "!..r!"},
      {"last >= 100", "2", false, {"100", "98", "101", "97.99", "100"}, "!..r!"},
      {"last < 100", "0.01", true, {"99", "101", "99", "101.01", "99"}, "!..r!"},
      {"last <= 100", "1", false, {"100", "101", "100", "101.01", "100"}, "!..r!"},
      {"100 < last", "0.005", true, {"101", "99.5", "99.49"}, "!.r"},
      {"last == 100", "1", false, {"100", "101", "99", "98.99"}, "!..r"},
      {"last between 100 and 110", "1", false, {"105", "111", "99", "111.1"}, "!..r"},
      {"last not between 100 and 110", "1", false, {"99", "100", "101", "101.1"}, "!..r"},
      {"not last > 100", "1", false, {"100", "101", "101.01", "100"}, "!.r!"},
      {"not last <= 100", "1", false, {"101", "99", "98.99"}, "!.r"},
      {"not last != 100", "1", false, {"100", "101", "101.1"}, "!.r"},
      {"last crosses above 100",
       "0.005",
       true,
       {"99", "101", "99.5", "101", "99.49", "101"},
       ".!..r!"},
      {"last crosses below 100", "1", false, {"101", "99", "101", "99", "101.1", "99"}, ".!..r!"},
      {"last > -100", "0.01", true, {"1", "0.5"}, "!."},
  }));
  CAPTURE(row.when, row.amount);
  CHECK(course(with_hysteresis(row.when, row.amount, row.is_relative), row.prices) == row.course);
}

TEST_CASE("a gap changes nothing, and a price that is found on the other side has crossed") {
  Rule rule = rule_of("sma(9, 1h) crosses above 100");
  rule.hysteresis = {.amount = number("1"), .is_relative = false};
  Watched watched{rule};
  const auto tick = [&](IndicatorValue value, milliseconds at) {
    watched.set_indicators({value});
    return watched.tick("1", at);
  };
  tick(99.0, 0s);
  tick({}, 1s);
  CHECK(watched.fired() == 0);
  tick(101.0, 2s);
  CHECK(watched.fired() == 1);
  CHECK_FALSE(tick({}, 3s).event);
  CHECK(watched.state().active);
  CHECK_FALSE(tick(101.0, 4s).event);
  CHECK(tick(98.0, 5s).event->kind == EventKind::resolved);
}

TEST_CASE("a condition that is not known for a while goes on waiting, and does not fire on it") {
  Rule rule = rule_of("rsi(14, 1h) > 70");
  rule.hold_for = 5s;
  Watched watched{rule};
  watched.set_indicators({71.0});
  watched.tick("1", 0s);
  watched.set_indicators({IndicatorValue{}});
  watched.tick("1", 6s);
  CHECK(watched.fired() == 0);
  CHECK(watched.next_look(6s) == 7s);
  watched.set_indicators({71.0});
  watched.look(7s);
  CHECK(watched.fired() == 1);
}

TEST_CASE("an oscillation of at most the hysteresis fires once, whatever its course") {
  struct Case {
    std::string_view when;
    std::int64_t outside;  // where the first tick is, in hundredths
  };
  const auto row = GENERATE(values<Case>({
      {"last crosses above 100", 9'900},
      {"last crosses below 100", 10'100},
      {"last > 100", 9'900},
      {"last < 100", 10'100},
      {"last >= 100", 9'900},
      {"not last <= 100", 9'900},
  }));
  CAPTURE(row.when);
  std::mt19937_64 random{7};
  for (int round = 0; round < 50; ++round) {
    const std::int64_t size = 1 + static_cast<std::int64_t>(random() % 300);  // hundredths
    Rule rule = rule_of(row.when);
    rule.hysteresis = {.amount = btcw::Decimal::from_parts(size, 2), .is_relative = false};
    Watched watched{rule};
    auto tick = [&, at = 0s](std::int64_t hundredths) mutable {
      watched.tick(btcw::Decimal::from_parts(hundredths, 2).to_string(), at++);
    };
    tick(row.outside);
    const std::uint64_t range = 2 * static_cast<std::uint64_t>(size) + 1;
    for (int i = 0; i < 60; ++i) {
      tick(10'000 - size + static_cast<std::int64_t>(random() % range));
    }
    // All of them lie within, and surely one lies beyond the threshold.
    tick(row.outside < 10'000 ? 10'000 + size : 10'000 - size);
    CHECK(watched.fired() == 1);
  }
}

TEST_CASE("a state that is put back goes on as if there had been no restart") {
  Rule rule = rule_of("last crosses above 100");
  rule.hysteresis = {.amount = number("1"), .is_relative = false};
  const auto prices = {"99", "101", "100.5", "102", "98", "103", "97", "101"};
  btcw::rules::RuleState state;
  std::string marks;
  auto at = 0s;
  for (const auto* const price : prices) {
    const btcw::rules::RuleState kept = state;  // all that there is
    const auto ticker = ticker_at(price, kStart + at);
    const auto judgement = evaluate(rule, kept, {.ticker = &ticker, .now = kStart + at});
    state = judgement.state;
    marks += !judgement.event ? '.' : judgement.event->kind == EventKind::fired ? '!' : 'r';
    at++;
  }
  CHECK(marks == ".!..r!r!");
}
