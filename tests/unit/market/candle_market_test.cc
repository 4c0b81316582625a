#include "btcw/market/candle_market.h"

#include <catch2/catch.hpp>
#include <map>
#include <memory>

#include "btcw/base/wake_event.h"
#include "market_samples.h"
#include "support/fake_candles.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"
#include "support/scripted_http.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test
using namespace std::chrono_literals;

namespace {

/// A budget that a test opens and closes.
class ListedBudget final : public RequestBudget {
 public:
  std::optional<milliseconds> take(std::string_view host, RequestRate rate, int weight) override {
    static_cast<void>(rate);
    taken += weight;
    hosts.emplace_back(host);
    return refusal;
  }
  std::optional<UtcTime> closed_until(std::string_view host) override {
    const auto found = closed.find(std::string{host});
    return found == closed.end() ? std::nullopt : std::optional{found->second};
  }
  void close(std::string_view host, UtcTime until) override { closed[std::string{host}] = until; }

  int taken = 0;
  std::optional<milliseconds> refusal;
  std::vector<std::string> hosts;
  std::map<std::string, UtcTime> closed;
};

struct Bench {
  FakeClock clock;
  ScriptedHttp http{clock};
  RecordingLog log;
  ListedBudget budget;
  FakeListing listing{{"BTC/USDT", {}}, {"ETH/USDT", {}}};
  MarketOptions options{.order = {}};
  std::unique_ptr<CandleMarket> market;

  Bench() {
    for (const std::string_view name : {"binance", "kraken", "coinbase"}) {
      options.exchanges[exchange_name(name)].rest_url = "http://" + std::string{name};
    }
    options.exchanges[exchange_name("okx")].enabled = false;
  }
  /// The exchange answers as it should.
  void serve(const std::string& exchange) {
    http.add("http://" + exchange, [this, exchange](const HttpRequest& request) {
      const auto target = parse_target(request.url.substr(7 + exchange.size()));
      const auto served = fake_candles(exchange, listing, target, clock.now());
      return served ? respond(served->status, served->body) : respond(404);
    });
  }
  Result<std::vector<Candle>> fetch(std::string_view exchange, std::string_view pair,
                                    milliseconds interval, int count,
                                    std::span<const int> wake_fds = {}) {
    if (!market) market = make_candle_market(options, budget, http, clock, log);
    return market->fetch({exchange_name(exchange), symbol(pair), interval, count}, wake_fds);
  }
};

}  // namespace

TEST_CASE("candles are asked for with one call, paid from the budget of the exchange") {
  Bench bench;
  bench.serve("binance");

  const auto candles = bench.fetch("binance", "BTC/USDT", 1min, 121);

  REQUIRE(candles);
  CHECK(candles->size() == 122);
  CHECK(candles->back().start == candle_start(bench.clock.now(), 1min));
  REQUIRE(bench.http.requests().size() == 1);
  CHECK(bench.http.requests()[0].url ==
        "http://binance/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=122");
  CHECK(bench.http.requests()[0].timeout == bench.options.timeout);
  CHECK(bench.budget.taken == 1);
  CHECK(bench.budget.hosts == std::vector<std::string>{"http://binance"});
}

TEST_CASE("candles that an exchange does not have are put together, whole ones only") {
  Bench bench;
  bench.serve("coinbase");

  const auto candles = bench.fetch("coinbase", "BTC/USDT", 4h, 500);

  // 300 hours: the first candle may be cut short.
  REQUIRE(candles);
  CHECK(candles->size() >= 74);
  CHECK(candles->size() <= 76);
  for (const Candle& candle : *candles) CHECK(candle_start(candle.start, 4h) == candle.start);
  const auto last_hour = candle_start(bench.clock.now(), 1h);
  CHECK(candles->front().start >= last_hour - 299h);
  CHECK(bench.http.requests()[0].url ==
        "http://coinbase/products/BTC-USDT/candles?granularity=3600");
}

