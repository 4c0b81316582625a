#include "btcw/rules/rule_index.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "rule_samples.h"

using btcw::Decimal;
using btcw::Ticker;
using btcw::rules::Event;
using btcw::rules::Repeat;
using btcw::rules::Rule;
using btcw::rules::RuleIndex;
using btcw::rules::RuleState;
using btcw::rules::thresholds_of;
using namespace btcw::test;
using namespace std::chrono_literals;

namespace {

// "last 99.5 100 100.5", or "" for a rule that is looked at with every ticker.
std::string text_of(const std::optional<btcw::rules::Thresholds>& thresholds) {
  if (!thresholds) return "";
  std::string text = "field " + std::to_string(static_cast<int>(thresholds->field));
  for (const Decimal at : thresholds->at) text += " " + at.to_string();
  return text;
}

std::vector<std::uint32_t> visited(RuleIndex& index, std::string_view last) {
  std::vector<std::uint32_t> rules;
  index.on_ticker(0, ticker_at(last), [&](std::uint32_t rule) { rules.push_back(rule); });
  std::sort(rules.begin(), rules.end());
  return rules;
}

using Rules = std::vector<std::uint32_t>;

/// Rules with their states, judged by a ticker one after another.
class Judge {
 public:
  explicit Judge(const std::vector<Rule>& rules) : rules_{rules}, states_(rules.size()) {}

  void judge(std::uint32_t rule, const Ticker& ticker, btcw::UtcTime now) {
    const btcw::rules::Reading reading{.ticker = &ticker, .now = now};
    const auto judgement = evaluate(rules_[rule], states_[rule], reading);
    states_[rule] = judgement.state;
    if (!judgement.event) return;
    events_ += std::to_string(rule) +
               (judgement.event->kind == btcw::rules::EventKind::fired ? "!" : "r") +
               std::to_string((now - kStart).count()) + " ";
  }
  /// Every rule that time may have changed.
  void look(const Ticker& ticker, btcw::UtcTime now, btcw::milliseconds step) {
    for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
      const btcw::rules::Reading before{.ticker = &ticker, .now = now - step};
      const auto due = next_look(rules_[rule], states_[rule], before);
      if (due && *due <= now) judge(rule, ticker, now);
    }
  }
  [[nodiscard]] const std::string& events() const { return events_; }

 private:
  const std::vector<Rule>& rules_;
  std::vector<RuleState> states_;
  std::string events_;
};

}  // namespace

TEST_CASE("a rule that compares one field with numbers has thresholds") {
  struct Case {
    std::string_view when;
    std::string_view thresholds;
  };
  const auto row = GENERATE(values<Case>({
      {"last > 100", "field 0 99 100 101"},
      {"100 < last", "field 0 99 100 101"},
      {"bid <= 1.5k", "field 1 1485 1500 1515"},
      {"last == 0", "field 0 0"},
      {"last > -100", "field 0 -101 -100 -99"},
      {"last crosses above 100", "field 0 99 100 101"},
      {"100 crosses below last", "field 0 99 100 101"},
      {"percentage > 5%", "field 8 4.95 5 5.05"},
      {"last between 100 and 200", "field 0 99 100 101 198 200 202"},
      {"not last > 100", "field 0 99 100 101"},
      {"not not last > 50 * 2", "field 0 99 100 101"},
      {"last > bid", ""},
      {"last > 1 and bid > 1", ""},
      {"last + 1 > 2", ""},
      {"last > 1 / 0", ""},
      {"age > 5", ""},
      {"stale 2m", ""},
      {"1 < 2", ""},
      {"rsi(14, 1h) > 70", ""},
      {"last > sma(9, 1h)", ""},
      {"last between bid and 2", ""},
      {"last between 1 and last", ""},
  }));
  CAPTURE(row.when);
  Rule rule = rule_of(row.when);
  rule.hysteresis = {.amount = number("0.01"), .is_relative = true};
  CHECK(text_of(thresholds_of(rule)) == row.thresholds);
  rule.repeat = Repeat::every;
  CHECK(text_of(thresholds_of(rule)).empty());
  rule.cooldown = 1s;
  CHECK(text_of(thresholds_of(rule)) == row.thresholds);
}

