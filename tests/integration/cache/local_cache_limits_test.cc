#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "support/cache_bench.h"

using namespace btcw;
using test::CacheBench;
using test::get_one;
using test::put;
using test::status_of;
using test::ticker_of;

namespace {

std::vector<std::string> symbols_in(PriceCache& cache) {
  std::vector<std::string> names;
  const auto tickers = cache.list().value();
  for (const Ticker& ticker : tickers) names.emplace_back(ticker.symbol.text());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

TEST_CASE("the oldest go first when there are too many") {
  CacheBench bench;
  const auto cache = bench.open({.max_entries = 4});
  put(*cache, bench.ticker("D/USDT", "1", seconds{40}));
  put(*cache, bench.ticker("A/USDT", "1", seconds{10}));
  put(*cache, bench.ticker("C/USDT", "1", seconds{30}));
  put(*cache, bench.ticker("B/USDT", "1", seconds{20}));

  put(*cache, bench.ticker("E/USDT", "1", seconds{50}));
  CHECK(symbols_in(*cache) == std::vector<std::string>{"A/USDT", "B/USDT", "C/USDT", "E/USDT"});
  put(*cache, bench.ticker("F/USDT", "1", seconds{5}));
  CHECK(symbols_in(*cache) == std::vector<std::string>{"A/USDT", "B/USDT", "C/USDT", "F/USDT"});
  CHECK(get_one(*cache, "E/USDT") == std::nullopt);
  CHECK(get_one(*cache, "C/USDT").has_value());
}

TEST_CASE("what a wrong clock dated far ahead goes before the oldest") {
  CacheBench bench;
  const auto cache = bench.open({.max_entries = 2});
  put(*cache, bench.ticker("A/USDT", "1", std::chrono::hours{-2}));
  put(*cache, bench.ticker("B/USDT", "1", seconds{20}));
  put(*cache, bench.ticker("C/USDT", "1", seconds{10}));
  CHECK(symbols_in(*cache) == std::vector<std::string>{"B/USDT", "C/USDT"});
}

TEST_CASE("a cache of one ticker holds the last") {
  CacheBench bench;
  const auto cache = bench.open({.max_entries = 1});
  for (int i = 0; i < 20; ++i) {
    const std::string symbol = "C" + std::to_string(i) + "/USDT";
    put(*cache, bench.ticker(symbol, "1", seconds{20 - i}));
    CHECK(symbols_in(*cache) == std::vector{symbol});
    CHECK(get_one(*cache, symbol).has_value());
  }
}

TEST_CASE("far more symbols than there is room for leave the newest") {
  CacheBench bench;
  const auto cache = bench.open({.max_entries = 64});
  std::vector<CacheEntry> batch;
  for (int i = 0; i < 2000; ++i) {
    batch.push_back({bench.ticker("C" + std::to_string(i) + "/USDT", "1", seconds{2000 - i}),
                     i % 3 == 0 ? CacheScope::exchange : CacheScope::any});
  }
  REQUIRE(cache->put(batch));

  const auto left = cache->list().value();
  CHECK(left.size() <= 64);
  CHECK(left.size() >= 60);
  for (int i = 2000 - 60; i < 2000; ++i) {
    CAPTURE(i);
    CHECK(get_one(*cache, "okx:C" + std::to_string(i) + "/USDT").has_value());
  }
}

TEST_CASE("a file made for fewer tickers is enlarged with what it holds") {
  CacheBench bench;
  {
    const auto small = bench.open({.max_entries = 8});
    for (int i = 0; i < 7; ++i) put(*small, bench.ticker("C" + std::to_string(i) + "/USDT", "1"));
    put(*small, ticker_of("kraken", "C0/USDT", "2", bench.clock.now()), CacheScope::exchange);
  }
  const auto before = symbols_in(*bench.open({.max_entries = 8}));

  const auto large = bench.open({.max_entries = 5000});

  CHECK(symbols_in(*large) == before);
  CHECK(get_one(*large, "C6/USDT").has_value());
  CHECK(get_one(*large, "kraken:C0/USDT")->last == Decimal::from_parts(2, 0));
  CHECK(get_one(*large, "C0/USDT") != get_one(*large, "kraken:C0/USDT"));
  for (int i = 0; i < 5000; ++i) put(*large, bench.ticker("D" + std::to_string(i) + "/USDT", "1"));
  CHECK(large->list()->size() > 4000);
  CHECK(bench.log.lines().empty());
}

TEST_CASE("who wants fewer tickers than the file has room for does not shrink it for others") {
  CacheBench bench;
  const auto large = bench.open({.max_entries = 100});
  for (int i = 0; i < 50; ++i) put(*large, bench.ticker("C" + std::to_string(i) + "/USDT", "1"));
  const auto inode = status_of(bench.file).st_ino;

  const auto small = bench.open({.max_entries = 10});

  CHECK(status_of(bench.file).st_ino == inode);
  CHECK(small->list()->size() == 50);
  put(*small, bench.ticker("D/USDT", "1"));
  CHECK(small->list()->size() <= 10);
  CHECK(get_one(*large, "D/USDT").has_value());
}

TEST_CASE("what is too old to be kept is dropped at the start and in passing") {
  CacheBench bench;
  const CacheOptions options{.keep = std::chrono::hours{1}};
  {
    const auto cache = bench.open(options);
    put(*cache, bench.ticker("OLD/USDT", "1", std::chrono::minutes{61}));
    put(*cache, bench.ticker("AHEAD/USDT", "1", std::chrono::minutes{-61}));
    put(*cache, bench.ticker("YOUNG/USDT", "1", std::chrono::minutes{30}));
    CHECK(cache->list()->size() == 3);
  }
  const auto cache = bench.open(options);
  CHECK(symbols_in(*cache) == std::vector<std::string>{"YOUNG/USDT"});

  bench.clock.advance(std::chrono::minutes{31});
  put(*cache, bench.ticker("NEW/USDT", "1"));
  CHECK(symbols_in(*cache) == std::vector<std::string>{"NEW/USDT"});
  CHECK(bench.log.lines().empty());
}

TEST_CASE("a clock that is set back and forth neither freezes nor empties the cache") {
  CacheBench bench;
  const auto cache = bench.open();
  const UtcTime true_now = bench.clock.now();
  for (const auto shift : {std::chrono::hours{0}, std::chrono::hours{5}, std::chrono::hours{-5},
                           std::chrono::hours{24 * 365}, std::chrono::hours{0}}) {
    CAPTURE(shift.count());
    bench.clock.set(true_now + shift);
    const Ticker ticker = bench.ticker("BTC/USDT", std::to_string(shift.count() + 10));
    const auto before = get_one(*cache, "BTC/USDT");
    const bool is_welcome =
        !before || may_replace(before->received, ticker.received, bench.clock.now());

    if (!ticker.last.is_negative()) put(*cache, ticker);

    CHECK(is_welcome);
    CHECK(get_one(*cache, "BTC/USDT") == ticker);
  }
}

TEST_CASE("a hundred symbols take less than half a megabyte") {
  CacheBench bench;
  const auto cache = bench.open();
  for (int i = 0; i < 100; ++i) put(*cache, bench.ticker("C" + std::to_string(i) + "/USDT", "1"));
  CHECK(status_of(bench.file).st_blocks * 512 < 512 * 1024);
}
