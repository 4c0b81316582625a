#include "btcw/rules/truth.h"

#include <catch2/catch.hpp>

#include "btcw/rules/explain.h"
#include "rule_samples.h"

using btcw::Decimal;
using btcw::IndicatorValue;
using btcw::rules::explain;
using btcw::rules::parse_expression;
using btcw::rules::Reading;
using btcw::rules::Truth;
using namespace btcw::test;

namespace {

Truth truth_of_text(std::string_view text, const btcw::Ticker* ticker) {
  const auto rule = rule_of(text);
  const std::vector<IndicatorValue> indicators(rule.condition.indicators.size());
  std::vector<std::optional<Decimal>> prices(rule.condition.exchanges.size());
  if (!prices.empty()) prices.front() = number("97000");
  const Reading reading{.ticker = ticker,
                        .now = kStart + btcw::seconds{3},
                        .indicators = indicators,
                        .prices = prices};
  return evaluate(rule, {}, reading).truth;
}

}  // namespace

TEST_CASE("a condition is true, false, or not known, of a ticker with every field") {
  struct Case {
    std::string_view text;
    Truth truth;
  };
  const auto row = GENERATE(values<Case>({
      {"last > 97123.44", Truth::yes},
      {"last > 97123.45", Truth::no},
      {"last >= 97123.45", Truth::yes},
      {"last >= 97123.4500000001", Truth::no},
      {"last < 97123.45", Truth::no},
      {"last <= 97123.45", Truth::yes},
      {"last == 97123.450", Truth::yes},
      {"last == 97123.4500000000001", Truth::no},
      {"last != 97123.45", Truth::no},
      {"last > 97.12344k", Truth::yes},
      {"last > 97.12345k", Truth::no},
      {"mid == 97123.45", Truth::yes},
      {"spread == 0.1", Truth::yes},
      {"spread / mid < 0.5%", Truth::yes},
      {"0.1 + 0.2 == 0.3", Truth::yes},
      {"bid < ask", Truth::yes},
      {"high - low == 3999.9", Truth::yes},
      {"percentage > 2%", Truth::yes},
      {"percentage > 2.2352%", Truth::no},
      {"percentage >= 2.2352", Truth::yes},
      {"last / open > 1.02", Truth::yes},
      {"last / open - 1 > 2%", Truth::yes},
      {"last / open - 1 > percentage", Truth::yes},
      {"percentage < last / open", Truth::yes},
      {"last > open * 102%", Truth::yes},
      {"last > open + open * 3%", Truth::no},
      {"baseVolume > 1.2k", Truth::yes},
      {"quoteVolume > 119M", Truth::yes},
      {"quoteVolume > 119m", Truth::yes},
      {"quoteVolume >= 0.12b", Truth::no},
      {"quoteVolume / baseVolume between 96k and 97k", Truth::yes},
      {"age == 3", Truth::yes},
      {"age == 3s", Truth::yes},
      {"age < 2m", Truth::yes},
      {"age > 50ms", Truth::yes},
      {"stale 2s", Truth::yes},
      {"stale 3s", Truth::no},
      {"stale 2m", Truth::no},
      {"last between 97123.45 and 98000", Truth::yes},
      {"last between 97000 and 97123.45", Truth::yes},
      {"last between 97123.46 and 98000", Truth::no},
      {"last not between 97123.46 and 98000", Truth::yes},
      {"last between high and low", Truth::no},
      {"abs(open - last) > 2k", Truth::yes},
      {"abs(last - open) == abs(open - last)", Truth::yes},
      {"min(bid, last, ask) == bid", Truth::yes},
      {"max(bid, last, ask) == ask", Truth::yes},
      {"-last < 0", Truth::yes},
      {"2 + 3 * 4 == 14", Truth::yes},
      {"(2 + 3) * 4 == 20", Truth::yes},
      {"10 - 3 - 2 == 5", Truth::yes},
      {"100 / 10 / 5 == 2", Truth::yes},
      {"1 / 3 * 3 == 1", Truth::no},  // a quotient has 18 digits
      {"1 / 3 > 0.333333333333333333", Truth::no},
      {"last / 0 > 1", Truth::unknown},
      {"last / (bid - bid) > 1", Truth::unknown},
      {"last / 0 > 1 or last > 1", Truth::yes},
      {"last / 0 > 1 and last > 1", Truth::unknown},
      {"last / 0 > 1 and last < 1", Truth::no},
      {"last / 0 > 1 or last < 1", Truth::unknown},
      {"not last / 0 > 1", Truth::unknown},
      {"last * 1e35 * 1e10 > 1", Truth::unknown},
      {"last - last * 1e35 * 1e10 < 1", Truth::unknown},
      {"abs(last / 0) > 1", Truth::unknown},
      {"min(last, last / 0) > 1", Truth::unknown},
      {"max(last / 0, last) > 1", Truth::unknown},
      {"last / 0 between 1 and 2", Truth::unknown},
      {"1 between last / 0 and 0", Truth::no},
      {"1 between last / 0 and 2", Truth::unknown},
      {"rsi(14, 1h) > 70", Truth::unknown},
      {"rsi(14, 1h) > 70 or last > 1", Truth::yes},
      {"change(1h) == change(1h)", Truth::unknown},
      {"price(\"kraken\") < last", Truth::yes},
      {"price(\"kraken\") == 97k", Truth::yes},
      {"price(a) > price(b)", Truth::unknown},
      {"last crosses above 1", Truth::unknown},
      {"last crosses below 1e6", Truth::unknown},
      {"not last crosses above 1", Truth::unknown},
      {"last crosses above 1 and last < 1", Truth::no},
      {"not (last > 1 and bid > 1)", Truth::no},
      {"not (last < 1 or bid < 1)", Truth::yes},
      {"last > 1 or last > 1 and last < 1", Truth::yes},
      {"(last > 1 or last > 1) and last < 1", Truth::no},
      {"1 < 2", Truth::yes},
  }));
  CAPTURE(row.text);
  const auto ticker = full_ticker();

  CHECK(truth_of_text(row.text, &ticker) == row.truth);
}