TEST_CASE("a ticker visits the rules whose thresholds it passes, and no others") {
  RuleIndex index;
  index.add(0, 0, rule_of("last > 100"));
  index.add(0, 1, rule_of("last > 110"));
  index.add(0, 2, rule_of("last < 110"));
  index.add(0, 3, rule_of("last between 90 and 120"));
  index.add(0, 4, rule_of("bid > 100"));
  index.add(0, 5, rule_of("last > open"));
  index.add(1, 6, rule_of("last > 100"));
  CHECK(visited(index, "95") == Rules{0, 1, 2, 3, 5});  // the first; of bid nothing is known
  CHECK(visited(index, "95") == Rules{5});
  CHECK(visited(index, "99.99") == Rules{5});
  CHECK(visited(index, "100") == Rules{0, 5});
  CHECK(visited(index, "100") == Rules{5});
  CHECK(visited(index, "105") == Rules{0, 5});  // leaves the threshold
  CHECK(visited(index, "109") == Rules{5});
  CHECK(visited(index, "130") == Rules{1, 2, 3, 5});
  CHECK(visited(index, "110") == Rules{1, 2, 3, 5});
  CHECK(visited(index, "109") == Rules{1, 2, 5});
  CHECK(visited(index, "80") == Rules{0, 3, 5});
  index.on_ticker(7, ticker_at("1"), [](std::uint32_t) { FAIL("no rule is of that symbol"); });
}

TEST_CASE("rules that an index leaves out would not have changed") {
  static constexpr std::array kConditions{"last > {}",
                                          "last >= {}",
                                          "last < {}",
                                          "last <= {}",
                                          "last == {}",
                                          "last != {}",
                                          "not last > {}",
                                          "last crosses above {}",
                                          "last crosses below {}",
                                          "last between {} and 110",
                                          "bid > {}",
                                          "not last between {} and 120"};
  std::mt19937_64 random{11};
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < 60; ++i) {
    std::string when = kConditions[i % kConditions.size()];
    when.replace(when.find("{}"), 2, std::to_string(95 + random() % 10));
    Rule rule = rule_of(when);
    if (i % 3 == 1) rule.hysteresis = {.amount = number("2"), .is_relative = false};
    if (i % 5 == 1) rule.hold_for = 3s;
    if (i % 7 == 1) rule.cooldown = 5s;
    if (i % 7 == 2) rule.repeat = i % 2 == 0 ? Repeat::every : Repeat::once;
    rules.push_back(rule);
  }
  RuleIndex index;
  for (std::uint32_t i = 0; i < rules.size(); ++i) index.add(0, i, rules[i]);
  Judge all{rules};
  Judge chosen{rules};
  std::optional<Ticker> ticker;
  std::size_t looks = 0;
  for (int i = 0; i < 60; ++i) {
    const auto now = kStart + i * 1s;
    if (ticker) {
      all.look(*ticker, now, 1s);
      chosen.look(*ticker, now, 1s);
    }
    ticker = ticker_at(std::to_string(92 + random() % 16), now);
    if (i % 4 != 0) ticker->bid = ticker->last;
    for (std::uint32_t rule = 0; rule < rules.size(); ++rule) all.judge(rule, *ticker, now);
    index.on_ticker(0, *ticker, [&](std::uint32_t rule) {
      chosen.judge(rule, *ticker, now);
      ++looks;
    });
  }
  // Within one moment the order is not the same.
  const auto sorted = [](std::string events) {
    std::sort(events.begin(), events.end());
    return events;
  };
  CHECK(all.events().size() > 500);
  CHECK(sorted(chosen.events()) == sorted(all.events()));
  CHECK(looks < 60U * rules.size() * 9 / 10);
}
