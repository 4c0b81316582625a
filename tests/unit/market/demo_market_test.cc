#include "btcw/market/demo_market.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "market_samples.h"
#include "support/fake_clock.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

constexpr UtcTime kStart = from_unix_ms(1'732'290'000'000);

Ticker ask(Market& market, std::string_view text) {
  const std::vector<SymbolRequest> requests{{.symbol = symbol(text)}};
  auto fetched = market.fetch(requests, {});
  return fetched.at(0).ticker.value();
}

}  // namespace

TEST_CASE("the demo market is the same for the same seed, symbol and time, however it is asked") {
  FakeClock often_clock{kStart};
  FakeClock once_clock{kStart};
  FakeClock back_clock{kStart};
  const auto often = make_demo_market(7, kStart, often_clock);
  const auto once = make_demo_market(7, kStart, once_clock);
  const auto back = make_demo_market(7, kStart, back_clock);

  for (int i = 0; i < 100; ++i) {
    ask(*often, "BTC/USDT");
    ask(*often, "ETH/USDT");
    often_clock.advance(milliseconds{7'713});
  }
  once_clock.set(often_clock.now());
  // A clock that was days ahead and was set right.
  back_clock.set(kStart + std::chrono::hours{80});
  ask(*back, "BTC/USDT");
  back_clock.set(often_clock.now());

  const Ticker expected = ask(*often, "BTC/USDT");
  CHECK(ask(*once, "BTC/USDT") == expected);
  CHECK(ask(*back, "BTC/USDT") == expected);
}

TEST_CASE("the demo market begins at its start and does not depend on the date of it") {
  FakeClock clock{kStart};
  FakeClock later_clock{kStart + std::chrono::hours{1000}};
  const auto market = make_demo_market(7, kStart, clock);
  const auto later = make_demo_market(7, later_clock.now(), later_clock);

  CHECK(ask(*market, "BTC/USDT").last == ask(*later, "BTC/USDT").last);
  const Ticker first = ask(*market, "BTC/USDT");
  clock.set(kStart - std::chrono::hours{1});
  CHECK(ask(*market, "BTC/USDT").last == first.last);
}

TEST_CASE("another seed or symbol gives another market") {
  FakeClock clock{kStart};
  const auto market = make_demo_market(7, kStart, clock);
  const auto other = make_demo_market(8, kStart, clock);

  CHECK(ask(*market, "BTC/USDT").last != ask(*other, "BTC/USDT").last);
  CHECK(ask(*market, "BTC/USDT").last != ask(*market, "BTC/USDC").last);
}

TEST_CASE("a demo ticker is plausible and consistent at every moment") {
  const std::string_view pair =
      GENERATE("BTC/USDT", "ETH/BTC", "SHIB/USDT", "PEPE/BTC", "BTC/PEPE", "XYZZY/EUR", "USDC/USDT",
               "EUR/USD", "AAAAAAAAAAAAAAAAAAAA/USDT");
  CAPTURE(pair);
  FakeClock clock{kStart};
  const auto market = make_demo_market(42, kStart, clock);
  std::optional<Decimal> before;
  int changes = 0;

  for (int i = 0; i < 50; ++i) {
    const Ticker ticker = ask(*market, pair);
    CHECK(ticker.symbol == symbol(pair));
    CHECK(ticker.exchange.text() == "demo");
    CHECK(ticker.received == clock.now());
    CHECK(ticker.timestamp <= clock.now());
    CHECK(ticker.timestamp > clock.now() - seconds{1});
    CHECK(ticker.last > Decimal{});
    CHECK(*ticker.bid > Decimal{});
    CHECK(*ticker.bid < ticker.last);
    CHECK(*ticker.ask > ticker.last);
    CHECK(*ticker.low <= ticker.last);
    CHECK(*ticker.high >= ticker.last);
    CHECK(*ticker.low <= *ticker.open);
    CHECK(*ticker.high >= *ticker.open);
    CHECK(ticker.percentage == percent_change(*ticker.open, ticker.last));
    CHECK(*ticker.base_volume > Decimal{});
    CHECK(ticker.quote_volume.has_value());
    changes += before && *before != ticker.last ? 1 : 0;
    before = ticker.last;
    clock.advance(milliseconds{61'300});
  }
  CHECK(changes > 1);
}

TEST_CASE("well-known bases start near what they are worth") {
  struct Case {
    std::string_view pair;
    double low;
    double high;
  };
  const auto row = GENERATE(values<Case>({{"BTC/USDT", 7e4, 13e4},
                                          {"ETH/USDT", 2400, 4700},
                                          {"ETH/BTC", 0.025, 0.05},
                                          {"SHIB/USDT", 1.7e-5, 3.3e-5},
                                          {"USDC/USDT", 0.99, 1.01}}));
  CAPTURE(row.pair);
  FakeClock clock{kStart};
  const double last = ask(*make_demo_market(1, kStart, clock), row.pair).last.to_double();

  CHECK(last > row.low);
  CHECK(last < row.high);
}

TEST_CASE("demo prices have the decimals of their magnitude") {
  FakeClock clock{kStart};
  const auto market = make_demo_market(1, kStart, clock);

  CHECK(ask(*market, "BTC/USDT").last.places() <= 2);
  CHECK(ask(*market, "SHIB/USDT").last.places() <= 9);
  CHECK(ask(*market, "SHIB/USDT").last.places() >= 6);
}

TEST_CASE("a demo market that runs for months costs no more than one that just began") {
  FakeClock clock{kStart};
  const auto market = make_demo_market(1, kStart, clock);
  for (int day = 0; day < 60; ++day) {
    clock.advance(std::chrono::hours{24});
    ask(*market, "BTC/USDT");
  }
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    clock.advance(seconds{1});
    ask(*market, "BTC/USDT");
  }
  CHECK(std::chrono::steady_clock::now() - begin < seconds{1});
}

TEST_CASE("the demo market answers requests that are pinned to an exchange, under its own name") {
  FakeClock clock{kStart};
  const auto market = make_demo_market(1, kStart, clock);
  const std::vector<SymbolRequest> requests{
      {.symbol = symbol("BTC/USDT"), .exchange = exchange_name("kraken")},
      {.symbol = symbol("ETH/USDT"), .exchange = exchange_name("demo")}};

  const auto fetched = market->fetch(requests, {});

  REQUIRE(fetched.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(fetched[i].request == requests[i]);
    CHECK(fetched[i].ticker->exchange.text() == "demo");
  }
}
