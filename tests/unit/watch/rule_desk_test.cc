#include "btcw/watch/rule_desk.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "btcw/watch/alert_message.h"
#include "support/watch_fakes.h"

using namespace btcw;
using namespace btcw::test;
using namespace std::chrono_literals;
using Answers = RuleDesk::Answers;
using Time = RuleDesk::Time;
using Lines = std::vector<std::string>;

namespace {

const UtcTime kStart = from_unix_ms(1'732'290'000'000);

AlertOptions alert(std::string name, std::string symbol, std::string when) {
  AlertOptions options;
  options.name = std::move(name);
  options.symbol = std::move(symbol);
  options.when = std::move(when);
  return options;
}

std::vector<Alert> compiled(const std::vector<AlertOptions>& options) {
  auto alerts = compile_alerts(options, "USDT");
  REQUIRE(alerts);
  return *std::move(alerts);
}

/// A desk, and what it said: "10 fired up BTC/USDT".
class Desk {
 public:
  explicit Desk(const std::vector<AlertOptions>& options, const std::vector<KeptState>& states = {})
      : desk_{compiled(options), states} {}

  void tick(std::string_view symbol, std::string_view last, milliseconds after,
            std::string_view exchange_name = "binance", Answers answers = Answers::any) {
    const Ticker one = ticker(symbol, exchange_name, last, kStart + after);
    desk_.on_time(one.received, Time::recorded, sink());
    desk_.on_ticker(one, answers, sink());
  }
  void time(milliseconds after) { desk_.on_time(kStart + after, Time::real, sink()); }
  /// Sorted: what one ticker brings has no order that means anything.
  [[nodiscard]] Lines said() {
    std::stable_sort(said_.begin(), said_.end());
    return std::exchange(said_, {});
  }
  [[nodiscard]] RuleDesk& desk() { return desk_; }
  [[nodiscard]] std::vector<KeptState> changes() {
    std::vector<KeptState> all;
    desk_.take_changes([&](KeptState state) { all.push_back(std::move(state)); });
    return all;
  }

 private:
  std::function<void(const AlertEvent&)> sink() {
    return [this](const AlertEvent& event) {
      said_.push_back(std::to_string((event.event.at - kStart).count() / 1000) +
                      (event.event.kind == rules::EventKind::fired ? " fired " : " resolved ") +
                      event.alert.name + " " + event.about.to_string());
    };
  }

  RuleDesk desk_;
  Lines said_;
};

}  // namespace

TEST_CASE("an alert is judged by the tickers that it is about") {
  struct Case {
    std::string_view target;
    std::string_view symbol;
    std::string_view exchange;
    Answers answers;
    bool judged;
  };
  const auto row = GENERATE(values<Case>({
      {"BTC/USDT", "BTC/USDT", "binance", Answers::any, true},
      {"BTC/USDT", "BTC/USDT", "kraken", Answers::any, true},
      {"BTC/USDT", "BTC/USDT", "kraken", Answers::exchange, false},
      {"BTC/USDT", "ETH/USDT", "binance", Answers::any, false},
      {"kraken:BTC/USDT", "BTC/USDT", "kraken", Answers::exchange, true},
      {"kraken:BTC/USDT", "BTC/USDT", "kraken", Answers::any, true},
      {"kraken:BTC/USDT", "BTC/USDT", "binance", Answers::any, false},
      {"*/USDT", "ETH/USDT", "binance", Answers::any, true},
      {"*/USDT", "ETH/EUR", "binance", Answers::any, false},
      {"BTC/*", "BTC/EUR", "binance", Answers::any, true},
      {"okx:*/*", "BTC/EUR", "okx", Answers::exchange, true},
      {"okx:*/*", "BTC/EUR", "binance", Answers::any, false},
  }));
  CAPTURE(row.target, row.symbol, row.exchange);
  Desk desk{{alert("a", std::string{row.target}, "last > 5")}};

  desk.tick(row.symbol, "6", 0s, row.exchange, row.answers);

  CHECK(desk.said().size() == (row.judged ? 1 : 0));
}

TEST_CASE("an alert of a symbol named twice is one") {
  AlertOptions twice = alert("a", "BTC/USDT", "last > 5");
  twice.symbols = {"*/USDT", "BTC"};
  Desk desk{{twice}};

  desk.tick("BTC/USDT", "6", 0s);

  CHECK(desk.said() == Lines{"0 fired a BTC/USDT"});
}

