#include "render/price_template.h"

#include <catch2/catch.hpp>

#include "price_rows.h"

using namespace btcw;
using namespace btcw::cli;
using test::bare_price;
using test::full_price;

TEST_CASE("a template is filled in with exact values") {
  struct Case {
    std::string_view text;
    std::string_view line;
  };
  const auto row = GENERATE(values<Case>({
      {"", ""},
      {"plain words", "plain words"},
      {"{symbol} {last}", "BTC/USDT 97123.4"},
      {"{base}-{quote}@{exchange}", "BTC-USDT@binance"},
      {"{percentage:+.2f} %", "+2.24 %"},
      {"{last:>12}|{symbol:<10}|", "     97123.4|BTC/USDT  |"},
      {"{{{symbol}}}", "{BTC/USDT}"},
      {"a\\tb\\nc\\\\d", "a\tb\nc\\d"},
      {"{bid} {ask} {open} {high} {low}", "97123.3 97123.5 95000 98000 94000.1"},
      {"{baseVolume} {quoteVolume:,.0f}", "1234.5678 119,000,000"},
      {"{timestamp} {received} {time}", "1732290000123 1732290000456 2024-11-22T15:40:00.456Z"},
      {"{source} {age} {stale}", "cache 3.210 false"},
      {"{median}{spread}", "--"},
  }));
  CAPTURE(row.text);
  const auto parsed = PriceTemplate::parse(row.text);
  REQUIRE(parsed);
  CHECK(parsed->render({full_price()}) == row.line);
}

TEST_CASE("a field that is not known is a dash in a template") {
  const auto parsed = PriceTemplate::parse("{symbol} {last} {bid} {percentage:+8.2f}");
  REQUIRE(parsed);
  CHECK(parsed->render({bare_price()}) == "SHIB/USDT 0.00002431 -        -");
}

TEST_CASE("a template that cannot be understood is refused with what is wrong") {
  struct Case {
    std::string_view text;
    std::string_view why;
  };
  const auto row = GENERATE(values<Case>({
      {"{lsat}", "unknown field 'lsat': did you mean 'last'?"},
      {"{xyz}", "unknown field 'xyz': there are symbol, base"},
      {"{}", "unknown field ''"},
      {"{symbol", "a '{' without its '}'"},
      {"symbol}", "a '}' without its '{'"},
      {"{symbol:+.2f}", "symbol: format '+.2f': only numbers can be shown so"},
      {"{last:x}", "last: format 'x': 'x' is not understood"},
      {"{last:{width}}", "last: format '{width': '{' is not understood"},
      {"\\x", "only \\n, \\t and \\\\ are escapes"},
      {"ends with \\", "only \\n, \\t and \\\\ are escapes"},
  }));
  CAPTURE(row.text);
  const auto parsed = PriceTemplate::parse(row.text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Errc::invalid_input);
  CHECK_THAT(parsed.error().message, Catch::StartsWith(std::string{row.why}));
}
