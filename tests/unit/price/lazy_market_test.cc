#include "btcw/price/lazy_market.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"

namespace {

using namespace btcw;

SymbolRequest request(std::string_view text) { return *SymbolRequest::parse(text, "USDT"); }

ExchangeName exchange(std::string_view name) { return *ExchangeName::parse(name); }

/// Answers 1 for everything, as "binance".
class RealMarket final : public Market {
 public:
  std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                             const FetchOptions&) override {
    std::vector<Fetched> fetched;
    for (const SymbolRequest& request : requests) {
      fetched.push_back({request, Ticker{.symbol = request.symbol,
                                         .exchange = exchange("binance"),
                                         .last = *Decimal::parse("1"),
                                         .received = {}}});
    }
    return fetched;
  }
};

struct Bench {
  test::FakeClock clock;
  RealMarket real;
  int opened = 0;

  LazyMarket market(std::vector<ExchangeName> order = {exchange("binance")}) {
    return LazyMarket{[this]() -> Result<Market*> {
                        ++opened;
                        return &real;
                      },
                      std::move(order), clock};
  }
};

}  // namespace

TEST_CASE("the real market is opened when something is asked of it, once") {
  Bench bench;
  LazyMarket market = bench.market();
  CHECK(bench.opened == 0);

  const std::vector requests{request("BTC/USDT")};
  (void)market.fetch(requests, {});
  (void)market.fetch(requests, {});

  CHECK(bench.opened == 1);
}

TEST_CASE("a simulated price is given only to those who ask for one") {
  struct Case {
    std::string_view why;
    std::string_view request;
    std::vector<ExchangeName> configured;
    std::vector<ExchangeName> asked;
    bool simulated;
  };
  const auto row = GENERATE(values<Case>({
      {"no exchange named", "BTC/USDT", {exchange("binance")}, {}, false},
      {"pinned to demo", "demo:BTC/USDT", {exchange("binance")}, {}, true},
      {"demo alone in the options", "BTC/USDT", {exchange("binance")}, {exchange("demo")}, true},
      {"demo alone in the configuration", "BTC/USDT", {exchange("demo")}, {}, true},
      {"demo in the configuration, others asked",
       "BTC/USDT",
       {exchange("demo")},
       {exchange("okx")},
       false},
      {"demo is not the fall-back of real ones",
       "BTC/USDT",
       {exchange("okx"), exchange("demo")},
       {},
       false},
      {"a pin is stronger than the options", "okx:BTC/USDT", {}, {exchange("demo")}, false},
  }));
  CAPTURE(row.why);
  Bench bench;
  LazyMarket market = bench.market(row.configured);
  const std::vector requests{request(row.request)};

  const auto fetched = market.fetch(requests, {.order = row.asked});

  REQUIRE(fetched.size() == 1);
  REQUIRE(fetched[0].ticker);
  CHECK(fetched[0].ticker->exchange.text() == (row.simulated ? "demo" : "binance"));
  CHECK(bench.opened == (row.simulated ? 0 : 1));
}

TEST_CASE("answers of both markets come back in the order of the requests") {
  Bench bench;
  LazyMarket market = bench.market();
  const std::vector requests{request("demo:A/USDT"), request("B/USDT"), request("demo:C/USDT"),
                             request("D/USDT")};

  const auto fetched = market.fetch(requests, {});

  REQUIRE(fetched.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(fetched[i].request == requests[i]);
    CHECK(fetched[i].ticker->symbol == requests[i].symbol);
  }
}

TEST_CASE("when the real market cannot be opened every request that needs it says so") {
  test::FakeClock clock;
  LazyMarket market{[]() -> Result<Market*> {
                      return Error{Errc::unavailable, "no network module"};
                    },
                    {},
                    clock};
  const std::vector requests{request("BTC/USDT"), request("demo:BTC/USDT")};

  const auto fetched = market.fetch(requests, {});

  CHECK(fetched[0].ticker.error().message == "no network module");
  CHECK(fetched[1].ticker.has_value());
}
