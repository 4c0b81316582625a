#include "btcw/signals/signal_judge.h"

#include <catch2/catch.hpp>

using btcw::Decimal;
using btcw::from_unix_ms;
using btcw::Priority;
using btcw::read_trade_signal;
using btcw::read_webhook_json;
using btcw::seconds;
using btcw::SignalJudge;
using btcw::SignalOptions;
using btcw::SignalTemplate;
using btcw::ToldSignals;
using btcw::TradeSignal;
using btcw::UtcTime;
using std::chrono::minutes;

namespace {

const UtcTime kNow = from_unix_ms(1'790'000'000'000);

TradeSignal signal(std::string_view strength, std::string pair = "BTC/USDT",
                   std::string action = "buy") {
  return {.pair = std::move(pair),
          .action = std::move(action),
          .current_rate = "97123.40",
          .strategy = "Trend",
          .strength = Decimal::parse(strength).value(),
          .strength_text = std::string{strength}};
}

btcw::Result<TradeSignal> read(std::string_view text) {
  const auto json = read_webhook_json(text);
  REQUIRE(json);
  return read_trade_signal(*json);
}

}  // namespace

TEST_CASE("a signal's strength decides how urgent its message is") {
  struct Case {
    std::string_view strength;
    std::optional<Priority> priority;
  };
  const auto row = GENERATE(values<Case>({
      {"1", Priority::urgent},
      {"0.8", Priority::urgent},
      {"0.7999", Priority::normal},
      {"0.6", Priority::normal},
      {"0.59", Priority::low},
      {"0.4", Priority::low},
      {"0.39", std::nullopt},
      {"0", std::nullopt},
  }));
  CAPTURE(row.strength);
  const auto judge = SignalJudge::make({});
  REQUIRE(judge);
  ToldSignals told;
  const auto message = judge->judge(signal(row.strength), told, kNow);
  REQUIRE(message.has_value() == row.priority.has_value());
  if (!message) return;
  CHECK(message->priority == *row.priority);
  CHECK(message->title == "buy BTC/USDT");
  CHECK_THAT(message->body, Catch::StartsWith("Trend: buy BTC/USDT at 97123.40, "));
  CHECK(message->tags == std::vector<std::string>{"signal", "buy", "BTC/USDT"});
}

TEST_CASE("a second signal of a pair is passed over for five minutes unless it is 20 % stronger") {
  struct Case {
    std::string_view why;
    TradeSignal second;
    seconds later;
    bool told;
  };
  const auto row = GENERATE(values<Case>({
      {"the same", signal("0.6"), seconds{10}, false},
      {"a little stronger", signal("0.7199"), seconds{10}, false},
      {"20 % stronger", signal("0.72"), seconds{10}, true},
      {"weaker", signal("0.5"), seconds{10}, false},
      {"just within the window", signal("0.6"), seconds{299}, false},
      {"after the window", signal("0.6"), seconds{300}, true},
      {"another pair", signal("0.6", "ETH/USDT"), seconds{10}, true},
      {"another action", signal("0.6", "BTC/USDT", "sell"), seconds{10}, true},
      {"after the clock was set back", signal("0.6"), -seconds{10}, true},
  }));
  CAPTURE(row.why);
  const auto judge = SignalJudge::make({});
  ToldSignals told;
  REQUIRE(judge->judge(signal("0.6"), told, kNow));
  // What is remembered outlasts a restart.
  told = ToldSignals::read(told.to_text());
  CHECK(judge->judge(row.second, told, kNow + row.later).has_value() == row.told);
}

TEST_CASE("a rise counts from the last signal that was told") {
  const auto judge = SignalJudge::make({});
  ToldSignals told;
  REQUIRE(judge->judge(signal("0.5"), told, kNow));
  CHECK_FALSE(judge->judge(signal("0.59"), told, kNow + seconds{1}));
  CHECK(judge->judge(signal("0.6"), told, kNow + seconds{2}));
  CHECK_FALSE(judge->judge(signal("0.7"), told, kNow + seconds{3}));
}

TEST_CASE("without a window every signal is told") {
  const auto judge = SignalJudge::make({.dedup_window = seconds{0}});
  ToldSignals told;
  for (int i = 0; i < 3; ++i) CHECK(judge->judge(signal("0.6"), told, kNow));
}

