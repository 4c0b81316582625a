// What the readers of further exchanges make of hand-made answers, field by field.
#include <catch2/catch.hpp>

#include "btcw/market/exchange.h"
#include "market_samples.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

/// A call of that exchange's and the answer to it.
struct Sample {
  std::string_view why;
  std::string_view exchange;
  std::string_view symbol;
  int part;
  std::string_view body;
  /// last bid ask open high low percentage base_volume quote_volume timestamp
  std::string_view expected;
};

std::string summary(const TickerUpdate& update) {
  std::string out;
  for (const auto& value :
       {update.last, update.bid, update.ask, update.open, update.high, update.low,
        update.percentage, update.base_volume, update.quote_volume}) {
    out += text(value) + " ";
  }
  return out + (update.timestamp ? std::to_string(to_unix_ms(*update.timestamp)) : "null");
}

RestCall call_of(std::string_view exchange, std::string_view asked, int part) {
  for (RestCall& call : find_exchange(exchange)->calls(symbols({asked}))) {
    if (call.part == part) return std::move(call);
  }
  return {};
}

}  // namespace

TEST_CASE("a further reader takes the exact digits, the right unit and the right 24 hours") {
  const auto row = GENERATE(values<Sample>({
      {"gemini: volumes under the names of the currencies", "gemini", "BTC/USD", 0,
       R"({"bid":"9345.70","ask":"9347.67","volume":{"BTC":"2210.505328803","USD":"2135477.463379586263",
       "timestamp":1710328243709},"last":"9346.20"})",
       "9346.2 9345.7 9347.67 null null null null 2210.505328803 2135477.46337958626 "
       "1710328243709"},
      {"gemini: nothing bid", "gemini", "SHIB/USD", 0,
       R"({"bid":"","ask":null,"volume":{"timestamp":0},"last":"0.00002431"})",
       "0.00002431 null null null null null null null null null"},
      {"gemini: no volume", "gemini", "BTC/USD", 0, R"({"last":"1"})",
       "1 null null null null null null null null null"},
      {"gemini: the second version's open, not its close", "gemini", "BTC/USD", 1,
       R"({"symbol":"BTCUSD","open":"9121.76","high":"9440.66","low":"9106.51","close":"9347.66",
       "changes":["9365.1","9386.16"],"bid":"9345.70","ask":"9347.67"})",
       "null null null 9121.76 9440.66 9106.51 null null null null"},
      {"kucoin: a ratio, buy is the bid", "kucoin", "BTC/USDT", 0,
       R"({"code":"200000","data":{"time":1602832092060,"symbol":"BTC-USDT","buy":"11328.9","sell":"11329",
       "changeRate":"-0.0055","changePrice":"-63.6","high":"11610","low":"11200","vol":"2282.70993217",
       "volValue":"25984946.157790431","last":"11328.9","averagePrice":"11360.66065903","takerFeeRate":"0.001"}})",
       "11328.9 11328.9 11329 null 11610 11200 -0.55 2282.70993217 25984946.157790431 "
       "1602832092060"},
      {"gate: percent, no time, calendar days left out", "gate", "SHIB/USDT", 0,
       R"([{"currency_pair":"SHIB_USDT","last":"0.0000243112","lowest_ask":"0.0000243113","highest_bid":"0.0000243111",
       "change_percentage":"-0.83","change_utc0":"7.5","change_utc8":"9.5","base_volume":"62443.80",
       "quote_volume":"1.518","high_24h":"0.0000256","low_24h":"0.0000231","etf_net_value":"2"}])",
       "0.0000243112 0.0000243111 0.0000243113 null 0.0000256 0.0000231 -0.83 62443.8 1.518 null"},
      {"htx: numbers, one with an exponent, close is the last price", "htx", "SHIB/USDT", 0,
       R"({"ch":"market.shibusdt.detail.merged","status":"ok","ts":1629788763750,"tick":{"id":272156789143,
       "version":272156789143,"open":2.5E-5,"close":2.431e-05,"low":0.0000231,"high":2.6e-5,"amount":2982.1234567891,
       "vol":31.04,"count":41270,"bid":[2.43e-5,0.5],"ask":[2.432E-5,0.25]}})",
       "0.00002431 0.0000243 0.00002432 0.000025 0.000026 0.0000231 null 2982.1234567891 31.04 "
       "1629788763750"},
      {"bitfinex: by position, a ratio", "bitfinex", "BTC/USD", 0,
       "[10645,73.93854271,10647,75.22266119,731.60645389,-0.0738,10644.00645389,14480.89849423,"
       "10766,9889.1449809]",
       "10644.00645389 10645 10647 null 10766 9889.1449809 -7.38 14480.89849423 null null"},
      {"bitfinex: a new column, nothing bid", "bitfinex", "DOGE/USD", 0,
       "[null,null,2,1,0,0,1e-7,5,null,null,\"new\"]",
       "0.0000001 null 2 null null null 0 5 null null"},
      {"mexc: the change is a ratio", "mexc", "BTC/USDT", 0,
       R"({"symbol":"BTCUSDT","priceChange":"184.34","priceChangePercent":"-0.00400048","prevClosePrice":"46079.37",
       "lastPrice":"46263.71","bidPrice":"46260.38","bidQty":"","askPrice":"46260.41","askQty":"","openPrice":"46079.37",
       "highPrice":"47550.01","lowPrice":"45555.5","volume":"1732.461487","quoteVolume":null,"openTime":1641349500000,
       "closeTime":1641349582808,"count":null})",
       "46263.71 46260.38 46260.41 46079.37 47550.01 45555.5 -0.400048 1732.461487 null "
       "1641349582808"},
      {"bitget: a ratio, calendar days left out", "bitget", "BTC/USDT", 0,
       R"({"code":"00000","msg":"success","requestTime":1695808949356,"data":[{"open":"38000.1","symbol":"BTCUSDT",
       "high24h":"37775.65","low24h":"33884.65","lastPr":"34413.1","quoteVolume":"0","baseVolume":"0","usdtVolume":"0",
       "bidPr":"34412","askPr":"34414","bidSz":"0.0663","askSz":"0.0119","openUtc":"23856.72","ts":"1625125755277",
       "changeUtc24h":"0.00301","change24h":"0.00069"}]})",
       "34413.1 34412 34414 38000.1 37775.65 33884.65 0.069 0 0 1625125755277"},
      {"cryptocom: a ratio, the value in dollars left out", "cryptocom", "ETH/BTC", 0,
       R"({"id":-1,"method":"public/get-tickers","code":0,"result":{"data":[{"h":"0.034","l":"0.031","a":"0.0325",
       "i":"ETH_BTC","v":"0.8276","vv":"52817.63","oi":"0","c":"0.03955106","b":"0.0324","k":"0.0326","t":1613580710768}]}})",
       "0.0325 0.0324 0.0326 null 0.034 0.031 3.955106 0.8276 null 1613580710768"},
      {"cryptocom: nothing traded", "cryptocom", "ETH/BTC", 0,
       R"({"code":0,"result":{"data":[{"h":"0","l":null,"a":null,"i":"ETH_BTC","v":"0","c":null,"b":null,"k":null,"t":1}]}})",
       "null null null null null null null 0 null 1"},
      {"coingecko: percent, seconds, the market's value left out", "coingecko", "BTC/USD", 0,
       R"({"bitcoin":{"usd":67187.3358936566,"usd_market_cap":1317802988326.25,"usd_24h_vol":31260929299.52484,
       "usd_24h_change":3.637278946773539,"last_updated_at":1711356300}})",
       "67187.3358936566 null null null null null 3.637278946773539 null 31260929299.52484 "
       "1711356300000"},
      {"coingecko: a tiny price", "coingecko", "PEPE/BTC", 0,
       R"({"pepe":{"btc":1.2345678901e-10,"btc_24h_vol":null,"btc_24h_change":null,"last_updated_at":null}})",
       "0.00000000012345678901 null null null null null null null null null"},
  }));
  CAPTURE(row.why);
  const RestCall call = call_of(row.exchange, row.symbol, row.part);

  const auto read = find_exchange(row.exchange)->read(call, answer(200, row.body));

  REQUIRE(read.has_value());
  REQUIRE(read->unreadable.empty());
  REQUIRE(read->updates.size() == 1);
  CHECK(read->updates.front().symbol == symbol(row.symbol));
  CHECK(summary(read->updates.front()) == row.expected);
}