TEST_CASE("time alone brings what is due, once, with or without other tickers") {
  AlertOptions held = alert("held", "BTC/USDT", "last > 5");
  held.hold_for = 10s;
  Desk desk{{held, alert("stale", "BTC/USDT", "stale 2m")}};
  desk.tick("BTC/USDT", "6", 0s);
  CHECK(desk.said().empty());
  CHECK(desk.desk().due() == kStart + 10s);

  SECTION("a ticker of another symbol moves a recording's time") {
    desk.tick("ETH/USDT", "1", 30s);
    CHECK(desk.said() == Lines{"10 fired held BTC/USDT"});
  }
  SECTION("the clock does") {
    desk.time(11s);
    CHECK(desk.said() == Lines{"11 fired held BTC/USDT"});
    desk.time(60s);
    CHECK(desk.said().empty());
    desk.time(120s + 1ms);
    CHECK(desk.said() == Lines{"120 fired stale BTC/USDT"});
    desk.tick("BTC/USDT", "4", 125s);
    CHECK(desk.said() == Lines{"125 resolved held BTC/USDT", "125 resolved stale BTC/USDT"});
  }
  SECTION("a price that comes back in time stops it") {
    desk.tick("BTC/USDT", "4", 5s);
    desk.time(60s);
    CHECK(desk.said().empty());
  }
}

TEST_CASE("a price of another exchange is judged as it comes, with the last of one's own") {
  Desk desk{{alert("gap", "binance:BTC/USDT", "last > price(\"kraken\") + 10")}};
  desk.tick("BTC/USDT", "100", 0s, "binance", Answers::exchange);
  CHECK(desk.said().empty());
  desk.tick("BTC/USDT", "95", 1s, "kraken", Answers::exchange);
  CHECK(desk.said().empty());
  desk.tick("BTC/USDT", "80", 2s, "kraken", Answers::exchange);
  CHECK(desk.said() == Lines{"2 fired gap binance:BTC/USDT"});
}

TEST_CASE("one ticker that is both prices is judged as both") {
  Desk desk{{alert("gap", "BTC/USDT", "last != price(\"kraken\")")}};
  for (int i = 0; i < 4; ++i) {
    desk.tick("BTC/USDT", std::to_string(100 + i), i * 1s, "kraken", Answers::any);
  }
  CHECK(desk.said().empty());
}

TEST_CASE("what is remembered outlasts a restart, unless the rule has changed") {
  const AlertOptions options = alert("up", "BTC/USDT", "last crosses above 100");
  Desk first{{options}};
  first.tick("BTC/USDT", "99", 0s);
  first.tick("BTC/USDT", "101", 1s);
  CHECK(first.said().size() == 1);
  const std::vector<KeptState> states = first.changes();
  REQUIRE(states.size() == 1);
  CHECK(states.front().alert == "up");
  CHECK(states.front().symbol == "BTC/USDT");
  CHECK(first.changes().empty());

  SECTION("it does not fire again") {
    Desk next{{options}, states};
    next.tick("BTC/USDT", "102", 10s);
    CHECK(next.said().empty());
    next.tick("BTC/USDT", "99", 11s);
    CHECK(next.said() == Lines{"11 resolved up BTC/USDT"});
  }
  SECTION("what crossed meanwhile fires") {
    first.tick("BTC/USDT", "99", 2s);
    Desk next{{options}, first.changes()};
    next.tick("BTC/USDT", "102", 10s);
    CHECK(next.said() == Lines{"10 fired up BTC/USDT"});
  }
  SECTION("another message is the same rule") {
    AlertOptions other = options;
    other.message = "now {last}";
    other.cooldown = 5s;
    Desk next{{other}, states};
    next.tick("BTC/USDT", "99", 11s);
    CHECK(next.said() == Lines{"11 resolved up BTC/USDT"});
  }
  SECTION("another condition is not") {
    Desk next{{alert("up", "BTC/USDT", "last > 90")}, states};
    next.tick("BTC/USDT", "99", 11s);
    CHECK(next.said() == Lines{"11 fired up BTC/USDT"});
  }
  SECTION("a state that cannot be read is none") {
    auto damaged = states;
    damaged.front().state = "nonsense";
    Desk next{{options}, damaged};
    next.tick("BTC/USDT", "102", 10s);
    CHECK(next.said().empty());
  }
}