TEST_CASE("a request that nobody can answer costs no call") {
  struct Case {
    std::string_view exchange;
    milliseconds interval;
  };
  const auto row = GENERATE(values<Case>({
      {"coingecko", 1min},
      {"demo", 1min},
      {"median", 1min},
      {"okx", 1min},  // not enabled
      {"binance", 30s},
  }));
  CAPTURE(row.exchange);
  Bench bench;

  const auto candles = bench.fetch(row.exchange, "BTC/USDT", row.interval, 10);

  REQUIRE_FALSE(candles);
  CHECK(candles.error().code == Errc::invalid_input);
  CHECK(bench.http.requests().empty());
  CHECK(bench.budget.taken == 0);
}

TEST_CASE("a limit that an exchange tells holds for all who share the budget") {
  Bench bench;
  bench.http.add("http://binance", respond(429, "", {{"retry-after", "20"}}));

  const auto first = bench.fetch("binance", "BTC/USDT", 1min, 10);
  const auto second = bench.fetch("binance", "ETH/USDT", 1min, 10);

  REQUIRE_FALSE(first);
  CHECK(first.error().code == Errc::rate_limited);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Errc::rate_limited);
  CHECK(bench.http.requests().size() == 1);
  CHECK(bench.budget.closed.count("http://binance") == 1);
}

TEST_CASE("an exchange that others were told to leave alone is not asked") {
  Bench bench;
  bench.serve("kraken");
  bench.budget.closed["http://kraken"] = bench.clock.now() + 1h;
  const auto candles = bench.fetch("kraken", "BTC/USDT", 1min, 10);
  REQUIRE_FALSE(candles);
  CHECK(candles.error().code == Errc::rate_limited);
  CHECK(bench.http.requests().empty());
}

TEST_CASE("a budget that is used up for long is no reason to wait") {
  Bench bench;
  bench.budget.refusal = 11s;
  const auto candles = bench.fetch("binance", "BTC/USDT", 1min, 10);
  REQUIRE_FALSE(candles);
  CHECK(candles.error().code == Errc::rate_limited);
  CHECK(candles.error().retry_at.has_value());
  CHECK(bench.http.requests().empty());
}

TEST_CASE("every other call is left to the prices") {
  Bench bench;
  bench.serve("kraken");
  const SteadyTime begun = bench.clock.steady_now();
  for (int i = 0; i < 4; ++i) REQUIRE(bench.fetch("kraken", "BTC/USDT", 1min, 10));
  // One call a second is what it may be sent.
  CHECK(bench.clock.steady_now() - begun == 6s);
}

TEST_CASE("an exchange that is down is asked once a minute, others meanwhile") {
  Bench bench;
  bench.serve("kraken");
  bench.http.add("http://binance", respond(503));
  for (int i = 0; i < 5; ++i) {
    const auto candles = bench.fetch("binance", "BTC/USDT", 1min, 10);
    REQUIRE_FALSE(candles);
    CHECK(candles.error().code == Errc::unavailable);
  }
  CHECK(bench.http.requests().size() == 1);
  CHECK(bench.fetch("kraken", "BTC/USDT", 1min, 10));
  bench.clock.advance(1min);
  CHECK_FALSE(bench.fetch("binance", "BTC/USDT", 1min, 10));
  CHECK(bench.http.requests().size() == 3);
}

TEST_CASE("a pair that the exchange does not know is asked for once") {
  Bench bench;
  bench.http.add("http://coinbase", respond(404, R"({"message":"NotFound"})"));
  for (int i = 0; i < 3; ++i) {
    const auto candles = bench.fetch("coinbase", "BTC/USDT", 1min, 10);
    REQUIRE_FALSE(candles);
    CHECK(candles.error().code == Errc::not_found);
  }
  CHECK(bench.http.requests().size() == 1);
}

TEST_CASE("a request is given up when somebody is to be heard") {
  Bench bench;
  auto wake = WakeEvent::make();
  REQUIRE(wake);
  wake->set();
  auto hanging = respond(200, "[]");
  hanging.after = 5s;
  bench.http.add("http://binance", hanging);
  const SteadyTime begun = bench.clock.steady_now();

  const auto candles = bench.fetch("binance", "BTC/USDT", 1min, 10, std::array{wake->fd()});

  REQUIRE_FALSE(candles);
  CHECK(candles.error().code == Errc::unavailable);
  CHECK(bench.clock.steady_now() - begun < 5s);
  CHECK(bench.http.under_way() == 0);
}
