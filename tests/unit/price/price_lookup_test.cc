#include "btcw/price/price_lookup.h"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <utility>

#include "btcw/cache/memory_cache.h"
#include "support/fake_clock.h"
#include "support/recording_log.h"

namespace {

using namespace btcw;
using test::FakeClock;
using test::RecordingLog;
using namespace std::chrono_literals;

SymbolRequest request(std::string_view text) { return *SymbolRequest::parse(text, "USDT"); }

ExchangeName exchange(std::string_view name) { return *ExchangeName::parse(name); }

Ticker ticker(std::string_view name, std::string_view symbol, std::string_view last,
              UtcTime received) {
  return {.symbol = *Symbol::parse(symbol),
          .exchange = exchange(name),
          .last = *Decimal::parse(last),
          .received = received};
}

/// Answers from a table; what is not in it is unavailable.
class ScriptedMarket final : public Market {
 public:
  explicit ScriptedMarket(const Clock& clock) : clock_{clock} {}

  void answer(std::string_view request, std::string_view name, std::string_view last) {
    answers_.insert_or_assign(std::string{request},
                              std::pair{std::string{name}, std::string{last}});
  }
  void refuse(std::string_view request, Error error) {
    errors_.insert_or_assign(std::string{request}, std::move(error));
  }

  std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                             const FetchOptions& options) override {
    asked.emplace_back(requests.begin(), requests.end());
    order = options.order;
    std::vector<Fetched> fetched;
    for (const SymbolRequest& request : requests) {
      const auto found = answers_.find(request.to_string());
      const auto refused = errors_.find(request.to_string());
      if (refused != errors_.end()) {
        fetched.push_back({request, refused->second});
      } else if (found == answers_.end()) {
        fetched.push_back({request, Error{Errc::unavailable, "nobody answers"}});
      } else {
        fetched.push_back({request, ticker(found->second.first, request.symbol.text(),
                                           found->second.second, clock_.now())});
      }
    }
    return fetched;
  }

  std::vector<std::vector<SymbolRequest>> asked;
  std::vector<ExchangeName> order;

 private:
  const Clock& clock_;
  std::map<std::string, std::pair<std::string, std::string>> answers_;
  std::map<std::string, Error> errors_;
};

/// A cache whose disk is gone.
class BrokenCache final : public PriceCache {
 public:
  Result<void> put(std::span<const CacheEntry>) override { return broken(); }
  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest>) override {
    return broken();
  }
  Result<std::vector<Ticker>> list() override { return broken(); }
  Result<std::size_t> remove_older(UtcTime) override { return broken(); }

 private:
  static Error broken() { return {Errc::unavailable, "no such device"}; }
};

struct Bench {
  FakeClock clock;
  RecordingLog log;
  std::unique_ptr<PriceCache> cache = make_memory_cache(clock);
  ScriptedMarket market{clock};
  PriceLookup lookup{*cache, market, clock, log};

  void cache_price(std::string_view name, std::string_view symbol, std::string_view last,
                   milliseconds age, CacheScope scope = CacheScope::any) const {
    const CacheEntry entry{ticker(name, symbol, last, clock.now() - age), scope};
    REQUIRE(cache->put({&entry, 1}));
  }
  PriceAnswer find(std::string_view text, const PriceLookupOptions& options = {}) {
    const SymbolRequest one = request(text);
    auto answers = lookup.find({&one, 1}, options);
    REQUIRE(answers.size() == 1);
    return answers.front();
  }
  [[nodiscard]] std::optional<Ticker> cached(std::string_view text) const {
    const SymbolRequest one = request(text);
    return cache->get({&one, 1}).value().front();
  }
};

}  // namespace

