// The whole way: real requests to a server that plays the exchanges.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <memory>

#include "btcw/base/environment.h"
#include "btcw/market/exchange.h"
#include "btcw/market/market.h"
#include "btcw/net/curl_transport.h"
#include "support/fake_exchange.h"
#include "support/recording_log.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

ExchangeName exchange_name(std::string_view text) { return ExchangeName::parse(text).value(); }

/// A market on real sockets.
struct Town {
  SystemClock clock;
  RecordingLog log;
  FakeExchange fake;
  std::unique_ptr<HttpTransport> http = make_curl_transport({}, {}, clock, log);
  std::unique_ptr<Market> market;

  Town(std::initializer_list<std::string_view> order, milliseconds timeout = seconds{5}) {
    MarketOptions options{.order = {}, .timeout = timeout};
    for (const std::string_view name : order) options.order.push_back(exchange_name(name));
    for (const Exchange& exchange : exchanges()) {
      options.exchanges[exchange_name(exchange.name)].rest_url = fake.url(exchange.name);
    }
    market = make_rest_market(std::move(options), *http, clock, log);
  }

  std::vector<Fetched> fetch(const std::vector<std::string>& texts) {
    std::vector<SymbolRequest> requests;
    for (const std::string& text : texts) {
      requests.push_back(SymbolRequest::parse(text, {}).value());
    }
    return market->fetch(requests, {});
  }
};

std::string outcome(const Fetched& fetched) {
  if (!fetched.ticker) return std::string{to_string(fetched.ticker.error().code)};
  return std::string{fetched.ticker->exchange.text()} + " " + fetched.ticker->last.to_string();
}

std::string text(const std::optional<Decimal>& value) {
  return value ? value->to_string() : "null";
}

/// What an exchange says in its answers at all. Those that say less are held against every field in
/// the unit tests of the readers.
struct Telling {
  std::string_view exchange;
  bool open;
  bool quote_volume;
  std::int64_t time_unit_ms;  ///< 0: it tells no time
};
constexpr std::array kTellings{
    Telling{"binance", true, true, 1},     Telling{"binanceus", true, true, 1},
    Telling{"coinbase", true, false, 1},   Telling{"kraken", false, true, 0},
    Telling{"okx", true, true, 1},         Telling{"bybit", true, true, 1},
    Telling{"bitstamp", true, true, 1000}, Telling{"mexc", true, true, 1},
    Telling{"bitget", true, true, 1},
};

struct Listed {
  std::string symbol;
  FakeQuote quote;
  std::string percentage;
};

/// Pairs that are easily got wrong.
std::vector<Listed> listed() {
  const FakeQuote whole{};
  FakeQuote shib{.last = "0.00002431", .bid = "0.00002430", .ask = "0.00002432"};
  shib.open = "0.00002500";
  shib.high = "0.00002600";
  shib.low = "0.00002400";
  shib.percent = "-2.760";
  shib.vwap = "0.00002500";
  shib.base_volume = "123456789012.00";
  shib.quote_volume = "3086419.7253";
  FakeQuote pepe{.last = "0.0000000123456789", .bid = "0.0000000123456788"};
  pepe.ask = "0.0000000123456790";
  pepe.open = "0.0000000123456789";
  pepe.high = "0.0000000200000000";
  pepe.low = "0.0000000100000000";
  pepe.percent = "0.000";
  pepe.vwap = "0.0000000150000000";
  pepe.base_volume = "1000000000000";
  pepe.quote_volume = "15000";
  FakeQuote exponents{.last = "0.03412", .bid = "3.411e-2", .ask = "3.413E-02"};
  exponents.open = "0.03000";
  exponents.high = "0.03500";
  exponents.low = "0.02900";
  exponents.percent = "13.733";
  exponents.vwap = "0.03200";
  exponents.base_volume = "0.5";
  exponents.quote_volume = "0.016";
  return {{"BTC/USDT", whole, "25"},     {"SHIB/USDT", shib, "-2.76"},
          {"PEPE/USDT", pepe, "0"},      {"ETH/BTC", exponents, "13.7333"},
          {"BTC/USD", whole, "25"},      {"DOGE/USD", exponents, "13.7333"},
          {"DOGE/BTC", pepe, "0"},       {"ETH/EUR", whole, "25"},
          {"1INCH/USDT", shib, "-2.76"}, {"XRP/USDC", whole, "25"}};
}

void check_field(std::string_view field, const std::optional<Decimal>& ours,
                 const std::string& told) {
  CAPTURE(field, told);
  CHECK(text(ours) == text(Decimal::parse(told).value()));
}

