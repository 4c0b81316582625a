#include "btcw/market/candles/candle_reader.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "btcw/market/exchange.h"
#include "market_samples.h"
#include "support/fake_candles.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test
using namespace std::chrono_literals;

namespace {

// 2024-11-22T15:40:01Z
const UtcTime kNow = kReceived;

Result<std::vector<Candle>> read(std::string_view exchange, std::string_view body, int status = 200,
                                 std::size_t length = 0) {
  return read_candles(*find_candle_form(exchange), symbol("BTC/USDT"), length,
                      answer(status, body));
}

std::string prices(const Candle& candle) {
  return candle.open.to_string() + " " + candle.high.to_string() + " " + candle.low.to_string() +
         " " + candle.close.to_string();
}

/// Rows of a binance answer, a minute each from kNow's minute on.
std::string rows(int count) {
  std::string body = "[";
  for (int i = 0; i < count; ++i) {
    const auto ms = to_unix_ms(candle_start(kNow, 1min) + i * 1min);
    body += (i > 0 ? ",[" : "[") + std::to_string(ms) + ",1,2,1,2]";
  }
  return body + "]";
}

}  // namespace

TEST_CASE("every exchange but the one that quotes coins tells candles") {
  for (const Exchange& exchange : exchanges()) {
    CAPTURE(exchange.name);
    CHECK((find_candle_form(exchange.name) == nullptr) == (exchange.name == "coingecko"));
  }
  for (const CandleForm& form : candle_forms()) {
    CAPTURE(form.exchange);
    CHECK(find_exchange(form.exchange) != nullptr);
    CHECK(form.most > 0);
    CHECK(static_cast<std::size_t>(form.most) <= kMaxCandles);
    CHECK_FALSE(form.lengths[0].empty());
  }
}

TEST_CASE("the request for candles is the one that the exchange documents") {
  struct Case {
    std::string_view exchange;
    std::string_view symbol;
    std::size_t length;
    int count;
    std::string_view target;
  };
  const auto row = GENERATE(values<Case>({
      {"binance", "BTC/USDT", 0, 121, "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=121"},
      {"binanceus", "ETH/BTC", 6, 9, "/api/v3/klines?symbol=ETHBTC&interval=1d&limit=9"},
      {"coinbase", "BTC/USD", 2, 300, "/products/BTC-USD/candles?granularity=900"},
      {"kraken", "BTC/USD", 4, 720, "/0/public/OHLC?pair=XBTUSD&interval=60"},
      {"okx", "BTC/USDT", 4, 300, "/api/v5/market/candles?instId=BTC-USDT&bar=1H&limit=300"},
      {"okx", "BTC/USDT", 6, 20, "/api/v5/market/candles?instId=BTC-USDT&bar=1Dutc&limit=20"},
      {"bybit", "BTC/USDT", 6, 7,
       "/v5/market/kline?category=spot&symbol=BTCUSDT&interval=D&limit=7"},
      {"bitstamp", "BTC/USD", 5, 1000, "/api/v2/ohlc/btcusd/?step=14400&limit=1000"},
      {"gemini", "BTC/USD", 4, 50, "/v2/candles/btcusd/1hr"},
      {"kucoin", "BTC/USDT", 0, 10,
       "/api/v1/market/candles?symbol=BTC-USDT&type=1min&startAt=1732289401&endAt=1732290001"},
      {"gate", "BTC/USDT", 3, 5,
       "/api/v4/spot/candlesticks?currency_pair=BTC_USDT&interval=30m&limit=5"},
      {"htx", "BTC/USDT", 4, 2000, "/market/history/kline?symbol=btcusdt&period=60min&size=2000"},
      {"bitfinex", "BTC/USDT", 0, 42, "/v2/candles/trade:1m:tBTCUST/hist?limit=42"},
      {"bitfinex", "DOGE/USD", 6, 42, "/v2/candles/trade:1D:tDOGE:USD/hist?limit=42"},
      {"mexc", "BTC/USDT", 4, 500, "/api/v3/klines?symbol=BTCUSDT&interval=60m&limit=500"},
      {"bitget", "BTC/USDT", 6, 3,
       "/api/v2/spot/market/candles?symbol=BTCUSDT&granularity=1Dutc&limit=3"},
      {"cryptocom", "BTC/USDT", 0, 300,
       "/exchange/v1/public/get-candlestick?instrument_name=BTC_USDT&timeframe=1m&count=300"},
  }));
  CHECK(candle_target(*find_candle_form(row.exchange), symbol(row.symbol), row.length, row.count,
                      kNow) == row.target);
}