TEST_CASE("coingecko's answer is taken apart by coin and currency") {
  const auto asked = symbols({"BTC/USD", "BTC/EUR", "ETH/USD", "ETH/USDT"});
  const RestCall call = find_exchange("coingecko")->calls(asked).front();

  const auto read =
      find_exchange("coingecko")
          ->read(call, answer(200, R"({"bitcoin":{"usd":1,"eur":2,"last_updated_at":3},
                            "ethereum":{"usd":4,"eur":5,"last_updated_at":6}})"));

  REQUIRE(read.has_value());
  // It knows no price in USDT.
  REQUIRE(read->updates.size() == 3);
  std::string found;
  for (const TickerUpdate& update : read->updates) {
    found += std::string{update.symbol.text()} + " " + text(update.last) + " ";
  }
  CHECK(found == "BTC/EUR 2 BTC/USD 1 ETH/USD 4 ");
}

TEST_CASE("a volume that cannot be read makes gemini's row unreadable") {
  const std::string_view volume = GENERATE(R"("7")", "[]", R"({"BTC":"x"})", R"({"BTC":"-1"})",
                                           R"({"BTC":"1","BTC":"1"})", R"({"timestamp":"now"})");
  const RestCall call = call_of("gemini", "BTC/USD", 0);
  CAPTURE(volume);

  const auto read = find_exchange("gemini")->read(
      call, answer(200, R"({"last":"1","volume":)" + std::string{volume} + "}"));

  CHECK((!read || (read->updates.empty() && !read->unreadable.empty())));
}

TEST_CASE("bitfinex's rows of funding currencies are passed over, of other pairs refused") {
  const auto two = symbols({"BTC/USD", "ETH/USD"});
  const RestCall call = find_exchange("bitfinex")->calls(two).front();
  const Exchange& bitfinex = *find_exchange("bitfinex");

  const auto good =
      bitfinex.read(call, answer(200, R"([["fUSD",1,2],["tETHUSD",1,2,3,4,5,0.01,7,8,9,10]])"));
  const auto other = bitfinex.read(call, answer(200, R"([["tXRPUSD",1,2,3,4,5,6,7,8,9,10]])"));
  const auto nameless = bitfinex.read(call, answer(200, R"([[1,2,3]])"));

  REQUIRE(good.has_value());
  REQUIRE(good->updates.size() == 1);
  CHECK(text(good->updates.front().last) == "7");
  CHECK_FALSE(other.has_value());
  CHECK_FALSE(nameless.has_value());
}