void check(const Ticker& ticker, const Listed& expected, const Telling& telling) {
  CAPTURE(telling.exchange, expected.symbol);
  const FakeQuote& quote = expected.quote;
  CHECK(ticker.exchange.text() == telling.exchange);
  CHECK(ticker.symbol.text() == expected.symbol);
  check_field("last", ticker.last, quote.last);
  check_field("bid", ticker.bid, quote.bid);
  check_field("ask", ticker.ask, quote.ask);
  check_field("high", ticker.high, quote.high);
  check_field("low", ticker.low, quote.low);
  check_field("volume", ticker.base_volume, quote.base_volume);
  if (telling.quote_volume) {
    check_field("quote volume", ticker.quote_volume, quote.quote_volume);
  } else {
    CHECK_FALSE(ticker.quote_volume.has_value());
  }
  CHECK(text(ticker.open) == (telling.open ? text(Decimal::parse(quote.open).value()) : "null"));
  CHECK(text(ticker.percentage) == (telling.open ? expected.percentage : "null"));
  CHECK(ticker.timestamp.has_value() == (telling.time_unit_ms != 0));
  if (ticker.timestamp) {
    const std::int64_t unit = telling.time_unit_ms;
    CHECK(to_unix_ms(*ticker.timestamp) == quote.time_ms / unit * unit);
  }
}

}  // namespace

TEST_CASE("every exchange's tickers come through a real server exactly, alone and together") {
  for (const Telling& telling : kTellings) {
    Town town{telling.exchange};
    std::vector<std::string> pairs;
    for (const Listed& each : listed()) {
      town.fake.set(each.symbol, each.quote);
      pairs.push_back(each.symbol);
    }

    const auto together = town.fetch(pairs);

    const std::map<std::string_view, std::size_t> several{{"coinbase", 20}, {"mexc", 10}};
    const auto found = several.find(telling.exchange);
    const std::size_t calls = found == several.end() ? 1 : found->second;
    CHECK(town.fake.requests(telling.exchange) == calls);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      CAPTURE(pairs[i], outcome(together[i]));
      REQUIRE(together[i].ticker.has_value());
      check(*together[i].ticker, listed()[i], telling);
      CHECK(town.clock.now() - together[i].ticker->received < seconds{30});
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const auto alone = town.fetch({pairs[i]});
      CAPTURE(pairs[i], outcome(alone[0]));
      REQUIRE(alone[0].ticker.has_value());
      check(*alone[0].ticker, listed()[i], telling);
    }
  }
}

TEST_CASE(
    "every exchange there is can be asked for one pair, for several, and for an unknown one") {
  for (const Exchange& exchange : exchanges()) {
    CAPTURE(exchange.name);
    Town town{exchange.name};
    town.fake.set("BTC/USDT", {});
    town.fake.set("ETH/BTC", {.last = "0.034"});
    const std::string name{exchange.name};

    const auto fetched = town.fetch({"BTC/USDT", "NOPE/USDT", "ETH/BTC"});

    CHECK(outcome(fetched[0]) == name + " 100");
    CHECK(outcome(fetched[1]) == "not_found");
    CHECK(outcome(fetched[2]) == name + " 0.034");
  }
}

TEST_CASE("what an exchange leaves empty is unknown, not zero") {
  FakeQuote empty{.last = "5", .bid = "", .ask = "0.000", .open = "", .high = "", .low = ""};
  empty.percent = "";
  empty.vwap = "";
  empty.base_volume = "";
  empty.quote_volume = "";
  for (const Telling& telling : kTellings) {
    CAPTURE(telling.exchange);
    Town town{telling.exchange};
    town.fake.set("BTC/USDT", empty);

    const auto fetched = town.fetch({"BTC/USDT"});

    REQUIRE(outcome(fetched[0]) == std::string{telling.exchange} + " 5");
    const Ticker& ticker = *fetched[0].ticker;
    for (const auto& value : {ticker.bid, ticker.ask, ticker.open, ticker.high, ticker.low,
                              ticker.percentage, ticker.base_volume, ticker.quote_volume}) {
      CHECK(text(value) == "null");
    }
  }
}

TEST_CASE("an unknown symbol is not found, whatever the exchange's way of saying so") {
  for (const Telling& telling : kTellings) {
    CAPTURE(telling.exchange);
    Town town{telling.exchange};
    town.fake.set("BTC/USDT", {});
    town.fake.set("ETH/USDT", {});

    CHECK(outcome(town.fetch({"NOPE/USDT"})[0]) == "not_found");
    const auto fetched = town.fetch({"BTC/USDT", "MOON/USDT", "ETH/USDT"});
    CHECK(outcome(fetched[0]) == std::string{telling.exchange} + " 100");
    CHECK(outcome(fetched[1]) == "not_found");
    CHECK(outcome(fetched[2]) == std::string{telling.exchange} + " 100");
  }
}

