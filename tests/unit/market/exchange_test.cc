#include "btcw/market/exchange.h"

#include <catch2/catch.hpp>
#include <map>

#include "btcw/market/exchange_names.h"
#include "market_samples.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

TEST_CASE("the table of exchanges and the list of their names agree, in order") {
  REQUIRE(exchanges().size() == known_exchanges().size());
  REQUIRE(exchanges().size() == exchange_names().size());
  for (std::size_t i = 0; i < exchanges().size(); ++i) {
    const Exchange& exchange = exchanges()[i];
    CAPTURE(exchange.name);
    CHECK(exchange.name == known_exchanges()[i].name);
    CHECK(exchange.name == exchange_names()[i]);
    CHECK(exchange.rest_url == known_exchanges()[i].rest_url);
    CHECK(exchange.rest_url.substr(0, 8) == "https://");
    CHECK_FALSE(exchange.rest_url.ends_with('/'));
    CHECK(exchange.budget.burst > 0);
    CHECK(exchange.budget.interval > milliseconds{0});
    CHECK(find_exchange(exchange.name) == &exchange);
    CHECK(is_exchange_name(exchange.name));
    CHECK(ExchangeName::parse(exchange.name).has_value());
  }
  CHECK(find_exchange("mtgox") == nullptr);
  CHECK_FALSE(is_exchange_name("demo"));
}

TEST_CASE("every exchange covers all symbols with its calls, each once a part") {
  for (const Exchange& exchange : exchanges()) {
    for (const std::size_t count : {0U, 1U, 2U, 20U, 21U, 101U, 900U}) {
      std::vector<Symbol> asked;
      for (std::size_t i = 0; i < count; ++i) {
        asked.push_back(Symbol::of("A" + std::to_string(i), "USDT").value());
      }
      CAPTURE(exchange.name, count);

      const auto calls = exchange.calls(asked);

      CHECK(calls.empty() == asked.empty());
      std::map<int, std::vector<Symbol>> by_part;
      for (const RestCall& call : calls) {
        CHECK(call.target.starts_with('/'));
        CHECK(call.target.find_first_of(" \"[]{}") == std::string::npos);
        auto& part = by_part[call.part];
        part.insert(part.end(), call.symbols.begin(), call.symbols.end());
      }
      for (const auto& [part, covered] : by_part) CHECK(covered == asked);
    }
  }
}

