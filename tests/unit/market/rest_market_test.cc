// Who is asked, in which order, and what becomes of an exchange's failures.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <memory>

#include "btcw/market/market.h"
#include "btcw/market/shared_rest_market.h"
#include "market_samples.h"
#include "support/fake_clock.h"
#include "support/fake_exchange_answers.h"
#include "support/recording_log.h"
#include "support/scripted_http.h"

using namespace btcw;        // NOLINT(google-build-using-namespace): a test
using namespace btcw::test;  // NOLINT(google-build-using-namespace): a test

namespace {

/// A market over scripted exchanges: each answers from its listing unless told otherwise.
struct Bench {
  FakeClock clock;
  ScriptedHttp http{clock};
  RecordingLog log;
  std::map<std::string, FakeListing> listings;
  MarketOptions options;
  std::unique_ptr<Market> market;

  explicit Bench(std::initializer_list<std::string_view> order) {
    for (const std::string_view name : order) options.order.push_back(exchange_name(name));
  }

  static std::string url(std::string_view exchange) {
    return "http://" + std::string{exchange} + ".test";
  }

  /// Lists a pair at a price.
  void list(const std::string& exchange, const std::string& pair, const std::string& last) {
    FakeQuote quote;
    quote.last = last;
    if (listings.find(exchange) == listings.end()) {
      http.add(url(exchange), [this, exchange](const HttpRequest& request) {
        const std::string target = request.url.substr(url(exchange).size());
        auto served = fake_answer(exchange, listings[exchange], target, 0);
        return respond(served.status, served.body);
      });
    }
    listings[exchange][pair] = quote;
  }

  Market& start() {
    for (const std::string_view name :
         {"binance", "coinbase", "kraken", "okx", "bybit", "bitstamp"}) {
      options.exchanges[exchange_name(name)].rest_url = url(name);
    }
    market = make_rest_market(options, http, clock, log);
    return *market;
  }

  std::vector<Fetched> fetch(std::initializer_list<std::string_view> texts,
                             const FetchOptions& fetch_options = {}) {
    if (!market) start();
    std::vector<SymbolRequest> requests;
    for (const std::string_view text : texts) {
      requests.push_back(SymbolRequest::parse(text, {}).value());
    }
    return market->fetch(requests, fetch_options);
  }

  std::size_t asked(std::string_view exchange) const {
    return static_cast<std::size_t>(std::count_if(
        http.requests().begin(), http.requests().end(),
        [exchange](const HttpRequest& request) { return request.url.starts_with(url(exchange)); }));
  }
};

/// "binance 100", or the error's code.
std::string outcome(const Fetched& fetched) {
  if (!fetched.ticker) return std::string{to_string(fetched.ticker.error().code)};
  return std::string{fetched.ticker->exchange.text()} + " " + fetched.ticker->last.to_string();
}

ScriptedAnswer late(ScriptedAnswer answer, milliseconds after) {
  answer.after = after;
  return answer;
}

}  // namespace

TEST_CASE("the first exchange of the order is asked, and only that one") {
  Bench bench{"kraken", "binance"};
  bench.list("kraken", "BTC/USDT", "1");
  bench.list("binance", "BTC/USDT", "2");

  const auto fetched = bench.fetch({"BTC/USDT"});

  REQUIRE(fetched.size() == 1);
  CHECK(outcome(fetched[0]) == "kraken 1");
  CHECK(bench.http.requests().size() == 1);
}

TEST_CASE("a fetch may have an order of its own") {
  Bench bench{"kraken", "binance"};
  bench.list("kraken", "BTC/USDT", "1");
  bench.list("binance", "BTC/USDT", "2");

  CHECK(outcome(bench.fetch({"BTC/USDT"}, {.order = {exchange_name("binance")}})[0]) ==
        "binance 2");
  CHECK(bench.asked("kraken") == 0);
}

TEST_CASE("answers come in the order of the requests, each symbol asked for once") {
  Bench bench{"binance"};
  bench.list("binance", "BTC/USDT", "1");
  bench.list("binance", "ETH/USDT", "2");
  bench.list("okx", "ETH/USDT", "3");

  const auto fetched =
      bench.fetch({"ETH/USDT", "okx:ETH/USDT", "BTC/USDT", "ETH/USDT", "binance:ETH/USDT"});

  REQUIRE(fetched.size() == 5);
  CHECK(outcome(fetched[0]) == "binance 2");
  CHECK(outcome(fetched[1]) == "okx 3");
  CHECK(outcome(fetched[2]) == "binance 1");
  CHECK(outcome(fetched[3]) == "binance 2");
  CHECK(outcome(fetched[4]) == "binance 2");
  CHECK(bench.asked("binance") == 1);
  CHECK(bench.asked("okx") == 1);
  CHECK(bench.http.most_at_once() == 2);
}

