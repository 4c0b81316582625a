#include "btcw/base/symbol.h"

#include <array>
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using btcw::Errc;
using btcw::ExchangeName;
using btcw::nearest;
using btcw::Symbol;
using btcw::SymbolRequest;

TEST_CASE("Symbol::parse reads every spelling of a pair or refuses it") {
  struct Case {
    std::string_view why;
    std::string_view text;
    std::string_view default_quote;
    std::optional<std::string_view> symbol;  // nullopt: refused
  };
  const auto row = GENERATE(values<Case>({
      {"unified", "BTC/USDT", "", "BTC/USDT"},
      {"lower case with a dash", "btc-usdt", "", "BTC/USDT"},
      {"underscore", "BTC_USDT", "", "BTC/USDT"},
      {"digits", "1000SATS/USDT", "", "1000SATS/USDT"},
      {"one-letter base", "T/USDT", "", "T/USDT"},
      {"longest", "ABCDEFGHIJKLMNOPQRST/ABCDEFGHIJ", "", "ABCDEFGHIJKLMNOPQRST/ABCDEFGHIJ"},
      {"base too long", "ABCDEFGHIJKLMNOPQRSTU/USDT", "", std::nullopt},
      {"quote too long", "BTC/ABCDEFGHIJK", "", std::nullopt},
      {"quote too short", "BTC/U", "", std::nullopt},

      {"run together", "BTCUSDT", "", "BTC/USDT"},
      {"run together, lower case", "ethbtc", "", "ETH/BTC"},
      {"one-letter base run together", "TUSDT", "", "T/USDT"},
      {"unknown base run together", "XYZZYUSDC", "", "XYZZY/USDC"},
      {"TUSD as quote of a known base", "BTCTUSD", "", "BTC/TUSD"},
      {"USD as quote of a base ending in T", "DOTUSD", "", "DOT/USD"},
      {"stablecoin in dollars", "USDTUSD", "", "USDT/USD"},
      {"stablecoin in lira", "USDTTRY", "", "USDT/TRY"},
      {"longest quote for an unknown base", "XYZZYTUSD", "", "XYZZY/TUSD"},
      {"a base that ends in a known quote", "WBTCUSDT", "", "WBTC/USDT"},
      {"a pair and a quote", "BTCUSDTTRY", "", std::nullopt},
      {"a pair and a quote, with a default", "BTCUSDTTRY", "USDT", std::nullopt},
      {"no known quote at the end", "BTCXYZ", "", std::nullopt},

      {"bare with a default quote", "BTC", "USDT", "BTC/USDT"},
      {"bare, lower case", "btc", "usdt", "BTC/USDT"},
      {"bare quote currency with another default", "USDT", "EUR", "USDT/EUR"},
      {"bare code that ends in a known quote", "WBTC", "USDT", "WBTC/USDT"},
      {"bare code unknown", "XYZZY", "USDT", "XYZZY/USDT"},
      {"bare code against itself", "USDT", "USDT", std::nullopt},
      {"bare without a default quote", "BTC", "", std::nullopt},
      {"bare quote without a default quote", "USDT", "", std::nullopt},
      {"bare with a default that is none", "BTC", "/", std::nullopt},
      {"a separator ignores the default", "BTC/EUR", "USDT", "BTC/EUR"},

      {"empty", "", "USDT", std::nullopt},
      {"only a separator", "/", "USDT", std::nullopt},
      {"no quote", "BTC/", "USDT", std::nullopt},
      {"no base", "/USDT", "USDT", std::nullopt},
      {"three parts", "BTC/USDT/EUR", "USDT", std::nullopt},
      {"a swap of okx", "BTC-USDT-SWAP", "", std::nullopt},
      {"mixed separators", "BTC/USD-T", "", std::nullopt},
      {"a future of ccxt", "BTC/USDT:USDT", "", std::nullopt},
      {"space", "BTC /USDT", "", std::nullopt},
      {"space alone", " ", "USDT", std::nullopt},
      {"line end", "BTC/USDT\n", "", std::nullopt},
      {"NUL inside", std::string_view{"BTC\0/USDT", 9}, "", std::nullopt},
      {"escape sequence", "\x1b[31mBTC", "USDT", std::nullopt},
      {"Cyrillic letters that look the same", "ВТС/USDT", "", std::nullopt},
      {"half a UTF-8 letter", "\xd0/USDT", "", std::nullopt},
      {"quotation mark", "\"BTC/USDT", "", std::nullopt},
      {"wildcard", "*/USDT", "", std::nullopt},
  }));
  CAPTURE(row.why, row.text);

  const auto symbol = Symbol::parse(row.text, row.default_quote);

  REQUIRE(symbol.has_value() == row.symbol.has_value());
  if (row.symbol) {
    CHECK(symbol->text() == *row.symbol);
    CHECK(std::string{symbol->base()} + "/" + std::string{symbol->quote()} == *row.symbol);
    CHECK(Symbol::parse(symbol->text()).value() == *symbol);
  } else {
    CHECK(symbol.error().code == Errc::invalid_input);
  }
}