TEST_CASE("an interval is put together of the longest candles that the exchange has") {
  struct Case {
    std::string_view exchange;
    milliseconds interval;
    std::optional<milliseconds> length;
  };
  const auto row = GENERATE(values<Case>({
      {"binance", 1min, 1min},
      {"binance", 2min, 1min},
      {"binance", 45min, 15min},
      {"binance", 4h, 4h},
      {"binance", 168h, 24h},
      {"coinbase", 4h, 1h},
      {"coinbase", 30min, 15min},
      {"htx", 24h, 4h},
      {"gemini", 24h, 1h},
      {"bitfinex", 4h, 1h},
      {"binance", 30s, std::nullopt},
      {"binance", 90s, std::nullopt},
      {"binance", 0s, std::nullopt},
  }));
  CAPTURE(row.exchange, row.interval);

  const auto length = length_for(*find_candle_form(row.exchange), row.interval);

  REQUIRE(length.has_value() == row.length.has_value());
  if (length) CHECK(kCandleLengths[*length] == *row.length);
}

TEST_CASE("every exchange's candles are read in the order of time, digit for digit") {
  const FakeListing market{{"BTC/USDT",
                            {.open = "97123.40000001",
                             .high = "97200.5",
                             .low = "97000.125",
                             .vwap = "97100.99999999"}}};
  for (const CandleForm& form : candle_forms()) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{4}}) {
      CAPTURE(form.exchange, length);
      const auto target = candle_target(form, symbol("BTC/USDT"), length, 20, kNow);
      const auto served = fake_candles(form.exchange, market, parse_target(target), kNow);
      REQUIRE(served.has_value());

      const auto candles =
          read_candles(form, symbol("BTC/USDT"), length, answer(served->status, served->body));

      REQUIRE(candles.has_value());
      REQUIRE(candles->size() >= 20);
      const UtcTime running = candle_start(kNow, kCandleLengths[length]);
      CHECK(candles->back().start == running);
      for (std::size_t back = 0; back < candles->size(); ++back) {
        const Candle& candle = (*candles)[candles->size() - 1 - back];
        REQUIRE(candle.start == running - kCandleLengths[length] * static_cast<int>(back));
        REQUIRE(prices(candle) == "97123.40000001 97200.5 97000.125 97100.99999999");
      }
    }
  }
}

TEST_CASE("an answer with candles that cannot be used is refused") {
  struct Case {
    std::string_view why;
    std::string_view exchange;
    std::string_view body;
  };
  const auto row = GENERATE(values<Case>({
      {"empty", "binance", ""},
      {"a page", "binance", "<html>"},
      {"cut off", "binance", R"([[1732290000000,"1","2","1","2"],[17322900)"},
      {"no rows", "binance", "[]"},
      {"no row", "binance", "[7]"},
      {"a row too short", "binance", R"([[1732290000000,"1","2","1"]])"},
      {"an object for a row", "binance", R"([{"t":1732290000000}])"},
      {"no price", "binance", R"([[1732290000000,"1","2",null,"2"]])"},
      {"an empty price", "binance", R"([[1732290000000,"1","2","","2"]])"},
      {"a word", "binance", R"([[1732290000000,"1","2","x","2"]])"},
      {"zero", "binance", R"([[1732290000000,"1","2","0","2"]])"},
      {"negative", "binance", R"([[1732290000000,"1","2","-1","2"]])"},
      {"too many digits", "binance", R"([[1732290000000,"1.2345678901234567891","2","1","2"]])"},
      {"no number of time", "binance", R"([["x","1","2","1","2"]])"},
      {"half a millisecond", "binance", R"([[1732290000000.5,"1","2","1","2"]])"},
      {"within the minute", "binance", R"([[1732290001000,"1","2","1","2"]])"},
      {"before 1970", "binance", R"([[-60000,"1","2","1","2"]])"},
      {"after 9999", "binance", R"([[9223372036854775807,"1","2","1","2"]])"},
      {"far too many seconds", "gate",
       R"([["9223372036854775807","1","2","1","2","1","1","true"]])"},
      {"seconds before 1970", "gate", R"([["-60","1","2","1","2","1","1","true"]])"},
      {"milliseconds for seconds", "gate", R"([["1732290000000","1","2","1","2","1","1","true"]])"},
      {"twice the same", "binance",
       R"([[1732290000000,"1","2","1","2"],[1732290000000,"1","2","1","2"]])"},
      {"no list", "okx", R"({"code":"0","data":{}})"},
      {"two lists", "okx", R"({"code":"0","data":[],"data":[]})"},
      {"a list on the way", "bybit", R"({"retCode":0,"result":[]})"},
      {"no list of kraken", "kraken", R"({"error":[],"result":{"last":1732290000}})"},
      {"a key is missing", "htx",
       R"({"status":"ok","data":[{"id":1732290000,"open":1,"high":1}]})"},
      {"an array for names", "htx", R"({"status":"ok","data":[[1732290000,1,1,1,1]]})"},
  }));
  CAPTURE(row.why);

  const auto candles = read(row.exchange, row.body);

  REQUIRE_FALSE(candles);
  CHECK(candles.error().code == Errc::bad_data);
  CHECK(candles.error().message.size() < 500);
}