TEST_CASE("gzip, chunks, slowness and thousands of other rows change nothing") {
  struct Case {
    std::string_view why;
    FakeBehaviour behaviour;
  };
  const auto row = GENERATE(values<Case>({
      {"gzip", {.coding = Coding::gzip}},
      {"chunked", {.framing = Framing::chunked}},
      {"gzip in chunks", {.framing = Framing::chunked, .coding = Coding::gzip}},
      {"slow", {.delay = milliseconds{30}}},
      {"huge", {.coding = Coding::gzip, .filler_rows = 2000}},
  }));
  for (const std::string_view name : {"okx", "bybit", "bitstamp", "kraken"}) {
    CAPTURE(name, row.why);
    Town town{{name}, seconds{60}};
    town.fake.set("BTC/USDT", {.last = "1.25"});
    town.fake.set("ETH/USDT", {.last = "2.5"});
    town.fake.behave(std::string{name}, row.behaviour);

    const auto fetched = town.fetch({"ETH/USDT", "BTC/USDT"});

    CHECK(outcome(fetched[0]) == std::string{name} + " 2.5");
    CHECK(outcome(fetched[1]) == std::string{name} + " 1.25");
  }
}

TEST_CASE("an exchange in trouble is passed over within the same fetch, in time") {
  const FakeTrouble trouble =
      GENERATE(FakeTrouble::down, FakeTrouble::hang, FakeTrouble::limit, FakeTrouble::limit_seconds,
               FakeTrouble::limit_date, FakeTrouble::ban, FakeTrouble::forbidden,
               FakeTrouble::region, FakeTrouble::not_http, FakeTrouble::not_json,
               FakeTrouble::cut_off, FakeTrouble::close, FakeTrouble::half_json);
  for (const std::string_view name :
       {"binance", "coinbase", "kraken", "okx", "bybit", "bitstamp"}) {
    CAPTURE(name, static_cast<int>(trouble));
    const bool waits = trouble == FakeTrouble::hang;
    Town town{{name, "binanceus"}, milliseconds{waits ? 500 : 5000}};
    town.fake.set("BTC/USDT", {.last = "7"});
    town.fake.set("ETH/USDT", {.last = "8"});
    town.fake.behave(std::string{name}, {.trouble = trouble});
    const auto begin = std::chrono::steady_clock::now();

    const auto fetched = town.fetch({"BTC/USDT", "ETH/USDT"});

    CHECK(outcome(fetched[0]) == "binanceus 7");
    CHECK(outcome(fetched[1]) == "binanceus 8");
    CHECK(std::chrono::steady_clock::now() - begin < seconds{4});
  }
}

TEST_CASE("an exchange that limits is left alone until the time that it told") {
  const FakeTrouble trouble = GENERATE(FakeTrouble::limit, FakeTrouble::limit_seconds,
                                       FakeTrouble::limit_date, FakeTrouble::ban);
  for (const std::string_view name : {"binance", "kraken", "okx", "bybit", "bitstamp"}) {
    CAPTURE(name, static_cast<int>(trouble));
    Town town{name};
    town.fake.set("BTC/USDT", {});
    town.fake.behave(std::string{name}, {.trouble = trouble, .retry_after = seconds{40}});

    const auto first = town.fetch({"BTC/USDT"});
    const auto second = town.fetch({"BTC/USDT"});

    CHECK(outcome(first[0]) == "rate_limited");
    CHECK(outcome(second[0]) == "rate_limited");
    CHECK(town.fake.requests(name) == 1);
    REQUIRE(first[0].ticker.error().retry_at.has_value());
    const milliseconds wait = *first[0].ticker.error().retry_at - town.clock.now();
    // Not every exchange's own form tells a time.
    if (trouble != FakeTrouble::limit || name == "binance" || name == "bybit") {
      CHECK(wait > seconds{35});
      CHECK(wait <= seconds{41});
    }
  }
}

TEST_CASE("with every exchange gone the fetch ends at once and says what happened") {
  Town town{"binance", "kraken", "okx"};
  town.fake.stop();

  const auto fetched = town.fetch({"BTC/USDT"});

  CHECK(outcome(fetched[0]) == "unavailable");
  for (const char* name : {"binance: ", "kraken: ", "okx: "}) {
    CHECK(fetched[0].ticker.error().message.find(name) != std::string::npos);
  }
}

TEST_CASE("exchanges are asked side by side") {
  Town town{"binance"};
  town.fake.set("BTC/USDT", {});
  for (const char* name : {"binance", "kraken", "okx"}) {
    town.fake.behave(name, {.delay = seconds{1}});
  }
  const auto begin = std::chrono::steady_clock::now();

  const auto fetched = town.fetch({"BTC/USDT", "kraken:BTC/USDT", "okx:BTC/USDT"});

  for (const Fetched& each : fetched) CHECK(each.ticker.has_value());
  CHECK(std::chrono::steady_clock::now() - begin < milliseconds{2500});
}
