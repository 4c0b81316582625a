#include "btcw/rules/parser.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using btcw::rules::Op;
using btcw::rules::parse_expression;
using btcw::rules::ParseOptions;

TEST_CASE("an expression is printed in one spelling, and reads as the same expression") {
  struct Case {
    std::string_view text;
    std::string_view printed;  // empty: as it was written
  };
  const auto row = GENERATE(values<Case>({
      {"last > 100000", ""},
      {"last >= 100000", ""},
      {"last < 100000.50", "last < 100000.5"},
      {"last <= 0.00002431", ""},
      {"last == 1", ""},
      {"last != 1", ""},
      {"last>1", "last > 1"},
      {"  last\t>\n1\r\n", "last > 1"},
      {"LAST > 1", "last > 1"},
      {"basevolume > 1", "baseVolume > 1"},
      {"QUOTEVOLUME > 1b", "quoteVolume > 1b"},
      {"last > 1e5", "last > 100000"},
      {"last > 1E+5", "last > 100000"},
      {"last > 1.5e-3", "last > 0.0015"},
      {"last > .5", "last > 0.5"},
      {"last > 5.", "last > 5"},
      {"last > 1.5k", ""},
      {"last > 1.5K", "last > 1.5k"},
      {"baseVolume > 2m", "baseVolume > 2M"},
      {"baseVolume > 2M", ""},
      {"quoteVolume > 1.5B", "quoteVolume > 1.5b"},
      {"percentage > 5%", ""},
      {"percentage > 5", ""},
      {"percentage < -5%", ""},
      {"change(1h) > 2.5%", ""},
      {"last > open * 105%", ""},
      {"last / open > 1.05", ""},
      {"last / open - 1 > 5%", ""},
      {"last / open - 1 > percentage", ""},
      {"spread / mid > 0.5%", ""},
      {"age > 30s", ""},
      {"age > 2m", "age > 120s"},
      {"2m < age", "120s < age"},
      {"age between 1m and 2m", "age between 60s and 120s"},
      {"age > 1h30m", "age > 5400s"},
      {"age > 500ms", "age > 0.5s"},
      {"age > 30", ""},
      {"age > 2M", ""},
      {"age - 2m > 0s", "age - 120s > 0s"},
      {"stale 2m", "stale 120s"},
      {"stale 90s", ""},
      {"stale 1d", "stale 86400s"},
      {"not stale 2m", "not stale 120s"},
      {"last crosses above 100000", ""},
      {"last Crosses BELOW 100000", "last crosses below 100000"},
      {"sma(9, 1h) crosses above sma(21, 1h)", ""},
      {"last crosses above highest(24h)", "last crosses above highest(1d)"},
      {"last between 1 and 2", ""},
      {"last between 1 and 2 and bid > 1", ""},
      {"last between low + 1 and high - 1", ""},
      {"last not between 1 and 2", "not last between 1 and 2"},
      {"not last between 1 and 2", ""},
      {"rsi(14, 1h) < 30", ""},
      {"RSI(14,60m) < 30", "rsi(14, 1h) < 30"},
      {"ema(12, 15m) > last", ""},
      {"macd(12,26,9,1h) > 0", "macd(12, 26, 9, 1h) > 0"},
      {"macd_signal(12, 26, 9, 4h) < macd(12, 26, 9, 4h)", ""},
      {"macd_hist(12, 26, 9, 1d) crosses above 0", ""},
      {"last > bb_upper(20, 2, 1h)", ""},
      {"last < bb_lower(20, 2.5, 1h)", ""},
      {"last > bb_middle(20, 2, 5m)", ""},
      {"atr(14, 1h) > 500", ""},
      {"stddev(20, 1h) > 10", ""},
      {"sma(20, 1w) < last", "sma(20, 7d) < last"},
      {"sma(1000, 1s) < last", ""},
      {"lowest(7d) >= last", ""},
      {"price(\"kraken\") > price('coinbase')", "price(\"kraken\") > price(\"coinbase\")"},
      {"price(kraken) - last > 10", "price(\"kraken\") - last > 10"},
      {"abs(percentage) > 5%", ""},
      {"abs(last - price(\"kraken\")) / last > 1%", ""},
      {"min(bid, ask) > 1", ""},
      {"max(bid, ask, last) > 1", ""},
      {"max(max(bid, ask), last) > 1", "max(bid, ask, last) > 1"},
      {"max(bid, max(ask, last)) > 1", ""},
      {"abs(abs(last)) > 1", ""},
      {"max(5%, 6%, change(1h)) > 1", "max(max(5%, 6%), change(1h)) > 1"},
      {"last > 1 and bid > 1 or ask > 1", ""},
      {"(last > 1 and bid > 1) or ask > 1", "last > 1 and bid > 1 or ask > 1"},
      {"last > 1 and (bid > 1 or ask > 1)", ""},
      {"last > 1 or bid > 1 and ask > 1", ""},
      {"(last > 1 or bid > 1) and ask > 1", ""},
      {"last > 1 and (bid > 1 and ask > 1)", ""},
      {"not last > 1", ""},
      {"not (last > 1 and bid > 1)", ""},
      {"not not last > 1", ""},
      {"not (last > 1) and bid > 1", "not last > 1 and bid > 1"},
      {"NOT last > 1 AND bid > 1 OR stale 5s", "not last > 1 and bid > 1 or stale 5s"},
      {"((last)) > ((1))", "last > 1"},
      {"(((last > 1)))", "last > 1"},
      {"last + 1 > 2", ""},
      {"last - 1 - 2 > 0", ""},
      {"last - (1 - 2) > 0", ""},
      {"last * 2 + 1 > 0", ""},
      {"last * (2 + 1) > 0", ""},
      {"last / 2 / 3 > 0", ""},
      {"last / (2 / 3) > 0", ""},
      {"last / (2 * 3) > 0", ""},
      {"2 + last * 3 > 0", ""},
      {"-last < 0", ""},
      {"--last > 0", ""},
      {"-(last + 1) < 0", ""},
      {"-last * 2 < 0", ""},
      {"-(last * 2) < 0", ""},
      {"last > -5", ""},
      {"last - -5 > 0", ""},
      {"last > - - 5", "last > 5"},
      {"age > -2m", "age > -120s"},
      {"1 < 2", ""},
      {"100000 < last", ""},
      {"quoteVolume / baseVolume > last", ""},
      {"last * 50% > 100", ""},
      {"5% + 1% < change(1h)", ""},
      {"change(1h) + 1% > 0", ""},
      {"change(1h) between 1% and 5%", ""},
      {"change(1s) > 0", ""},
      {"change(366d) > 0", ""},
      {"rsi(14, 1h) / 100 > 0.7", ""},
      {"percentage > 1e-36", "percentage > 0.000000000000000000000000000000000001"},
  }));
  CAPTURE(row.text);

  const auto read = parse_expression(row.text);

  REQUIRE(read.has_value());
  CHECK(to_string(*read) == (row.printed.empty() ? row.text : row.printed));
  const auto again = parse_expression(to_string(*read));
  REQUIRE(again.has_value());
  CHECK(*again == *read);
}