TEST_CASE("ten symbols of one exchange are one request, of coinbase twenty") {
  struct Case {
    std::string exchange;
    std::size_t requests;
  };
  const auto row = GENERATE(values<Case>({{"binance", 1},
                                          {"kraken", 1},
                                          {"okx", 1},
                                          {"bybit", 1},
                                          {"bitstamp", 1},
                                          {"coinbase", 20}}));
  CAPTURE(row.exchange);
  Bench bench{};
  bench.options.order = {exchange_name(row.exchange)};
  for (int i = 0; i < 10; ++i) {
    bench.list(row.exchange, "A" + std::to_string(i) + "/USDT", std::to_string(100 + i));
  }

  const auto fetched = bench.fetch({"A0/USDT", "A1/USDT", "A2/USDT", "A3/USDT", "A4/USDT",
                                    "A5/USDT", "A6/USDT", "A7/USDT", "A8/USDT", "A9/USDT"});

  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(outcome(fetched[i]) == row.exchange + " " + std::to_string(100 + i));
    CHECK(text(fetched[i].ticker->high) == "120");
  }
  CHECK(bench.http.requests().size() == row.requests);
}

TEST_CASE("calls beyond an exchange's budget wait for their turn") {
  Bench bench{"coinbase"};
  for (int i = 0; i < 10; ++i) bench.list("coinbase", "A" + std::to_string(i) + "/USDT", "1");
  const SteadyTime begin = bench.clock.steady_now();

  const auto fetched = bench.fetch({"A0/USDT", "A1/USDT", "A2/USDT", "A3/USDT", "A4/USDT",
                                    "A5/USDT", "A6/USDT", "A7/USDT", "A8/USDT", "A9/USDT"});

  CHECK(outcome(fetched[9]) == "coinbase 1");
  CHECK(bench.clock.steady_now() - begin == 8 * milliseconds{150});
  CHECK(bench.http.most_at_once() <= 12);
}

TEST_CASE("what the first exchange cannot answer goes to the next within the same fetch") {
  struct Case {
    std::string_view why;
    ScriptedAnswer trouble;
    milliseconds at_most;
  };
  const auto row = GENERATE(values<Case>({
      {"down", respond(503, "<html>"), milliseconds{0}},
      {"cannot be reached", fail_with(Errc::unavailable, "connection refused"), milliseconds{0}},
      {"limit", respond(429, "", {{"retry-after", "9"}}), milliseconds{0}},
      {"ban", respond(418), milliseconds{0}},
      {"region", respond(451), milliseconds{0}},
      {"refused", respond(403), milliseconds{0}},
      {"a page", respond(200, "<html>BTCUSDT 5</html>"), milliseconds{0}},
      {"cut off", respond(200, R"({"symbol":"BTCUSDT","lastPrice":"5")"), milliseconds{0}},
      {"unknown symbol", respond(400, R"({"code":-1121,"msg":"Invalid symbol."})"),
       milliseconds{0}},
      {"another symbol", respond(200, R"({"symbol":"ETHUSDT","lastPrice":"5"})"), milliseconds{0}},
      {"a price of zero", respond(200, R"({"symbol":"BTCUSDT","lastPrice":"0.00"})"),
       milliseconds{0}},
      {"no price", respond(200, R"({"symbol":"BTCUSDT"})"), milliseconds{0}},
      {"hangs", late(respond(200, ""), std::chrono::hours{1}), seconds{10}},
  }));
  CAPTURE(row.why);
  Bench bench{"binance", "kraken", "okx"};
  bench.http.add(Bench::url("binance"), row.trouble);
  bench.list("kraken", "BTC/USDT", "1");
  bench.list("okx", "BTC/USDT", "2");
  const SteadyTime begin = bench.clock.steady_now();

  const auto fetched = bench.fetch({"BTC/USDT"});

  CHECK(outcome(fetched[0]) == "kraken 1");
  CHECK(bench.asked("okx") == 0);
  CHECK(bench.clock.steady_now() - begin <= row.at_most);
}

