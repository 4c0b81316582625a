// What the readers make of hand-made answers, field by field.
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

}  // namespace

TEST_CASE("a reader takes the exact digits, the right unit and the right 24 hours") {
  const auto row = GENERATE(values<Sample>({
      {"binance: text, percent, milliseconds", "binance", "BTC/USDT", 0,
       R"({"symbol":"BTCUSDT","priceChange":"12.3","priceChangePercent":"-1.647","lastPrice":
       "73369.84000000","bidPrice":"73369.83000000","askPrice":"73369.85000000","openPrice":
       "74598.01","highPrice":"75650.25","lowPrice":"68620.82","volume":"72140.34862800",
       "quoteVolume":"5167027510.68728707","openTime":1710241845391,"closeTime":1710328245391,
       "prevClosePrice":"1","weightedAvgPrice":"2","count":3})",
       "73369.84 73369.83 73369.85 74598.01 75650.25 68620.82 -1.647 72140.348628 "
       "5167027510.68728707 1710328245391"},
      {"binance: tiny price", "binance", "SHIB/USDT", 0,
       R"({"symbol":"SHIBUSDT","lastPrice":"0.00002431","bidPrice":"0.00002430","askPrice":"0.00002432"})",
       "0.00002431 0.0000243 0.00002432 null null null null null null null"},
      {"binance: an empty book", "binance", "BTC/USDT", 0,
       R"({"symbol":"BTCUSDT","lastPrice":"1","bidPrice":"0.00000000","askPrice":"","highPrice":null,"volume":"0"})",
       "1 null null null null null null 0 null null"},
      {"binance: members in another order, numbers instead of text, one more member", "binance",
       "BTC/USDT", 0,
       R"({"new":{"lastPrice":"3","a":[1,{"b":"}"}]},"closeTime":"1710328245391","lastPrice":1.5e-5 ,"symbol":"BTCUSDT"})",
       "0.000015 null null null null null null null null 1710328245391"},
      {"binance: a volume of 25 digits", "binance", "BTC/USDT", 0,
       R"({"symbol":"BTCUSDT","lastPrice":"1","volume":"1234567890123456789.123456"})",
       "1 null null null null null null 1234567890123456790 null null"},
      {"binance: escaped text", "binance", "BTC/USDT", 0,
       R"({"symbol":"BTC\u0055SDT","lastPrice":"1\u002e5","\u0062idPrice":"1"})",
       "1.5 1 null null null null null null null null"},
      {"coinbase: ticker", "coinbase", "BTC/USD", 0,
       R"({"ask":"73369.19","bid":"73360.34","volume":"1207.50668151","trade_id":18502105,
       "price":"73367.8","size":"0.00730812","time":"2024-03-13T11:10:41.270999Z","rfq_volume":"7"})",
       "73367.8 73360.34 73369.19 null null null null 1207.50668151 null 1710328241270"},
      {"coinbase: statistics", "coinbase", "BTC/USD", 1,
       R"({"open":"72181.09","high":"73650.25","low":"68620.82","last":"1","volume":"2","volume_30day":"3"})",
       "null null null 72181.09 73650.25 68620.82 null null null null"},
      {"kraken: 24 hours, not today", "kraken", "BTC/USD", 0,
       R"({"error":[],"result":{"XXBTZUSD":{"a":["73380.70000","1","1.000"],"b":["73380.60000","1","1.000"],
       "c":["73380.65000","0.00160710"],"v":["165.16072288","598.03698452"],"p":["72647.97204","71501.57520"],
       "t":[6405,21103],"l":["71321.80000","68666.00000"],"h":["73580.00000","73590.00000"],"o":"71450.70000"}}})",
       "73380.65 73380.6 73380.7 null 73590 68666 null 598.03698452 42760586.4210380159 null"},
      {"kraken: result before error, a warning", "kraken", "BTC/USDT", 0,
       R"({"result":{"XBTUSDT":{"c":["1.5"],"v":[],"h":["7"]}},"error":["WMaintenance:soon"]})",
       "1.5 null null null null null null null null null"},
      {"okx: milliseconds as text, today's open is left out", "okx", "BTC/USDT", 0,
       R"({"code":"0","msg":"","data":[{"instType":"SPOT","instId":"BTC-USDT","last":"73384.8","lastSz":"1",
       "askPx":"73384.9","askSz":"1","bidPx":"73384.7","bidSz":"1","open24h":"72166.8","high24h":"73625.6",
       "low24h":"68600","volCcy24h":"1519926359.597266598","vol24h":"21266.19145051","ts":"1710328243709",
       "sodUtc0":"1","sodUtc8":"2"}]})",
       "73384.8 73384.7 73384.9 72166.8 73625.6 68600 null 21266.19145051 1519926359.5972666 "
       "1710328243709"},
      {"okx: not yet traded", "okx", "BTC/USDT", 0,
       R"({"data":[{"instId":"BTC-USDT","last":"","bidPx":"1","ts":"0"}],"msg":"","code":"0"})",
       "null 1 null null null null null null null null"},
      {"bybit: a ratio, the time of the envelope", "bybit", "BTC/USDT", 0,
       R"({"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[{"symbol":"BTCUSDT","bid1Price":"51444.3",
       "bid1Size":"2","ask1Price":"51444.5","ask1Size":"3","lastPrice":"51444.40","prevPrice24h":"50147.50",
       "price24hPcnt":"-0.025861","highPrice24h":"51454.40","lowPrice24h":"48381.60",
       "turnover24h":"2352063794.0035","volume24h":"47293.8870","usdIndexPrice":"1"}]},"retExtInfo":{},"time":1707905549267})",
       "51444.4 51444.3 51444.5 50147.5 51454.4 48381.6 -2.5861 47293.887 2352063794.0035 "
       "1707905549267"},
      {"bitstamp: seconds, the open of 24 hours ago", "bitstamp", "BTC/USD", 0,
       R"({"timestamp":"1710328241","open":"71448","high":"73656","low":"68626","last":"73285","volume":"135.29692054",
       "vwap":"70853","bid":"73353","ask":"73367","side":"0","open_24":"72144","percent_change_24":"1.58"})",
       "73285 73353 73367 72144 73656 68626 1.58 135.29692054 9586192.71102062 1710328241000"},
      {"bitstamp: an older server says nothing of 24 hours ago", "bitstamp", "BTC/USD", 0,
       R"({"timestamp":"1710328241","open":"71448","last":"73285","percent_change_24":null})",
       "73285 null null null null null null null null 1710328241000"},
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