TEST_CASE("an exchange is asked in its own spelling and in its cheapest form") {
  struct Case {
    std::string_view exchange;
    std::vector<Symbol> asked;
    std::vector<std::string> targets;
  };
  const auto row = GENERATE(values<Case>({
      {"binance", symbols({"BTC/USDT"}), {"/api/v3/ticker/24hr?symbol=BTCUSDT"}},
      {"binance",
       symbols({"BTC/USDT", "1INCH/BTC"}),
       {"/api/v3/ticker/24hr?symbols=%5B%22BTCUSDT%22,%221INCHBTC%22%5D"}},
      {"binanceus", symbols({"BTC/USD"}), {"/api/v3/ticker/24hr?symbol=BTCUSD"}},
      {"coinbase",
       symbols({"BTC/USD", "ETH/EUR"}),
       {"/products/BTC-USD/ticker", "/products/ETH-EUR/ticker", "/products/BTC-USD/stats",
        "/products/ETH-EUR/stats"}},
      {"kraken", symbols({"BTC/USD"}), {"/0/public/Ticker?pair=XBTUSD"}},
      {"kraken", symbols({"DOGE/BTC", "ETH/USDT"}), {"/0/public/Ticker?pair=XDGXBT,ETHUSDT"}},
      {"okx", symbols({"BTC/USDT"}), {"/api/v5/market/ticker?instId=BTC-USDT"}},
      {"okx", symbols({"BTC/USDT", "ETH/BTC"}), {"/api/v5/market/tickers?instType=SPOT"}},
      {"bybit", symbols({"BTC/USDT"}), {"/v5/market/tickers?category=spot&symbol=BTCUSDT"}},
      {"bybit", symbols({"BTC/USDT", "ETH/BTC"}), {"/v5/market/tickers?category=spot"}},
      {"bitstamp", symbols({"BTC/USD"}), {"/api/v2/ticker/btcusd/"}},
      {"bitstamp", symbols({"BTC/USD", "ETH/EUR"}), {"/api/v2/ticker/"}},
      {"gemini",
       symbols({"BTC/USD", "ETH/BTC"}),
       {"/v1/pubticker/btcusd", "/v1/pubticker/ethbtc", "/v2/ticker/btcusd", "/v2/ticker/ethbtc"}},
      {"gemini",
       symbols({"A1/USD", "A2/USD", "A3/USD", "A4/USD", "A5/USD", "A6/USD"}),
       {"/v1/pricefeed"}},
      {"kucoin", symbols({"BTC/USDT"}), {"/api/v1/market/stats?symbol=BTC-USDT"}},
      {"kucoin", symbols({"BTC/USDT", "ETH/BTC"}), {"/api/v1/market/allTickers"}},
      {"gate", symbols({"BTC/USDT"}), {"/api/v4/spot/tickers?currency_pair=BTC_USDT"}},
      {"gate", symbols({"BTC/USDT", "ETH/BTC"}), {"/api/v4/spot/tickers"}},
      {"htx",
       symbols({"BTC/USDT", "ETH/BTC"}),
       {"/market/detail/merged?symbol=btcusdt", "/market/detail/merged?symbol=ethbtc"}},
      {"htx",
       symbols({"A0/USDT", "A1/USDT", "A2/USDT", "A3/USDT", "A4/USDT", "A5/USDT", "A6/USDT",
                "A7/USDT", "A8/USDT", "A9/USDT", "AA/USDT"}),
       {"/market/tickers"}},
      {"bitfinex", symbols({"BTC/USDT"}), {"/v2/ticker/tBTCUST"}},
      {"bitfinex",
       symbols({"BTC/USD", "DOGE/USD", "BTC/EURT", "DASH/USDC", "BTC/CNHT"}),
       {"/v2/tickers?symbols=tBTCUSD,tDOGE:USD,tBTCEUT,tDSHUDC,tBTC:CNHT"}},
      {"mexc",
       symbols({"BTC/USDT", "ETH/BTC"}),
       {"/api/v3/ticker/24hr?symbol=BTCUSDT", "/api/v3/ticker/24hr?symbol=ETHBTC"}},
      {"bitget", symbols({"BTC/USDT"}), {"/api/v2/spot/market/tickers?symbol=BTCUSDT"}},
      {"bitget", symbols({"BTC/USDT", "ETH/BTC"}), {"/api/v2/spot/market/tickers"}},
      {"cryptocom",
       symbols({"BTC/USDT"}),
       {"/exchange/v1/public/get-tickers?instrument_name=BTC_USDT"}},
      {"cryptocom", symbols({"BTC/USDT", "ETH/BTC"}), {"/exchange/v1/public/get-tickers"}},
      {"coingecko",
       symbols({"BTC/USD", "ODD/USD", "ETH/EUR", "BTC/EUR"}),
       {"/api/v3/simple/price?ids=bitcoin,ethereum&vs_currencies=usd,eur&include_24hr_vol=true"
        "&include_24hr_change=true&include_last_updated_at=true&precision=full",
        "/api/v3/simple/price?symbols=odd&vs_currencies=usd&include_24hr_vol=true"
        "&include_24hr_change=true&include_last_updated_at=true&precision=full"}},
  }));
  CAPTURE(row.exchange);

  std::vector<std::string> targets;
  for (const RestCall& call : find_exchange(row.exchange)->calls(row.asked)) {
    targets.push_back(call.target);
  }

  CHECK(targets == row.targets);
}

TEST_CASE("binance is asked for many symbols by the weight of its calls") {
  struct Case {
    std::size_t symbols;
    std::size_t calls;
  };
  const auto row = GENERATE(values<Case>({{20, 1}, {21, 2}, {100, 5}, {800, 40}, {801, 1}}));
  std::vector<Symbol> asked;
  for (std::size_t i = 0; i < row.symbols; ++i) {
    asked.push_back(Symbol::of("A" + std::to_string(i), "USDT").value());
  }
  CAPTURE(row.symbols);

  const auto calls = find_exchange("binance")->calls(asked);

  CHECK(calls.size() == row.calls);
  if (row.symbols > 800) CHECK(calls.front().target == "/api/v3/ticker/24hr");
}