TEST_CASE("a failed exchange does not wait for the others before the next one is asked") {
  Bench bench{"binance", "kraken"};
  bench.http.add(Bench::url("binance"), respond(503));
  bench.list("kraken", "BTC/USDT", "1");
  bench.http.add(Bench::url("okx"), late(respond(503), seconds{8}));
  const SteadyTime begin = bench.clock.steady_now();
  std::optional<SteadyTime> kraken_at;
  bench.http.add(Bench::url("kraken") + "/0", [&](const HttpRequest& request) {
    kraken_at = bench.clock.steady_now();
    return respond(200, fake_answer("kraken", bench.listings["kraken"],
                                    request.url.substr(Bench::url("kraken").size()), 0)
                            .body);
  });

  const auto fetched = bench.fetch({"BTC/USDT", "okx:BTC/USDT"});

  CHECK(outcome(fetched[0]) == "kraken 1");
  CHECK(outcome(fetched[1]) == "unavailable");
  REQUIRE(kraken_at.has_value());
  CHECK(*kraken_at - begin == milliseconds{0});
}

TEST_CASE("a hanging exchange leaves the next one time before the fetch ends") {
  Bench bench{"binance", "kraken"};
  bench.http.add(Bench::url("binance"), late(respond(200), std::chrono::hours{1}));
  bench.list("kraken", "BTC/USDT", "1");

  const auto fetched = bench.fetch({"BTC/USDT"}, {.until = bench.clock.steady_now() + seconds{6}});

  CHECK(outcome(fetched[0]) == "kraken 1");
}

TEST_CASE("all symbols of a failed exchange go to the next one in one request") {
  Bench bench{"binance", "kraken"};
  bench.http.add(Bench::url("binance"), respond(503));
  for (const char* pair : {"BTC/USDT", "ETH/USDT", "SOL/USDT"}) bench.list("kraken", pair, "1");

  const auto fetched = bench.fetch({"BTC/USDT", "ETH/USDT", "SOL/USDT"});

  for (const Fetched& each : fetched) CHECK(outcome(each) == "kraken 1");
  CHECK(bench.asked("kraken") == 1);
}

TEST_CASE("a budget that other processes use up sends a request to the next exchange in time") {
  /// Of everything but okx' the others have taken what there is.
  class OthersBudget final : public RequestBudget {
   public:
    std::optional<milliseconds> take(std::string_view host, RequestRate, int) override {
      if (host.find("okx") != std::string_view::npos || takes++ >= busy) return std::nullopt;
      return wait;
    }
    std::optional<UtcTime> closed_until(std::string_view) override { return std::nullopt; }
    void close(std::string_view, UtcTime) override { ++closed; }
    milliseconds wait{0};
    int busy = 0;
    int takes = 0;
    int closed = 0;
  } budget;
  struct Case {
    std::string_view why;
    milliseconds wait;
    int busy;
    std::string_view outcome;
  };
  const auto row = GENERATE(values<Case>({
      {"nobody is in the way", milliseconds{0}, 0, "kraken 1"},
      {"a short wait", seconds{1}, 5, "kraken 1"},
      {"too many short ones", seconds{1}, 50, "okx 2"},
      {"one too long", seconds{15}, 1, "okx 2"},
  }));
  CAPTURE(row.why);
  budget.wait = row.wait;
  budget.busy = row.busy;
  Bench bench{"kraken", "okx"};
  bench.list("kraken", "BTC/USDT", "1");
  bench.list("okx", "BTC/USDT", "2");
  bench.start();
  bench.market = make_shared_rest_market(bench.options, budget, bench.http, bench.clock, bench.log);

  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == row.outcome);
  if (row.outcome == "okx 2") {
    const auto pinned = bench.fetch({"kraken:BTC/USDT"});
    if (row.busy > 40) {
      CHECK(outcome(pinned[0]) == "rate_limited");
      CHECK(pinned[0].ticker.error().retry_at.has_value());
    }
  }
  // Nobody was refused by the exchange.
  CHECK(budget.closed == 0);
}

TEST_CASE("a pinned request is not passed on") {
  Bench bench{"binance", "kraken"};
  bench.http.add(Bench::url("binance"), respond(503));
  bench.list("kraken", "BTC/USDT", "1");

  const auto fetched = bench.fetch({"binance:BTC/USDT"});

  CHECK(outcome(fetched[0]) == "unavailable");
  CHECK(fetched[0].ticker.error().message.starts_with("binance: "));
  CHECK(bench.asked("kraken") == 0);
}

