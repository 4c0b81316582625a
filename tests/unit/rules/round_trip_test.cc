// Expressions that a seeded generator makes up, and the seeds of the fuzzer.
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "btcw/rules/truth.h"
#include "support/fuzz_rules.h"

namespace {

/// Makes up conditions that are well formed: every comparison is of what goes together.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_{seed} {}

  std::string condition(int depth) {
    if (depth == 0) return comparison(1);
    switch (below(5)) {
      case 0:
        return condition(depth - 1) + " and " + condition(depth - 1);
      case 1:
        return condition(depth - 1) + " or " + condition(depth - 1);
      case 2:
        return "not " + condition(depth - 1);
      case 3:
        return "(" + condition(depth - 1) + ")";
      default:
        return comparison(depth);
    }
  }

 private:
  std::string comparison(int depth) {
    static constexpr std::array kSigns{" > ", " < ", " >= ", " <= ", " == ", " != "};
    switch (below(6)) {
      case 0:
        return "stale " + std::to_string(1 + below(5'000)) + pick(std::array{"s", "m", "ms", "h"});
      case 1:
        return price(depth) + " between " + price(depth) + " and last + 1b";
      case 2:
        return "age" + std::string{pick(kSigns)} + std::to_string(below(90)) +
               pick(std::array{"m", "s", "", "M", "h"});
      case 3:
        return "change(" + std::to_string(1 + below(100)) + "m)" + pick(kSigns) +
               std::to_string(below(100)) + pick(std::array{"%", "", "k"});
      default:
        return price(depth) + pick(kSigns) + price(depth);
    }
  }

  std::string price(int depth) {
    if (depth == 0) return atom();
    switch (below(7)) {
      case 0:
        return price(depth - 1) + " + " + price(depth - 1);
      case 1:
        return price(depth - 1) + " - " + price(depth - 1);
      case 2:
        return "(" + price(depth - 1) + ") * " + std::to_string(below(200)) +
               pick(std::array{"%", "", "k"});
      case 3:
        return "(" + price(depth - 1) + ") / -" + std::to_string(below(9));
      case 4:
        return "-(" + price(depth - 1) + ")";
      case 5:
        return pick(std::array{"min(", "max("}) + price(depth - 1) + ", " + price(depth - 1) + ")";
      default:
        return atom();
    }
  }

  std::string atom() {
    static constexpr std::array kFields{"last", "bid", "ask", "mid", "open", "spread", "high"};
    switch (below(4)) {
      case 0:
        return std::to_string(below(1'000)) + "." + std::to_string(below(1'000)) +
               pick(std::array{"", "k", "m", "M", "b"});
      case 1:
        return "sma(" + std::to_string(1 + below(50)) + ", 1h)";
      default:
        return pick(kFields);
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  template <std::size_t N>
  std::string pick(const std::array<const char*, N>& from) {
    return from[below(N)];
  }

  std::mt19937_64 random_;
};

}  // namespace

TEST_CASE("a condition that is printed reads as the same condition, whatever its form") {
  Generator generator{20'261'123};
  int read = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string text = generator.condition(i % 4);
    CAPTURE(text);
    const auto expression = btcw::rules::parse_expression(text);
    REQUIRE(expression.has_value());
    const std::string printed = to_string(*expression);
    const auto again = btcw::rules::parse_expression(printed);
    REQUIRE(again.has_value());
    CHECK(*again == *expression);
    CHECK(to_string(*again) == printed);
    ++read;
  }
  CHECK(read == 400);
}

TEST_CASE("what stands, or may stand, holds with any hysteresis") {
  using btcw::rules::Question;
  using btcw::rules::Truth;
  Generator generator{4'711};
  std::mt19937_64 random{11};
  int known = 0;
  for (int i = 0; i < 150; ++i) {
    const std::string text = generator.condition(i % 3) + " or last crosses above 100";
    const auto expression = btcw::rules::parse_expression(text).value();
    const btcw::rules::Hysteresis hysteresis{
        .amount = btcw::Decimal::from_parts(static_cast<std::int64_t>(random() % 900), 3),
        .is_relative = i % 2 == 0};
    btcw::rules::Crossings crossings{};
    for (const btcw::Ticker& ticker : btcw::test::fuzz_tickers()) {
      const std::vector<btcw::IndicatorValue> indicators(expression.indicators.size(), 100.0);
      const btcw::rules::Reading reading{
          .ticker = &ticker, .now = ticker.received, .indicators = indicators};
      look_at_crossings(expression.root, reading, hysteresis, crossings);
      const auto ask = [&](Question question) {
        return truth_of(expression.root, reading, crossings, question, hysteresis);
      };
      CAPTURE(text, hysteresis.amount.to_string(), ticker.last.to_string());
      if (ask(Question::stands) != Truth::no) CHECK(ask(Question::holds) != Truth::no);
      if (ask(Question::happens) == Truth::yes) CHECK(ask(Question::stands) == Truth::yes);
      known += ask(Question::stands) == Truth::unknown ? 0 : 1;
    }
  }
  CHECK(known > 300);
}

TEST_CASE("an expression that is cut off or has a byte changed is read or refused, no more") {
  Generator generator{7};
  std::mt19937_64 random{7};
  for (int i = 0; i < 40; ++i) {
    std::string text = generator.condition(2);
    btcw::test::fuzz_rule(text.substr(0, random() % (text.size() + 1)));
    text[random() % text.size()] = static_cast<char>(random() % 256);
    btcw::test::fuzz_rule(text);
  }
  SUCCEED();
}

TEST_CASE("no input of the fuzz corpus of the alert language breaks a promise") {
  const auto folder = std::filesystem::path{BTCW_SOURCE_DIR} / "tests/fuzz/corpus/alert_fuzz";
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    INFO(entry.path());
    std::ifstream in{entry.path(), std::ios::binary};
    btcw::test::fuzz_rule(std::string{std::istreambuf_iterator<char>{in}, {}});
    ++inputs;
  }
  CHECK(inputs > 0);
}