TEST_CASE("an expression has bounds: length, depth, crossings") {
  const auto repeated = [](std::string_view part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  const auto refusal = [](const std::string& text) {
    const auto read = parse_expression(text);
    return read ? std::string{"read"} : read.error().message;
  };
  CHECK(refusal("last > 1" + repeated(" ", 1'992)) == "read");
  CHECK(refusal("last > 1" + repeated(" ", 1'993)) ==
        "expression of 2001 bytes, at most 2000 are read");
  CHECK(refusal(repeated("(", 31) + "last > 1" + repeated(")", 31)) == "read");
  CHECK(refusal(repeated("(", 32) + "last > 1" + repeated(")", 32)) ==
        "column 33: nested deeper than 32");
  CHECK(refusal(repeated("not ", 32) + "last > 1") == "column 129: nested deeper than 32");
  CHECK(refusal("last > " + repeated("-", 400) + "1") == "column 40: nested deeper than 32");
  CHECK(refusal(repeated("abs(", 400) + "1") == "column 129: nested deeper than 32");
  CHECK(refusal("last > 1" + repeated(" and last > 1", 150)) == "read");
  CHECK(refusal("last crosses above 1" + repeated(" or last crosses above 1", 7)) == "read");
  CHECK(refusal("last crosses above 1" + repeated(" or last crosses above 1", 8)) ==
        "column 193: more than 8 crossings in one expression");
}

TEST_CASE("price() names one of the exchanges there are") {
  static constexpr std::array<std::string_view, 2> kKnown{"kraken", "coinbase"};
  const ParseOptions options{.exchanges = kKnown};
  CHECK(parse_expression("price(\"kraken\") > 1", options).has_value());
  CHECK(parse_expression("price(\"kraxen\") > 1", options).error().message ==
        "column 7: no exchange \"kraxen\", did you mean kraken?");
}

TEST_CASE("the same indicator is asked for once") {
  const auto read =
      parse_expression("rsi(14, 1h) > 70 or rsi(14, 60m) < 30 or price(a) > price(a)").value();
  CHECK(read.indicators.size() == 1);
  CHECK(read.exchanges.size() == 1);
}