TEST_CASE("an exchange without a call for some pairs is asked for all from where that is cheaper") {
  struct Case {
    std::string_view exchange;
    std::size_t symbols;
    std::size_t calls;
    std::string_view target;
  };
  const auto row = GENERATE(values<Case>({
      {"mexc", 20, 20, "/api/v3/ticker/24hr?symbol=A0USDT"},
      {"mexc", 21, 1, "/api/v3/ticker/24hr"},
      {"bitfinex", 101, 1, "/v2/tickers?symbols=ALL"},
      {"coingecko", 250, 3, ""},
  }));
  std::vector<Symbol> asked;
  for (std::size_t i = 0; i < row.symbols; ++i) {
    asked.push_back(Symbol::of("A" + std::to_string(i), "USDT").value());
  }
  CAPTURE(row.exchange, row.symbols);

  const auto calls = find_exchange(row.exchange)->calls(asked);

  CHECK(calls.size() == row.calls);
  if (!row.target.empty()) CHECK(calls.front().target == row.target);
}

TEST_CASE("merge takes over what is known, and the later time") {
  TickerUpdate into{.symbol = symbol("BTC/USD"),
                    .last = decimal("1"),
                    .bid = decimal("2"),
                    .timestamp = from_unix_ms(1000)};
  const TickerUpdate later{.symbol = symbol("BTC/USD"),
                           .last = decimal("3"),
                           .ask = decimal("4"),
                           .open = decimal("5"),
                           .high = decimal("6"),
                           .low = decimal("7"),
                           .percentage = decimal("8"),
                           .base_volume = decimal("9"),
                           .quote_volume = decimal("10"),
                           .timestamp = from_unix_ms(500)};

  merge(into, later);

  CHECK(text(into.last) == "3");
  CHECK(text(into.bid) == "2");
  CHECK(text(into.ask) == "4");
  CHECK(text(into.open) == "5");
  CHECK(text(into.high) == "6");
  CHECK(text(into.low) == "7");
  CHECK(text(into.percentage) == "8");
  CHECK(text(into.base_volume) == "9");
  CHECK(text(into.quote_volume) == "10");
  CHECK(into.timestamp == from_unix_ms(1000));
  merge(into, {.symbol = symbol("BTC/USD"), .timestamp = from_unix_ms(2000)});
  CHECK(into.timestamp == from_unix_ms(2000));
}

TEST_CASE("to_ticker computes the percentage where the price of 24 hours ago is known") {
  struct Case {
    std::string_view why;
    std::optional<Decimal> last;
    std::optional<Decimal> open;
    std::optional<Decimal> percentage;
    std::string_view expected;  // empty: refused
  };
  const auto row = GENERATE(values<Case>({
      {"computed", decimal("125"), decimal("100"), std::nullopt, "25"},
      {"computed, not believed", decimal("125"), decimal("100"), decimal("0.25"), "25"},
      {"believed", decimal("125"), std::nullopt, decimal("-1.647"), "-1.647"},
      {"unknown", decimal("125"), std::nullopt, std::nullopt, "null"},
      {"rounded", decimal("1"), decimal("3"), std::nullopt, "-66.6667"},
      {"no last price", std::nullopt, decimal("3"), std::nullopt, ""},
      {"last price is zero", decimal("0"), decimal("3"), std::nullopt, ""},
      {"last price is negative", decimal("-1"), decimal("3"), std::nullopt, ""},
  }));
  CAPTURE(row.why);

  const auto ticker = to_ticker({.symbol = symbol("BTC/USD"),
                                 .last = row.last,
                                 .open = row.open,
                                 .percentage = row.percentage},
                                exchange_name("kraken"), kReceived);

  REQUIRE(ticker.has_value() == !row.expected.empty());
  if (!ticker) {
    CHECK(ticker.error().code == Errc::bad_data);
    return;
  }
  CHECK(text(ticker->percentage) == row.expected);
  CHECK(ticker->exchange.text() == "kraken");
  CHECK(ticker->received == kReceived);
}