TEST_CASE("a truncated answer of any exchange is refused wherever it ends") {
  const FakeListing market{{"BTC/USDT", {}}};
  for (const CandleForm& form : candle_forms()) {
    CAPTURE(form.exchange);
    const auto target = candle_target(form, symbol("BTC/USDT"), 0, 2, kNow);
    const auto served = fake_candles(form.exchange, market, parse_target(target), kNow);
    REQUIRE(served.has_value());
    const std::size_t ends = std::min<std::size_t>(served->body.size(), 600);
    for (std::size_t end = 0; end < ends; ++end) {
      const auto cut = std::string_view{served->body}.substr(0, end);
      REQUIRE_FALSE(read_candles(form, symbol("BTC/USDT"), 0, answer(200, cut)));
    }
  }
}

TEST_CASE("what an exchange refuses means the same as when it is asked for a price") {
  struct Case {
    std::string_view exchange;
    int status;
    std::string_view body;
    Errc code;
  };
  const auto row = GENERATE(values<Case>({
      {"binance", 400, R"({"code":-1121,"msg":"Invalid symbol."})", Errc::not_found},
      {"binance", 429, R"({"code":-1003,"msg":"Too much."})", Errc::rate_limited},
      {"binance", 418, "", Errc::rate_limited},
      {"binance", 200, R"({"code":-1003,"msg":"Too much."})", Errc::rate_limited},
      {"binance", 451, "{}", Errc::rejected},
      {"binance", 503, "<html>", Errc::unavailable},
      {"binance", 404, "[]", Errc::rejected},
      {"coinbase", 404, R"({"message":"NotFound"})", Errc::not_found},
      {"kraken", 200, R"({"error":["EQuery:Unknown asset pair"]})", Errc::not_found},
      {"kraken", 200, R"({"error":["EGeneral:Too many requests"]})", Errc::rate_limited},
      {"okx", 200, R"({"code":"51001","msg":"x","data":[]})", Errc::not_found},
      {"okx", 200, R"({"code":"50011","msg":"x","data":[]})", Errc::rate_limited},
      {"gate", 400, R"({"label":"INVALID_CURRENCY_PAIR","message":"x"})", Errc::not_found},
      {"bitfinex", 500, R"(["error",10020,"symbol: invalid"])", Errc::not_found},
      {"htx", 200,
       R"({"status":"error","err-code":"invalid-parameter","err-msg":"invalid symbol"})",
       Errc::not_found},
  }));
  CAPTURE(row.exchange, row.status, row.body);

  const auto candles = read(row.exchange, row.body, row.status);

  REQUIRE_FALSE(candles);
  CHECK(candles.error().code == row.code);
  CHECK(candles.error().retry_at.has_value() == (row.code == Errc::rate_limited));
}

TEST_CASE("an answer has as many candles as fit, whatever order they come in, and no more") {
  const auto all = read("binance", rows(static_cast<int>(kMaxCandles)));
  REQUIRE(all.has_value());
  CHECK(all->size() == kMaxCandles);
  CHECK_FALSE(read("binance", rows(static_cast<int>(kMaxCandles) + 1)));
  const auto odd = read("binance", R"([[1732290060000,"5","4","6","7",{},[]],
                                      [1732289940000,1e-8,"3","2",3]])");
  REQUIRE(odd.has_value());
  CHECK(prices((*odd)[0]) == "0.00000001 3 0.00000001 3");
  CHECK(prices((*odd)[1]) == "5 7 4 7");
}