TEST_CASE("one unknown symbol in a batch costs the others nothing") {
  const std::string exchange =
      GENERATE("binance", "kraken", "okx", "bybit", "bitstamp", "coinbase");
  CAPTURE(exchange);
  Bench bench{};
  bench.options.order = {exchange_name(exchange)};
  bench.list(exchange, "BTC/USDT", "1");
  bench.list(exchange, "ETH/USDT", "2");
  bench.list(exchange, "SOL/USDT", "3");
  bench.list(exchange, "XRP/USDT", "4");

  const auto fetched = bench.fetch({"BTC/USDT", "ETH/USDT", "NOPE/USDT", "SOL/USDT", "XRP/USDT"});

  CHECK(outcome(fetched[0]) == exchange + " 1");
  CHECK(outcome(fetched[1]) == exchange + " 2");
  CHECK(outcome(fetched[2]) == "not_found");
  CHECK(outcome(fetched[3]) == exchange + " 3");
  CHECK(outcome(fetched[4]) == exchange + " 4");
}

TEST_CASE("a symbol that an exchange does not know is not asked for again within the hour") {
  Bench bench{"binance", "kraken"};
  bench.list("binance", "ETH/USDT", "2");
  bench.list("kraken", "BTC/USDT", "1");
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 1");
  CHECK(bench.asked("binance") == 1);

  bench.clock.advance(std::chrono::minutes{59});
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 1");
  CHECK(bench.asked("binance") == 1);
  CHECK(outcome(bench.fetch({"binance:BTC/USDT"})[0]) == "not_found");
  CHECK(bench.asked("binance") == 1);

  bench.clock.advance(std::chrono::minutes{2});
  bench.list("binance", "BTC/USDT", "7");
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "binance 7");
}

TEST_CASE("an exchange is not asked before its limit is lifted, even if the wall clock is set") {
  Bench bench{"binance", "kraken"};
  bench.http.add(Bench::url("binance"), respond(429, "", {{"retry-after", "60"}}));
  bench.list("kraken", "BTC/USDT", "1");
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 1");

  bench.clock.advance(seconds{59});
  bench.clock.set(bench.clock.now() + std::chrono::hours{5});
  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 1");
  CHECK(bench.asked("binance") == 1);
  const auto pinned = bench.fetch({"binance:BTC/USDT"});
  CHECK(outcome(pinned[0]) == "rate_limited");
  CHECK(pinned[0].ticker.error().retry_at.has_value());

  bench.clock.advance(seconds{1});
  bench.fetch({"BTC/USDT"});
  CHECK(bench.asked("binance") == 2);
}

TEST_CASE("the error of a request tells what stood in the way") {
  struct Case {
    std::string_view why;
    ScriptedAnswer binance;
    ScriptedAnswer kraken;
    Errc code;
  };
  const ScriptedAnswer down = respond(503);
  const ScriptedAnswer unknown = respond(400, R"({"code":-1121,"msg":"Invalid symbol."})");
  const ScriptedAnswer kraken_unknown = respond(200, R"({"error":["EQuery:Unknown asset pair"]})");
  const ScriptedAnswer limit = respond(429, "", {{"retry-after", "60"}});
  const ScriptedAnswer sooner = respond(429, "", {{"retry-after", "20"}});
  const ScriptedAnswer rubbish = respond(200, "<html>");
  const ScriptedAnswer region = respond(451);
  const auto row = GENERATE_COPY(values<Case>({
      {"all down", down, down, Errc::unavailable},
      {"all unknown", unknown, kraken_unknown, Errc::not_found},
      {"unknown, then down", unknown, down, Errc::unavailable},
      {"down, then unknown", down, kraken_unknown, Errc::not_found},
      {"rubbish, then unknown", rubbish, kraken_unknown, Errc::bad_data},
      {"unknown, then rubbish", unknown, rubbish, Errc::bad_data},
      {"region, then unknown", region, kraken_unknown, Errc::rejected},
      {"limits only", limit, sooner, Errc::rate_limited},
      {"limit, then down", limit, down, Errc::unavailable},
      {"down, then limit", down, limit, Errc::unavailable},
      {"limit, then unknown", limit, kraken_unknown, Errc::not_found},
      {"down, then rubbish", down, rubbish, Errc::bad_data},
      {"rubbish, then region", rubbish, region, Errc::rejected},
  }));
  CAPTURE(row.why);
  Bench bench{"binance", "kraken"};
  bench.http.add(Bench::url("binance"), row.binance);
  bench.http.add(Bench::url("kraken"), row.kraken);

  const auto fetched = bench.fetch({"BTC/USDT"});

  REQUIRE_FALSE(fetched[0].ticker.has_value());
  const Error& error = fetched[0].ticker.error();
  CHECK(to_string(error.code) == to_string(row.code));
  CHECK(error.message.find("binance: ") != std::string::npos);
  CHECK(error.message.find("kraken: ") != std::string::npos);
  CHECK(error.retry_at.has_value() == (row.code == Errc::rate_limited));
  if (error.retry_at) CHECK(*error.retry_at == bench.clock.now() + seconds{20});
}

