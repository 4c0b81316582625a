#include "btcw/rules/message_template.h"

#include <catch2/catch.hpp>
#include <string>

#include "rule_samples.h"

using btcw::rules::Event;
using btcw::rules::EventKind;
using btcw::rules::MessageTemplate;
using namespace btcw::test;

TEST_CASE("a message shows the fields of its alert, exact or in the format that it names") {
  struct Case {
    std::string_view when;
    std::string_view text;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"last > 1", "", ""},
      {"last > 1", "no fields", "no fields"},
      {"last crosses above 100000", "{symbol} broke {threshold}: now {last} ({percentage:+.2f} %)",
       "BTC/USDT broke 100000: now 97123.45 (+2.24 %)"},
      {"last > 1", "{base} {quote} {exchange} {name}", "BTC USDT binance breakout"},
      {"last > 1 and bid>2", "{when}", "last > 1 and bid > 2"},
      {"last > 1", "{event} {time} {since}", "fired 2024-11-22T15:40:00Z 2024-11-22T15:39:00Z"},
      {"last > 1", "{bid}/{ask} {mid} {spread}", "97123.4/97123.5 97123.45 0.1"},
      {"last > 1", "{last:.0f} {last:.1f} {last:.3} {last:f}", "97123 97123.4 97123.450 97123.45"},
      {"last > 1", "{last:,.2f} {quoteVolume:,.0f} {baseVolume:,}",
       "97,123.45 119,000,000 1,234.5678"},
      {"last > 1", "{last:+,.2f} {spread:,}", "+97,123.45 0.1"},
      {"last > 1", "{{{last}}} }}{{", "{97123.45} }{"},
      {"last > 1", "{QUOTEVOLUME}", "119000000.1"},
      {"last > 1", "€ {last}", "€ 97123.45"},
      {"100 < last", "{threshold}", "100"},
      {"not (last between 1k and 2k or bid > 5)", "{threshold}", "1000"},
      {"last > open * 102%", "{threshold:.2f}", "96900.00"},
      {"stale 2m", "{threshold} {age}", "n/a 3"},
      {"stale 2m or last > 7", "{threshold}", "7"},
      {"last > sma(9, 1h)", "{threshold} {threshold:.1f} {threshold:+,.1f}",
       "96543.211 96543.2 +96,543.2"},
  }));
  CAPTURE(row.text);
  const auto ticker = full_ticker();
  const auto rule = rule_of(row.when);
  const std::vector<btcw::IndicatorValue> indicators{96543.2109876};
  const btcw::rules::Reading reading{
      .ticker = &ticker, .now = kStart + btcw::seconds{3}, .indicators = indicators};
  const Event event{.kind = EventKind::fired, .at = kStart, .since = kStart - btcw::seconds{60}};
  const auto message = MessageTemplate::parse(row.text);
  REQUIRE(message.has_value());
  CHECK(message->render({.name = "breakout", .rule = rule, .reading = reading, .event = event}) ==
        row.message);
}

TEST_CASE("what a ticker does not say is n/a in a message") {
  const auto ticker = ticker_at("5");
  const auto rule = rule_of("bid > 1");
  const btcw::rules::Reading reading{.ticker = &ticker, .now = kStart};
  const Event event{.kind = EventKind::resolved, .at = kStart};
  const auto message = MessageTemplate::parse("{event}: {bid} {percentage:+.2f}").value();
  CHECK(message.render({.name = "x", .rule = rule, .reading = reading, .event = event}) ==
        "resolved: n/a n/a");
}

TEST_CASE("a message with a field that is none, or braces that do not pair, is refused") {
  struct Case {
    std::string_view text;
    std::string_view error;
  };
  const auto row = GENERATE(values<Case>({
      {"{lats}", "column 1: no field \"lats\", did you mean last?"},
      {"now {tresh}", "column 5: no field \"tresh\""},
      {"now {treshold}", "column 5: no field \"treshold\", did you mean threshold?"},
      {"{}", "column 1: no field \"\""},
      {"{ last }", "column 1: no field \" last \", did you mean last?"},
      {"a {last", "column 3: no } for this {, write {{ for a brace"},
      {"a } b", "column 3: no { for this }, write }} for a brace"},
      {"{last:x}", "column 1: expected a format such as .2f, +.2f or ,.2f, found \"x\""},
      {"{last:.f}", "column 1: expected a format such as .2f, +.2f or ,.2f, found \".f\""},
      {"{last:.37f}", "column 1: expected a format such as .2f, +.2f or ,.2f, found \".37f\""},
      {"{last:.222f}", "column 1: expected a format such as .2f, +.2f or ,.2f, found \".222f\""},
      {"{last:2f}", "column 1: expected a format such as .2f, +.2f or ,.2f, found \"2f\""},
      {"{symbol:.2f}", "column 1: \"symbol\" is no number, and has no format"},
  }));
  CAPTURE(row.text);
  const auto message = MessageTemplate::parse(row.text);
  REQUIRE_FALSE(message.has_value());
  CHECK(message.error().message == row.error);
  CHECK(message.error().code == btcw::Errc::invalid_input);
}

TEST_CASE("a message of four thousand bytes is read, one of more is refused") {
  CHECK(MessageTemplate::parse(std::string(4'000, 'x')).has_value());
  CHECK_FALSE(MessageTemplate::parse(std::string(4'001, 'x')).has_value());
}