TEST_CASE("what is remembered of signals is bounded, and what is damaged is left out") {
  ToldSignals told;
  for (int i = 0; i < 1500; ++i) {
    told.tell(signal("0.6", "P" + std::to_string(i)), {}, kNow + btcw::milliseconds{i});
  }
  const std::string text = told.to_text();
  CHECK(std::count(text.begin(), text.end(), '\n') == 1000);
  CHECK(ToldSignals::read(text) == told);
  CHECK(ToldSignals::read("x y z\n1\n\n5 a b\n") == ToldSignals{});
}

TEST_CASE("a signal is read with Freqtrade's own field for its strength") {
  struct Case {
    std::string_view why;
    std::string_view json;
    std::string_view strength;  // empty: refused
  };
  const auto row = GENERATE(values<Case>({
      {"Freqtrade's", R"({"pair":"BTC/USDT","action":"buy","indicators":{"signal_strength":0.85}})",
       "0.85"},
      {"beside the pair", R"({"pair":"BTC/USDT","action":"buy","signal_strength":0.7})", "0.7"},
      {"both: Freqtrade's",
       R"({"pair":"B/U","action":"buy","signal_strength":0.1,"indicators":{"signal_strength":"0.9"}})",
       "0.9"},
      {"none", R"({"pair":"BTC/USDT","action":"buy"})", "0.5"},
      {"null", R"({"pair":"BTC/USDT","action":"buy","indicators":{"signal_strength":null}})",
       "0.5"},
      {"many digits", R"({"pair":"B/U","action":"buy","signal_strength":0.8000000000000000444})",
       "0.800000000000000044"},
      {"over 1", R"({"pair":"BTC/USDT","action":"buy","signal_strength":85})", ""},
      {"negative", R"({"pair":"BTC/USDT","action":"buy","signal_strength":-0.1})", ""},
      {"no number", R"({"pair":"BTC/USDT","action":"buy","signal_strength":"strong"})", ""},
      {"no pair", R"({"action":"buy"})", ""},
      {"no action", R"({"pair":"BTC/USDT"})", ""},
      {"no object", R"([1])", ""},
  }));
  CAPTURE(row.why);
  const auto signal = read(row.json);
  REQUIRE(signal.has_value() == !row.strength.empty());
  if (signal) CHECK(signal->strength_text == row.strength);
}

TEST_CASE("a signal's other fields are taken under the names that bots give them") {
  const auto one = read(
      R"({"pair":"BTC/USDT","action":"buy","current_rate":97123.40,"strategy":"Trend",
          "timeframe":"5m","timestamp":"2026-11-22T10:00:00Z","enter_tag":"dip",
          "exchange":"binance","indicators":{"rsi":28.5,"list":[1],"signal_strength":0.9}})");
  REQUIRE(one);
  const auto text = SignalTemplate::parse(
      "{pair} {action} {current_rate} {strategy} {timeframe} {timestamp} {tag} {exchange} "
      "{reason} {signal_strength} {strength} {indicators.rsi} {indicators.none} {{}}");
  REQUIRE(text);
  CHECK(text->render(*one, btcw::SignalGrade::strong) ==
        "BTC/USDT buy 97123.40 Trend 5m 2026-11-22T10:00:00Z dip binance n/a 0.9 strong 28.5 n/a "
        "{}");
}

TEST_CASE("a template of signals with a wrong field is refused with the column") {
  struct Case {
    std::string text;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"{pair} {strenth}", "column 9: no field \"strenth\": there are strength, pair, "},
      {"{pair", "column 1: a { without }"},
      {"pair}", "column 5: a } without {"},
      {"{}", "column 2: no field"},
      {"{indicators.}", "column 2: no field"},
      {std::string(4001, 'x'), "longer than 4000 bytes"},
  }));
  CAPTURE(row.text);
  const auto parsed = SignalTemplate::parse(row.text);
  REQUIRE_FALSE(parsed);
  CHECK_THAT(parsed.error().message, Catch::Contains(std::string{row.message}));
  CHECK_FALSE(SignalJudge::make({.title = row.text}));
  CHECK_FALSE(SignalJudge::make({.message = row.text}));
}