TEST_CASE("every known quote cuts a pair with BTC or ETH") {
  for (const std::string_view quote : btcw::known_quotes()) {
    const std::string base = quote == "ETH" ? "BTC" : "ETH";
    CAPTURE(quote);
    const auto symbol = Symbol::parse(base + std::string{quote});
    REQUIRE(symbol.has_value());
    CHECK(symbol->quote() == quote);
  }
}

TEST_CASE("a refused symbol says what was read, cut short, and how one is spelled") {
  CHECK(Symbol::parse("BTC/").error().message ==
        R"(not a symbol: "BTC/", expected BASE/QUOTE as in BTC/USDT)");
  std::string hostile(10'000, 'A');
  hostile += '\x1b';
  const std::vector<std::string> texts{hostile, hostile + "/USDT", "BTC/" + hostile};
  for (const std::string& text : texts) {
    const auto symbol = Symbol::parse(text, "USDT");
    REQUIRE_FALSE(symbol.has_value());
    CHECK(symbol.error().message.size() < 150);
  }
}

TEST_CASE("an empty symbol equals no parsed one") {
  CHECK(Symbol{}.empty());
  CHECK(Symbol{} != Symbol::parse("BTC/USDT").value());
  CHECK(Symbol::parse("BTC/USDT").value() < Symbol::parse("ETH/BTC").value());
}

TEST_CASE("ExchangeName::parse takes names in lower case") {
  CHECK(ExchangeName::parse("binance").value().text() == "binance");
  CHECK(ExchangeName::parse("crypto_com-2").value().text() == "crypto_com-2");
  for (const std::string_view text :
       {"", "Binance", "a b", "kraken:", "sixteen-letters-", "../x", "bin\nance"}) {
    CAPTURE(text);
    const auto name = ExchangeName::parse(text);
    REQUIRE_FALSE(name.has_value());
    CHECK(name.error().code == Errc::invalid_input);
  }
}

TEST_CASE("a symbol request may pin the exchange") {
  struct Case {
    std::string_view text;
    std::optional<std::string_view> request;
  };
  const auto row = GENERATE(values<Case>({
      {"BTC/USDT", "BTC/USDT"},
      {"kraken:btc-usd", "kraken:BTC/USD"},
      {"kraken:BTC", "kraken:BTC/USDT"},
      {":BTC/USDT", std::nullopt},
      {"kraken:", std::nullopt},
      {"KRAKEN:BTC", std::nullopt},
      {"a:b:BTC/USDT", std::nullopt},
      {"", std::nullopt},
  }));
  CAPTURE(row.text);

  const auto request = SymbolRequest::parse(row.text, "USDT");

  REQUIRE(request.has_value() == row.request.has_value());
  if (row.request) CHECK(request->to_string() == *row.request);
  if (!row.request) CHECK(request.error().code == Errc::invalid_input);
}

TEST_CASE("nearest finds what was meant") {
  constexpr std::array<std::string_view, 6> kKnown{"BTC/USDT", "BTC/USDC", "ETH/USDT",
                                                   "BCH/USDT", "XRP/EUR",  "T"};
  const auto found = [&](std::string_view wanted) { return nearest(wanted, kKnown, 2); };
  CHECK(found("BTC/UDST") == std::vector<std::string>{"BTC/USDT", "BTC/USDC"});
  CHECK(found("ETH/USD") == std::vector<std::string>{"ETH/USDT"});
  CHECK(found("TBC/USDT") == std::vector<std::string>{"BTC/USDT", "BTC/USDC"});
  CHECK(found("completely else").empty());
  CHECK(found("").empty());
  CHECK(found("TT").empty());
  CHECK(found(std::string(10'000, 'B')).empty());
  CHECK(nearest("BTC/USDT", kKnown, 0).empty());
}