TEST_CASE("some requests may fail while others are answered") {
  Bench bench{"binance", "kraken"};
  bench.list("binance", "BTC/USDT", "1");
  bench.list("kraken", "ETH/USDT", "2");

  const auto fetched = bench.fetch({"BTC/USDT", "ETH/USDT", "NOPE/USDT"});

  CHECK(outcome(fetched[0]) == "binance 1");
  CHECK(outcome(fetched[1]) == "kraken 2");
  CHECK(outcome(fetched[2]) == "not_found");
}

TEST_CASE("an exchange that is off, or that there is none of, is not asked") {
  Bench bench{"binance", "kraken"};
  bench.options.exchanges[exchange_name("binance")].enabled = false;
  bench.list("binance", "BTC/USDT", "1");
  bench.list("kraken", "BTC/USDT", "2");

  CHECK(outcome(bench.fetch({"BTC/USDT"})[0]) == "kraken 2");
  CHECK(outcome(bench.fetch({"binance:BTC/USDT"})[0]) == "invalid_input");
  CHECK(outcome(bench.fetch({"mtgox:BTC/USDT"})[0]) == "invalid_input");
  CHECK(bench.asked("binance") == 0);
}

TEST_CASE("with no exchange at all the error says so") {
  Bench bench{};
  const auto fetched = bench.fetch({"BTC/USDT"});
  CHECK(outcome(fetched[0]) == "invalid_input");
}

TEST_CASE("nothing asked for is nothing fetched") {
  Bench bench{"binance"};
  CHECK(bench.fetch({}).empty());
  CHECK(bench.http.requests().empty());
}

TEST_CASE("paths are appended to the configured host, whether or not it ends in a slash") {
  Bench bench{"binance"};
  bench.start();
  bench.options.exchanges[exchange_name("binance")].rest_url = "http://127.0.0.1:9000/binance/";
  bench.market = make_rest_market(bench.options, bench.http, bench.clock, bench.log);
  bench.fetch({"BTC/USDT"});
  REQUIRE(bench.http.requests().size() == 1);
  CHECK(bench.http.requests()[0].url ==
        "http://127.0.0.1:9000/binance/api/v3/ticker/24hr?symbol=BTCUSDT");
  CHECK(bench.http.requests()[0].method == "GET");
}

TEST_CASE("without a configured host the exchange's own is asked") {
  Bench bench{"okx"};
  bench.market = make_rest_market(bench.options, bench.http, bench.clock, bench.log);
  bench.fetch({"BTC/USDT"});
  REQUIRE(bench.http.requests().size() == 1);
  CHECK(bench.http.requests()[0].url == "https://www.okx.com/api/v5/market/ticker?instId=BTC-USDT");
}

TEST_CASE("coinbase's two calls make one ticker, and the price comes also without the second") {
  struct Case {
    std::string_view why;
    ScriptedAnswer stats;
    std::string_view open;
    std::string_view percentage;
  };
  const auto row = GENERATE(values<Case>({
      {"both", respond(200, R"({"open":"80","high":"120","low":"70","last":"1"})"), "80", "25"},
      {"statistics down", respond(503), "null", "null"},
      {"statistics unreadable", respond(200, "<html>"), "null", "null"},
      {"statistics before the ticker", late(respond(200, R"({"open":"80"})"), milliseconds{0}),
       "80", "25"},
      {"statistics late", late(respond(200, R"({"open":"80"})"), seconds{3}), "80", "25"},
      {"statistics hang", late(respond(200, R"({"open":"80"})"), std::chrono::hours{1}), "null",
       "null"},
  }));
  CAPTURE(row.why);
  Bench bench{"coinbase"};
  bench.http.add(Bench::url("coinbase") + "/products/BTC-USD/ticker",
                 late(respond(200, R"({"price":"100","bid":"99"})"), seconds{1}));
  bench.http.add(Bench::url("coinbase") + "/products/BTC-USD/stats", row.stats);

  const auto fetched = bench.fetch({"BTC/USD"});

  REQUIRE(outcome(fetched[0]) == "coinbase 100");
  CHECK(text(fetched[0].ticker->open) == row.open);
  CHECK(text(fetched[0].ticker->percentage) == row.percentage);
  CHECK(text(fetched[0].ticker->bid) == "99");
}

