#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/market/exchange_names.h"
#include "support/fake_exchange.h"
#include "support/run_btcw.h"

namespace btcw::test {

/// btcw in a sandbox whose configuration points every exchange at a fake one.
class PriceBench {
 public:
  PriceBench() {
    exchange.set("BTC/USDT", {.last = "97123.40", .open = "95000.00"});
    exchange.set("ETH/USDT", {.last = "3456.789"});
    exchange.set("SHIB/USDT", {.last = "0.00002431"});
    configure("");
  }

  /// Writes the configuration: what the fake needs, and `more` before it.
  void configure(std::string_view more,
                 std::string_view order = R"(["binance", "kraken", "okx"])") {
    std::string text = fmt::format(
        "exchanges = {}\n{}\n[http]\ntimeout = \"2s\"\n"
        "connect_timeout = \"1s\"\n",
        order, more);
    for (const std::string_view name : exchange_names()) {
      fmt::format_to(std::back_inserter(text), "[exchange.{}]\nrest_url = \"{}\"\n", name,
                     exchange.url(name));
    }
    sandbox.write_config(text);
  }

  [[nodiscard]] Outcome price(std::vector<std::string> arguments,
                              std::map<std::string, std::string> environment = {}) const {
    return run({.arguments = std::move(arguments), .environment = std::move(environment)});
  }
  [[nodiscard]] Outcome run(Invocation invocation) const {
    invocation.arguments.insert(invocation.arguments.begin(), "price");
    return sandbox.run(invocation);
  }
  /// How many requests all exchanges together got.
  [[nodiscard]] std::size_t requests() const {
    std::size_t sum = 0;
    for (const std::string_view name : exchange_names()) sum += exchange.requests(name);
    return sum;
  }

  FakeExchange exchange;
  Sandbox sandbox{BTCW_EXECUTABLE};
};

}  // namespace btcw::test
