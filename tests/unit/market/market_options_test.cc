#include <catch2/catch.hpp>
#include <string_view>
#include <vector>

#include "btcw/market/market.h"

namespace {

using namespace btcw;

ExchangeName exchange(std::string_view name) { return *ExchangeName::parse(name); }

TEST_CASE("an exchange has what its section sets, and without one the defaults") {
  MarketOptions options{
      .order = {exchange("okx"), exchange("kraken"), exchange("binance")},
  };
  options.exchanges[exchange("kraken")].enabled = false;
  options.exchanges[exchange("okx")].rest_url = "http://127.0.0.1";
  options.exchanges[exchange("gate")].rate = "30/1m";

  CHECK(options.of(exchange("okx")).rest_url == "http://127.0.0.1");
  CHECK_FALSE(options.of(exchange("kraken")).enabled);
  CHECK(options.of(exchange("gate")).rate == "30/1m");
  CHECK(options.of(exchange("binance")).enabled);
  CHECK(options.of(exchange("binance")).rest_url.empty());
  CHECK(options.enabled() == std::vector{exchange("okx"), exchange("binance")});
}

}  // namespace