TEST_CASE("what an exchange does not say makes a condition neither true nor false") {
  struct Case {
    std::string_view text;
    Truth truth;
  };
  const auto row = GENERATE(values<Case>({
      {"bid > 1", Truth::unknown},
      {"ask > 1", Truth::unknown},
      {"mid > 1", Truth::unknown},
      {"spread > 1", Truth::unknown},
      {"open > 1", Truth::unknown},
      {"high > 1", Truth::unknown},
      {"low > 1", Truth::unknown},
      {"percentage > 1", Truth::unknown},
      {"baseVolume > 1", Truth::unknown},
      {"quoteVolume > 1", Truth::unknown},
      {"bid == bid", Truth::unknown},
      {"not bid > 1", Truth::unknown},
      {"bid > 1 or not bid > 1", Truth::unknown},
      {"bid > 1 or last > 1", Truth::yes},
      {"bid > 1 and last < 1", Truth::no},
      {"-bid < 0", Truth::unknown},
      {"last > 1", Truth::yes},
      {"age > 1", Truth::yes},
  }));
  CAPTURE(row.text);
  const auto ticker = ticker_at("97123.45");
  CHECK(truth_of_text(row.text, &ticker) == row.truth);
}

TEST_CASE("before the first ticker nothing is known") {
  for (const auto* const text : {"last > 1", "age > 1", "stale 2m", "last crosses above 1"}) {
    CAPTURE(text);
    CHECK(truth_of_text(text, nullptr) == Truth::unknown);
  }
  CHECK(truth_of_text("1 < 2", nullptr) == Truth::yes);
}

TEST_CASE("an explanation shows each part, its value, and why it is not known") {
  const auto rule = rule_of("last > 100k and not rsi(14, 1h) < 30 or bid / 0 > 1 or stale 2s");
  const auto ticker = full_ticker();
  const std::vector<IndicatorValue> indicators(1);
  const Reading reading{
      .ticker = &ticker, .now = kStart + btcw::seconds{3}, .indicators = indicators};
  CHECK(to_string(explain(rule, {}, reading)) ==
        "last > 100k and not rsi(14, 1h) < 30 or bid / 0 > 1 or stale 2s  true\n"
        "  last > 100k and not rsi(14, 1h) < 30 or bid / 0 > 1  unknown\n"
        "    last > 100k and not rsi(14, 1h) < 30  false\n"
        "      last > 100k  false\n"
        "        last  97123.45\n"
        "      not rsi(14, 1h) < 30  unknown\n"
        "        rsi(14, 1h) < 30  unknown\n"
        "          rsi(14, 1h)  unknown (too little history yet)\n"
        "    bid / 0 > 1  unknown\n"
        "      bid / 0  unknown (division by zero)\n"
        "        bid  97123.4\n"
        "  stale 2s  true (age 3)\n");
}

TEST_CASE("an explanation of a crossing says how far it is") {
  struct Case {
    std::string_view before;
    std::string_view now;
    std::string_view line;
  };
  const auto row = GENERATE(values<Case>({
      {"", "101", "unknown (a first look: it cannot have crossed yet)"},
      {"99", "101", "true (crosses now)"},
      {"99", "98", "false (has not crossed)"},
      {"101", "102", "false (has not crossed)"},
  }));
  CAPTURE(row.before, row.now);
  const auto rule = rule_of("last crosses above 100");
  btcw::rules::RuleState state;
  if (!row.before.empty()) {
    const auto before = ticker_at(row.before);
    state = evaluate(rule, state, {.ticker = &before, .now = kStart}).state;
  }
  const auto now = ticker_at(row.now);
  const auto text = to_string(explain(rule, state, {.ticker = &now, .now = kStart}));
  CHECK(text.substr(0, text.find('\n')) == "last crosses above 100  " + std::string{row.line});
}
