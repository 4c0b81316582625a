#include "btcw/watch/demo_source.h"

#include <catch2/catch.hpp>

#include "support/fake_clock.h"
#include "support/watch_fakes.h"

using btcw::CacheEntry;
using btcw::CacheScope;
using btcw::DemoOptions;
using btcw::DemoSource;
using btcw::milliseconds;
using btcw::seconds;
using btcw::SourceState;
using namespace btcw::test;

namespace {

std::vector<btcw::Symbol> symbols(std::initializer_list<std::string_view> texts) {
  std::vector<btcw::Symbol> parsed;
  for (const auto text : texts) parsed.push_back(btcw::Symbol::parse(text).value());
  return parsed;
}

struct Bench {
  FakeClock clock;
  KeptTicks ticks;

  SourceState cycle(DemoSource& source, milliseconds late = milliseconds{0}) {
    clock.wait_until(source.due() + late, {});
    return source.take([this](std::span<const CacheEntry> batch) { (void)ticks.on_ticks(batch); })
        .value();
  }
};

std::vector<std::string> prices(std::uint64_t seed, milliseconds late) {
  Bench bench;
  DemoSource source{{.symbols = symbols({"BTC/USDT", "ETH/USDT"}), .seed = seed}, bench.clock};
  for (int i = 0; i < 20; ++i) bench.cycle(source, late);
  std::vector<std::string> texts;
  for (const CacheEntry& tick : bench.ticks.kept) texts.push_back(tick.ticker.last.to_string());
  return texts;
}

}  // namespace

TEST_CASE("the demo's prices are the same for the same seed, however late it gets to run") {
  const auto on_time = prices(7, milliseconds{0});
  CHECK(on_time.size() == 40);
  CHECK(prices(7, milliseconds{0}) == on_time);
  CHECK(prices(7, milliseconds{3}) == on_time);
  CHECK(prices(8, milliseconds{0}) != on_time);
}

TEST_CASE("a demo ticker says demo, and is cached for those alone who ask for demo") {
  Bench bench;
  DemoSource source{{.symbols = symbols({"BTC/USDT"})}, bench.clock};
  CHECK_FALSE(source.settled());
  bench.cycle(source);
  CHECK(source.settled());
  REQUIRE(bench.ticks.kept.size() == 1);
  CHECK(bench.ticks.kept[0].ticker.exchange.text() == "demo");
  CHECK(bench.ticks.kept[0].ticker.symbol.text() == "BTC/USDT");
  CHECK(bench.ticks.kept[0].ticker.received == bench.clock.now());
  CHECK(bench.ticks.kept[0].scope == CacheScope::exchange);
}

TEST_CASE("demo ticks that were slept through are left out") {
  Bench bench;
  DemoSource source{{.symbols = symbols({"BTC/USDT"})}, bench.clock};
  const auto start = bench.clock.steady_now();
  bench.cycle(source);
  bench.cycle(source, milliseconds{4300});
  CHECK(bench.ticks.kept.size() == 2);
  CHECK(source.due() == start + seconds{6});
}

TEST_CASE("the demo ends after one cycle with --once, and takes other symbols while it runs") {
  Bench bench;
  SECTION("once") {
    DemoSource source{{.symbols = symbols({"BTC/USDT"}), .once = true}, bench.clock};
    CHECK(bench.cycle(source) == SourceState::ended);
  }
  SECTION("others") {
    DemoSource source{{.symbols = symbols({"BTC/USDT"})}, bench.clock};
    const auto start = bench.clock.steady_now();
    bench.cycle(source);
    source.reconfigure(symbols({"ETH/USDT"}), milliseconds{1500});
    CHECK(source.due() == start + milliseconds{1500});
    bench.cycle(source);
    CHECK(bench.ticks.kept[1].ticker.symbol.text() == "ETH/USDT");
  }
}