TEST_CASE("a price that is young enough comes from the cache and nobody is asked") {
  struct Case {
    std::string_view why;
    milliseconds age;
    milliseconds max_age;
    bool asked;
  };
  const auto row = GENERATE(values<Case>({
      {"fresh", 1s, 30s, false},
      {"exactly at the limit", 30s, 30s, false},
      {"a millisecond over it", 30'001ms, 30s, true},
      {"nothing is young enough for zero", 1ms, 0ms, true},
      {"a longer limit", 1h, 2h, false},
      {"a little in the future, as clocks drift", -2s, 30s, false},
      {"far in the future: the clock was wrong", -2min, 30s, true},
  }));
  CAPTURE(row.why);
  Bench bench;
  bench.cache_price("kraken", "BTC/USDT", "97123.40", row.age);
  bench.market.answer("BTC/USDT", "binance", "98000");

  const auto answer = bench.find("BTC/USDT", {.max_age = row.max_age});

  REQUIRE(answer.price);
  CHECK_FALSE(answer.error);
  CHECK_FALSE(answer.price->stale);
  CHECK(bench.market.asked.empty() == !row.asked);
  if (row.asked) {
    CHECK(answer.price->source == PriceSource::rest);
    CHECK(answer.price->age == 0ms);
  } else {
    CHECK(answer.price->source == PriceSource::cache);
    CHECK(answer.price->ticker.last.to_string() == "97123.4");
    CHECK(answer.price->age == std::max(row.age, 0ms));
  }
}

TEST_CASE("only what the cache does not have is fetched, in one batch, in order") {
  Bench bench;
  bench.cache_price("kraken", "ETH/USDT", "3000", 1s);
  bench.market.answer("BTC/USDT", "binance", "97000");
  bench.market.answer("kraken:SOL/USDT", "kraken", "200");
  const std::vector requests{request("BTC/USDT"), request("ETH/USDT"), request("kraken:SOL/USDT")};

  const auto answers = bench.lookup.find(requests, {});

  REQUIRE(answers.size() == 3);
  CHECK(answers[0].price->ticker.last.to_string() == "97000");
  CHECK(answers[1].price->source == PriceSource::cache);
  CHECK(answers[2].price->ticker.last.to_string() == "200");
  REQUIRE(bench.market.asked.size() == 1);
  CHECK(bench.market.asked[0] == std::vector{requests[0], requests[2]});
}

TEST_CASE("what was fetched is cached under the exchange that answered") {
  SECTION("for everybody when no exchange was named") {
    Bench bench;
    bench.market.answer("BTC/USDT", "kraken", "97000");
    (void)bench.find("BTC/USDT");
    CHECK(bench.cached("BTC/USDT"));
    CHECK(bench.cached("kraken:BTC/USDT"));
    CHECK_FALSE(bench.cached("binance:BTC/USDT"));
  }
  SECTION("for that exchange alone when the request is pinned") {
    Bench bench;
    bench.market.answer("kraken:BTC/USDT", "kraken", "97000");
    (void)bench.find("kraken:BTC/USDT");
    CHECK_FALSE(bench.cached("BTC/USDT"));
    CHECK(bench.cached("kraken:BTC/USDT"));
  }
  SECTION("for that exchange alone when the options name the exchanges") {
    Bench bench;
    bench.market.answer("BTC/USDT", "okx", "97000");
    (void)bench.find("BTC/USDT", {.exchanges = {exchange("binance"), exchange("okx")}});
    CHECK(bench.market.order == std::vector{exchange("binance"), exchange("okx")});
    CHECK_FALSE(bench.cached("BTC/USDT"));
    CHECK(bench.cached("okx:BTC/USDT"));
  }
  SECTION("not at all when it is simulated") {
    Bench bench;
    bench.market.answer("demo:BTC/USDT", "demo", "1");
    CHECK(bench.find("demo:BTC/USDT").price->source == PriceSource::demo);
    CHECK_FALSE(bench.cached("demo:BTC/USDT"));
  }
}

TEST_CASE("when every source fails the last known price is shown as stale, with the reason") {
  struct Case {
    std::string_view why;
    Reach reach;
    milliseconds age;
  };
  const auto row = GENERATE(values<Case>({
      {"too old", Reach::cache_first, 1h},
      {"young, but a refresh was asked for", Reach::exchanges_only, 5s},
      {"too old, and the network is not to be used", Reach::cache_only, 1h},
  }));
  CAPTURE(row.why);
  Bench bench;
  bench.cache_price("kraken", "BTC/USDT", "97123.4", row.age);

  const auto answer = bench.find("BTC/USDT", {.reach = row.reach});

  REQUIRE(answer.price);
  CHECK(answer.price->stale);
  CHECK(answer.price->age == row.age);
  CHECK(answer.price->source == PriceSource::cache);
  REQUIRE(answer.error);
  CHECK(answer.error->code == Errc::unavailable);
}

TEST_CASE("a refresh asks although the cache has a young price") {
  Bench bench;
  bench.cache_price("kraken", "BTC/USDT", "97000", 1s);
  bench.market.answer("BTC/USDT", "binance", "98000");

  const auto answer = bench.find("BTC/USDT", {.reach = Reach::exchanges_only});

  CHECK(answer.price->ticker.last.to_string() == "98000");
  CHECK_FALSE(answer.error);
}

TEST_CASE("with the cache alone no market is ever asked") {
  Bench bench;
  bench.market.answer("BTC/USDT", "binance", "98000");

  const auto answer = bench.find("BTC/USDT", {.reach = Reach::cache_only});

  CHECK(bench.market.asked.empty());
  CHECK_FALSE(answer.price);
  CHECK(answer.error->code == Errc::unavailable);
}

TEST_CASE("an error without a last known price is passed on as it is") {
  Bench bench;
  const Error limited{Errc::rate_limited, "kraken: too many", bench.clock.now() + 1min};
  bench.market.refuse("BTC/USDT", limited);

  const auto answer = bench.find("BTC/USDT");

  CHECK_FALSE(answer.price);
  CHECK(answer.error == limited);
}

TEST_CASE("of several exchanges the first with a fresh price answers from the cache") {
  struct Case {
    std::string_view why;
    milliseconds first;
    milliseconds second;
    std::string_view winner;
  };
  const auto row = GENERATE(values<Case>({
      {"both fresh: the order decides", 20s, 1s, "okx"},
      {"only the second is fresh", 1h, 1s, "kraken"},
      {"neither is: the younger is the last known", 3h, 1h, "kraken"},
      {"neither is: the younger is the last known, order notwithstanding", 1h, 3h, "okx"},
      {"one from the future does not hide a fresh one", -1h, 1s, "kraken"},
  }));
  CAPTURE(row.why);
  Bench bench;
  bench.cache_price("binance", "BTC/USDT", "1", 0s);
  bench.cache_price("okx", "BTC/USDT", "2", row.first, CacheScope::exchange);
  bench.cache_price("kraken", "BTC/USDT", "3", row.second, CacheScope::exchange);

  const auto answer = bench.find("BTC/USDT", {.exchanges = {exchange("okx"), exchange("kraken")}});

  REQUIRE(answer.price);
  CHECK(answer.price->ticker.exchange.text() == row.winner);
}

TEST_CASE("a cache that fails is said and done without") {
  FakeClock clock;
  RecordingLog log;
  BrokenCache cache;
  ScriptedMarket market{clock};
  market.answer("BTC/USDT", "binance", "98000");
  PriceLookup lookup{cache, market, clock, log};
  const SymbolRequest one = request("BTC/USDT");

  const auto answers = lookup.find({&one, 1}, {});

  CHECK(answers[0].price->ticker.last.to_string() == "98000");
  CHECK(log.count(LogLevel::warning, "the cache cannot be read reason=no such device") == 1);
  CHECK(log.count(LogLevel::warning, "the cache cannot be written reason=no such device") == 1);
}
