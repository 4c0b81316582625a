// What the readers make of hand-made answers, field by field.
#include <algorithm>
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

TEST_CASE("kraken's names of a pair lead to what was asked for") {
  struct Case {
    std::string_view asked;
    std::string_view key;
    bool accepted;
  };
  const auto row = GENERATE(values<Case>({
      {"BTC/USD", "XXBTZUSD", true},
      {"BTC/USDT", "XBTUSDT", true},
      {"ETH/BTC", "XETHXXBT", true},
      {"DOGE/USD", "XDGUSD", true},
      {"DOGE/BTC", "XXDGXXBT", true},
      {"ETH/USDT", "ETHUSDT", true},
      {"ETH/EUR", "XETHZEUR", true},
      {"EUR/USD", "ZEURZUSD", true},
      {"BTC/USD", "BTC/USD", true},
      {"BTC/USD", "XBT/USD", true},
      {"XTZ/USD", "XTZUSD", true},
      {"ZRX/USD", "ZRXUSD", true},
      {"BTC/USD", "XETHZUSD", false},
      {"BTC/USD", "XXBTZEUR", false},
      {"BTC/USD", "XBTUSDT", false},
      {"ETH/USD", "XETHXXBT", false},
  }));
  CAPTURE(row.asked, row.key);
  const std::string body =
      R"({"error":[],"result":{")" + std::string{row.key} + R"(":{"c":["1.5","1"]}}})";
  const RestCall call = call_of("kraken", row.asked, 0);

  const auto read = find_exchange("kraken")->read(call, answer(200, body));

  REQUIRE(read.has_value() == row.accepted);
  if (read) {
    REQUIRE(read->updates.size() == 1);
    CHECK(read->updates.front().symbol == symbol(row.asked));
  } else {
    CHECK(read.error().code == Errc::bad_data);
  }
}

TEST_CASE("kraken's pairs whose names look alike are told apart in one answer") {
  const auto asked = symbols({"ETH/USD", "XETH/USD", "BTC/USD", "ETH/BTC"});
  const RestCall call = find_exchange("kraken")->calls(asked).front();

  const auto read = find_exchange("kraken")->read(
      call, answer(200, R"({"error":[],"result":{"XETHUSD":{"c":["2"]},"XETHZUSD":{"c":["1"]},
                           "XETHXXBT":{"c":["4"]},"XXBTZUSD":{"c":["3"]}}})"));

  REQUIRE(read.has_value());
  REQUIRE(read->updates.size() == 4);
  for (const TickerUpdate& update : read->updates) {
    const auto at = std::find(asked.begin(), asked.end(), update.symbol) - asked.begin();
    CHECK(text(update.last) == std::to_string(at + 1));
  }
}

TEST_CASE("a row that cannot be used does not spoil its neighbours") {
  const auto asked = symbols({"BTC/USDT", "ETH/USDT", "SOL/USDT"});
  const RestCall call = find_exchange("okx")->calls(asked).front();

  const auto read = find_exchange("okx")->read(
      call, answer(200, R"({"code":"0","data":[{"instId":"BTC-USDT","last":"1"},
                           {"instId":"ETH-USDT","last":"n/a"},{"instId":"XRP-USDT","last":{}}]})"));

  REQUIRE(read.has_value());
  REQUIRE(read->updates.size() == 1);
  CHECK(read->updates.front().symbol == symbol("BTC/USDT"));
  REQUIRE(read->unreadable.size() == 1);
  CHECK(read->unreadable.front().symbol == symbol("ETH/USDT"));
  CHECK(read->unreadable.front().error.message.find("last") != std::string::npos);
}
