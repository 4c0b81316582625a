// What is special to one exchange's answers, or happens to a part of them.
#include <algorithm>
#include <catch2/catch.hpp>

#include "btcw/market/exchange.h"
#include "market_samples.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

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

TEST_CASE("a time in seconds that is none makes the row unreadable") {
  // In milliseconds the third would be 2024-03-25 again, modulo 2^64.
  const std::string_view time =
      GENERATE("-1", "253402300800", "-2305843007502337652", "-9223372036854775808");
  const auto asked = symbols({"BTC/USD"});
  const RestCall call = find_exchange("coingecko")->calls(asked).front();
  CAPTURE(time);

  const auto read = find_exchange("coingecko")
                        ->read(call, answer(200, R"({"bitcoin":{"usd":1,"last_updated_at":)" +
                                                     std::string{time} + "}}"));

  REQUIRE(read.has_value());
  CHECK(read->updates.empty());
  REQUIRE(read->unreadable.size() == 1);
  CHECK(read->unreadable.front().error.message.find("not a time") != std::string::npos);
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

TEST_CASE("kucoin's good answer that says nothing of a pair holds none") {
  const std::string_view body = GENERATE(
      R"({"code":"200000","data":{"time":1,"symbol":"BTC-USD","buy":null,"sell":null,"last":null}})",
      R"({"code":"200000","data":null})");
  CAPTURE(body);

  const auto read =
      find_exchange("kucoin")->read(call_of("kucoin", "BTC/USD", 0), answer(200, body));

  REQUIRE(read.has_value());
  CHECK(read->updates.empty());
  CHECK(read->unreadable.empty());
}
