// The sections [[alert]] and [history]: what they may hold, and what becomes of it.
#include "btcw/config/alert_sections.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/config_text.h"

using namespace std::chrono_literals;
using btcw::AlertOptions;
using btcw::ConfigOrigin;
using btcw::LoadedConfig;
using btcw::milliseconds;
using btcw::Priority;
using btcw::rules::Repeat;
using btcw::test::lines_of;
using btcw::test::load_texts;
using Lines = std::vector<std::string>;

TEST_CASE("an alert's section says what it is about, when it fires and what it tells") {
  const LoadedConfig loaded = load_texts({R"toml(
[[alert]]
name = "btc-breakout"
symbol = "BTC/USDT"
symbols = ["*/EUR", "kraken:eth-usd"]
when = "last crosses above 100k"
for = "10s"
cooldown = "15m"
hysteresis = "0.5%"
repeat = "every"
expires = 2027-01-01
priority = "urgent"
tags = ["prices"]
title = "{name}!"
message = "{symbol} broke {threshold}: now {last} ({percentage:+.2f} %)"
resolve = true
resolve_message = "{symbol} fell back"
quiet = "22:00-07:00"
timezone = "Asia/Shanghai"
ttl = "1h"

[[alert]]
name = "stale"
symbol = "BTC"
when = "stale 2m"
enabled = false
expires = "2027-01-01T10:00:00+02:00"
)toml"});

  CHECK(lines_of(loaded.errors) == Lines{});
  REQUIRE(loaded.config.alerts.size() == 2);
  const AlertOptions& alert = loaded.config.alerts.front();
  CHECK(alert.name == "btc-breakout");
  CHECK(alert.enabled);
  CHECK(alert.symbol == "BTC/USDT");
  CHECK(alert.symbols == Lines{"*/EUR", "kraken:eth-usd"});
  CHECK(alert.when == "last crosses above 100k");
  CHECK(alert.hold_for == 10s);
  CHECK(alert.cooldown == 15min);
  CHECK(alert.hysteresis == "0.5%");
  CHECK(alert.repeat == Repeat::every);
  CHECK(alert.expires == btcw::parse_time("2027-01-01").value());
  CHECK(alert.priority == Priority::urgent);
  CHECK(alert.tags == Lines{"prices"});
  CHECK(alert.title == "{name}!");
  CHECK(alert.resolve);
  CHECK(alert.resolve_message == "{symbol} fell back");
  CHECK(alert.quiet == "22:00-07:00");
  CHECK(alert.timezone == "Asia/Shanghai");
  CHECK(alert.ttl == 1h);
  CHECK_FALSE(loaded.config.alerts.back().enabled);
  CHECK(loaded.config.alerts.back().expires == btcw::parse_time("2027-01-01T08:00:00Z").value());
}

TEST_CASE("what is wrong in an alert is told with its place in the file and in the text") {
  struct Case {
    std::string_view line;
    std::string error;
  };
  const auto row = GENERATE(values<Case>({
      {"when = \"last > \"",
       "1.toml:4:8: alert[0].when: column 8: expected a number, a field or a function, found the "
       "end"},
      {"when = \"lst > 5\"", "1.toml:4:8: alert[0].when: column 1: "},
      {"when = \"last > price('nowhere')\"", "1.toml:4:8: alert[0].when: column "},
      {"when = \"last > 5\"\nmessage = \"{lst}\"", "1.toml:5:11: alert[0].message: column 1: "},
      {"when = \"last > 5\"\nhysteresis = \"x\"", "1.toml:5:14: alert[0].hysteresis: "},
      {"when = \"last > 5\"\nrepeat = \"x\"", "1.toml:5:10: alert[0].repeat: expected one of"},
      {"when = \"last > 5\"\nexpires = 5", "1.toml:5:11: alert[0].expires: expected a date"},
      {"when = \"last > 5\"\nexpires = \"x\"", "1.toml:5:11: alert[0].expires: "},
      {"when = \"last > 5\"\nquiet = \"x\"", "1.toml:5:9: alert[0].quiet: "},
      {"when = \"last > 5\"\ntimezone = \"Mars/Port\"", "1.toml:5:12: alert[0].timezone: "},
      {"when = \"last > 5\"\nfor = 5", "1.toml:5:7: alert[0].for: expected a duration"},
      {"when = \"last > 5\"\nsymbols = [\"*\"]", "1.toml:5:12: alert[0].symbols: expected a pair"},
      {"when = \"last > 5\"\nsymbols = [\"nowhere:*/USDT\"]", "1.toml:5:12: alert[0].symbols: "},
      {"when = \"last > 5\"\nwehn = \"last > 5\"",
       "1.toml:5:1: unknown key 'alert[0].wehn': did you mean 'alert.when'?"},
      {"", "1.toml:1:1: alert[0].when is missing"},
  }));
  const std::string text =
      "[[alert]]\nname = \"a\"\nsymbol = \"BTC/USDT\"\n" + std::string{row.line} + "\n";
  CAPTURE(text);

  const Lines errors = lines_of(load_texts({text}).errors);

  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors.front(), Catch::StartsWith(row.error));
}

TEST_CASE("what is wrong with alerts as a whole is told") {
  struct Case {
    std::string_view text;
    std::string_view error;
  };
  constexpr std::string_view kOne =
      "[[alert]]\nname = \"a\"\nsymbol = \"BTC\"\nwhen = \"last > 5\"\n";
  const auto row = GENERATE_COPY(values<Case>({
      {"[[alert]]\nname = \"a\"\nwhen = \"last > 5\"\n", "alert \"a\": symbol is missing"},
      {"[[alert]]\nname = \"\"\nsymbol = \"BTC\"\nwhen = \"last > 5\"\n",
       "expected a name of 1 to 64"},
      {"channels = [\"yuo\"]\n[channel.you]\ntype = \"stdout\"\n",
       "alert \"a\": there is no channel \"yuo\": did you mean \"you\"?"},
      {"[[alert]]\nname = \"a\"\nsymbol = \"ETH\"\nwhen = \"last > 5\"\n",
       "alert \"a\" stands there twice"},
  }));
  const bool is_more = !row.text.starts_with("[[alert]]\nname = \"\"") &&
                       row.error.find("symbol is missing") == std::string_view::npos;
  const std::string text = (is_more ? std::string{kOne} : std::string{}) + std::string{row.text};
  CAPTURE(text);

  const Lines errors = lines_of(load_texts({text}).errors);

  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors.front(), Catch::Contains(std::string{row.error}));
}

TEST_CASE("an alert's place in the list is its number in what is in force") {
  const LoadedConfig loaded = load_texts(
      {"[[alert]]\nname = \"a\"\nsymbol = \"BTC\"\nwhen = \"last > 5\"\nexpires = 2027-01-01\n"});

  const auto value_of = [&](std::string_view key) -> std::string {
    for (const ConfigOrigin& origin : loaded.origins) {
      if (origin.key == key) return origin.value;
    }
    return "none";
  };
  CHECK(value_of("alert[0].when") == "\"last > 5\"");
  CHECK(value_of("alert[0].expires") == "\"2027-01-01T00:00:00Z\"");
  CHECK(value_of("alert[0].repeat") == "\"rearm\"");
  CHECK(value_of("history.keep_ticks") == "\"2d\"");
}