TEST_CASE("without coinbase's ticker there is no price, whatever its statistics say") {
  Bench bench{"coinbase", "kraken"};
  bench.http.add(Bench::url("coinbase") + "/products/BTC-USD/ticker", respond(503));
  bench.http.add(Bench::url("coinbase") + "/products/BTC-USD/stats",
                 late(respond(200, R"({"open":"80","last":"7"})"), std::chrono::hours{1}));
  bench.list("kraken", "BTC/USD", "1");
  const SteadyTime begin = bench.clock.steady_now();

  CHECK(outcome(bench.fetch({"BTC/USD"})[0]) == "kraken 1");
  CHECK(bench.clock.steady_now() - begin < seconds{1});
}

TEST_CASE("a fetch ends at its time, with what is there by then") {
  Bench bench{"binance", "kraken"};
  bench.list("binance", "BTC/USDT", "1");
  bench.http.add(Bench::url("okx"), late(respond(200), std::chrono::hours{1}));
  const SteadyTime until = bench.clock.steady_now() + seconds{2};

  const auto fetched = bench.fetch({"BTC/USDT", "okx:BTC/USDT"}, {.until = until});

  CHECK(outcome(fetched[0]) == "binance 1");
  CHECK(outcome(fetched[1]) == "unavailable");
  CHECK(fetched[1].ticker.error().message.starts_with("okx: "));
  CHECK(bench.clock.steady_now() <= until);
  CHECK(bench.http.under_way() == 0);
}

TEST_CASE("a fetch whose time has passed asks nobody") {
  Bench bench{"binance"};
  bench.list("binance", "BTC/USDT", "1");
  const auto fetched = bench.fetch({"BTC/USDT"}, {.until = bench.clock.steady_now()});
  CHECK(outcome(fetched[0]) == "unavailable");
  CHECK(bench.http.requests().empty());
}

TEST_CASE("a fetch is given up when a wake fd can be read") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  Bench bench{"binance"};
  bench.http.add(Bench::url("binance"), late(respond(200), seconds{5}));
  REQUIRE(::write(ends[1], "x", 1) == 1);
  const SteadyTime begin = bench.clock.steady_now();

  const std::array<int, 1> wake{ends[0]};
  const auto fetched = bench.fetch({"BTC/USDT"}, {.wake_fds = wake});

  CHECK(outcome(fetched[0]) == "unavailable");
  CHECK(bench.clock.steady_now() == begin);
  CHECK(bench.http.under_way() == 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("a fail-over is told once until the exchange answers again") {
  Bench bench{"binance", "kraken"};
  bench.http.add(Bench::url("binance"), respond(503));
  bench.http.add(Bench::url("binance"), respond(503));
  bench.http.add(Bench::url("binance"), respond(200, R"({"symbol":"BTCUSDT","lastPrice":"5"})"));
  bench.http.add(Bench::url("binance"), respond(503));
  bench.list("kraken", "BTC/USDT", "1");
  const auto told = [&bench](std::string_view part) {
    std::size_t count = 0;
    for (const auto& line : bench.log.lines()) {
      if (line.level == LogLevel::info && line.text.find(part) != std::string::npos) ++count;
    }
    return count;
  };

  bench.fetch({"BTC/USDT"});
  bench.fetch({"BTC/USDT"});
  CHECK(told("exchange=binance") == 1);
  bench.fetch({"BTC/USDT"});
  CHECK(told("exchange=binance") == 2);
  CHECK(told("answers again") == 1);
  bench.fetch({"BTC/USDT"});
  CHECK(told("exchange=binance") == 3);
}

TEST_CASE("an unknown symbol is no failure of the exchange") {
  Bench bench{"binance", "kraken"};
  bench.list("binance", "ETH/USDT", "2");
  bench.list("kraken", "BTC/USDT", "1");
  bench.fetch({"BTC/USDT"});
  for (const auto& line : bench.log.lines()) CHECK(line.level == LogLevel::debug);
}
