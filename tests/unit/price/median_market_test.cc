#include "btcw/price/median_market.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <string>

namespace {

using namespace btcw;

ExchangeName exchange(std::string_view name) { return *ExchangeName::parse(name); }
SymbolRequest request(std::string_view text) { return *SymbolRequest::parse(text, "USDT"); }
Decimal number(std::string_view text) { return *Decimal::parse(text); }

/// Answers from a table of "exchange:SYMBOL"; what is not there is not found.
class TableMarket final : public Market {
 public:
  std::map<std::string, Result<Ticker>> table;
  std::vector<std::string> asked;
  int fetches = 0;

  void set(std::string_view pinned, std::string_view last, std::int64_t received_ms = 1000) {
    const SymbolRequest key = request(pinned);
    table.insert_or_assign(std::string{pinned}, Ticker{.symbol = key.symbol,
                                                       .exchange = *key.exchange,
                                                       .last = number(last),
                                                       .received = from_unix_ms(received_ms)});
  }
  Ticker& at(const std::string& pinned) { return *table.at(pinned); }

  std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                             const FetchOptions&) override {
    ++fetches;
    std::vector<Fetched> fetched;
    for (const SymbolRequest& each : requests) {
      asked.push_back(each.to_string());
      const auto found = table.find(each.to_string());
      fetched.push_back({each, found == table.end()
                                   ? Result<Ticker>{Error{Errc::not_found, "no such pair"}}
                                   : found->second});
    }
    return fetched;
  }
};

const std::vector<ExchangeName> kThree{exchange("binance"), exchange("kraken"), exchange("okx")};

}  // namespace

TEST_CASE("a median stands in the middle of what the exchanges say, in one fetch") {
  TableMarket table;
  table.set("binance:BTC/USDT", "100", 3000);
  table.set("kraken:BTC/USDT", "0.5", 2000);
  table.set("okx:BTC/USDT", "101", 4000);
  table.at("binance:BTC/USDT").bid = number("99");
  table.at("binance:BTC/USDT").ask = number("101");
  table.at("okx:BTC/USDT").bid = number("50");
  table.at("okx:BTC/USDT").percentage = number("-2");
  table.at("kraken:BTC/USDT").percentage = number("1");
  table.set("okx:ETH/USDT", "7");
  MedianMarket market{table, kThree};
  const std::vector requests{request("okx:ETH/USDT"), request("median:BTC/USDT")};

  const auto fetched = market.fetch(requests, {});

  REQUIRE(fetched.size() == 2);
  CHECK(table.fetches == 1);
  CHECK(fetched[0].ticker->last == number("7"));
  CHECK(fetched[1].request == requests[1]);
  const Ticker& median = *fetched[1].ticker;
  CHECK(median.exchange.text() == "median");
  CHECK(median.symbol.text() == "BTC/USDT");
  CHECK(median.last == number("100"));
  CHECK(median.bid == number("99"));
  CHECK(median.ask == number("101"));
  CHECK(median.percentage == number("-0.5"));
  CHECK_FALSE(median.open);
  CHECK_FALSE(median.base_volume);
  CHECK_FALSE(median.timestamp);
  CHECK(median.received == from_unix_ms(2000));
}

TEST_CASE("an order of the median alone sends it what names no exchange") {
  TableMarket table;
  table.set("binance:BTC/USDT", "1");
  table.set("okx:BTC/USDT", "2");
  MedianMarket market{table, kThree};

  const auto fetched =
      market.fetch(std::vector{request("BTC/USDT")}, {.order = {median_exchange()}});

  REQUIRE(fetched.size() == 1);
  CHECK(fetched[0].ticker->last == number("1.5"));
  CHECK(market.fetch(std::vector{request("kraken:BTC/USDT")}, {}).size() == 1);
  CHECK(table.asked.back() == "kraken:BTC/USDT");
}

TEST_CASE("a median of too few prices is an error that says why") {
  struct Case {
    std::string_view why;
    std::vector<std::string_view> listed;
    bool okx_down;
    Errc code;
    std::string_view message;
  };
  const auto row = GENERATE(values<Case>({
      {"listed nowhere", {}, false, Errc::not_found, "no such pair"},
      {"listed nowhere else", {}, true, Errc::unavailable, "down"},
      {"one price", {"binance"}, false, Errc::unavailable, "there is 1"},
      {"one price and a failure", {"kraken"}, true, Errc::unavailable, "there is 1: down"},
  }));
  CAPTURE(row.why);
  TableMarket table;
  for (const std::string_view each : row.listed) {
    table.set(std::string{each} + ":BTC/USDT", "1");
  }
  if (row.okx_down) table.table.insert_or_assign("okx:BTC/USDT", Error{Errc::unavailable, "down"});
  MedianMarket market{table, kThree};

  const auto fetched = market.fetch(std::vector{request("median:BTC/USDT")}, {});

  REQUIRE_FALSE(fetched[0].ticker.has_value());
  CHECK(fetched[0].ticker.error().code == row.code);
  CHECK(fetched[0].ticker.error().message.find(row.message) != std::string::npos);
}