TEST_CASE("other alerts take over while it runs, and what has not changed goes on") {
  AlertOptions held = alert("held", "BTC/USDT", "last > 5");
  held.hold_for = 10s;
  Desk desk{{held, alert("up", "BTC/USDT", "last > 100"), alert("old", "BTC/USDT", "last > 1")}};
  desk.tick("BTC/USDT", "101", 0s);
  CHECK(desk.said() == Lines{"0 fired old BTC/USDT", "0 fired up BTC/USDT"});

  desk.desk().replace(
      compiled({alert("new", "*/USDT", "last > 50"), held, alert("up", "BTC/USDT", "last > 100")}));
  desk.time(10s);
  CHECK(desk.said() == Lines{"10 fired held BTC/USDT"});
  desk.tick("BTC/USDT", "102", 11s);
  CHECK(desk.said() == Lines{"11 fired new BTC/USDT"});
}

TEST_CASE("tickers of an earlier life are taken note of, and judged no more") {
  AlertOptions rising = alert("rising", "BTC/USDT", "last > sma(3, 1m)");
  rising.repeat = rules::Repeat::every;
  const auto play = [&](std::size_t cut) {
    Lines all;
    std::vector<KeptState> states;
    std::size_t done = 0;
    for (const std::size_t end : {cut, std::size_t{40}}) {
      Desk desk{{rising, alert("up", "BTC/USDT", "last crosses above 105")}, states};
      for (std::size_t i = 0; i < end; ++i) {
        const auto last = std::to_string(100 + (i * 7) % 11);
        const auto after = static_cast<int>(i) * 20s;
        if (i < done) {
          desk.desk().skip_ticker(ticker("BTC/USDT", "binance", last, kStart + after),
                                  Answers::any);
          if (i + 1 == done) desk.desk().resume(kStart + after);
        } else {
          desk.tick("BTC/USDT", last, after);
        }
      }
      for (const std::string& line : desk.said()) all.push_back(line);
      for (KeptState& state : desk.changes()) states.push_back(std::move(state));
      done = end;
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  const Lines whole = play(40);
  REQUIRE(whole.size() > 10);

  const auto cut = GENERATE(range(1U, 40U));
  CHECK(play(cut) == whole);
}

TEST_CASE("a message says what happened, and an end only where it is asked for") {
  AlertOptions options = alert("up", "BTC/USDT", "last > 100");
  options.title = "{name}!";
  options.message = "{symbol} {last}";
  options.priority = Priority::low;
  options.channels = {"me"};
  options.tags = {"prices"};
  options.resolve = GENERATE(true, false);
  options.quiet = GENERATE("", "15:00-16:00");
  options.timezone = "UTC";
  RuleDesk desk{compiled({options})};
  std::vector<std::optional<Notification>> messages;
  std::vector<UtcTime> due;
  const auto take = [&](const AlertEvent& event) {
    messages.push_back(message_of(event));
    due.push_back(due_of(event));
  };
  desk.on_ticker(ticker("BTC/USDT", "binance", "101", kStart), Answers::any, take);
  desk.on_ticker(ticker("BTC/USDT", "binance", "99", kStart + 1s), Answers::any, take);

  REQUIRE(messages.size() == 2);
  REQUIRE(messages[0]);
  CHECK(messages[0]->title == "up!");
  CHECK(messages[0]->body == "BTC/USDT 101");
  CHECK(messages[0]->priority == Priority::low);
  CHECK(messages[0]->channels == Lines{"me"});
  CHECK(messages[0]->tags == Lines{"prices"});
  CHECK(messages[0]->created == kStart);
  CHECK(messages[0]->extra_json ==
        R"({"alert":"up","event":"fired","symbol":"BTC/USDT","exchange":"binance","last":101})");
  CHECK(messages[1].has_value() == options.resolve);
  // kStart is at 15:40.
  CHECK(due[0] == (options.quiet.empty() ? kStart : kStart + 20min));
}

TEST_CASE("a message about a simulated price says so in its title") {
  RuleDesk desk{compiled({alert("up", "BTC/USDT", "last > 100")})};
  std::optional<Notification> message;
  const auto take = [&](const AlertEvent& event) { message = message_of(event); };

  desk.on_ticker(ticker("BTC/USDT", "demo", "101", kStart), Answers::any, take);

  REQUIRE(message);
  CHECK(message->title == "DEMO: up");
}
