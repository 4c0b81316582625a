#include "btcw/watch/replay_source.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "btcw/base/ticker_reader.h"
#include "support/fake_clock.h"
#include "support/watch_fakes.h"

using btcw::CacheEntry;
using btcw::CacheScope;
using btcw::from_unix_ms;
using btcw::milliseconds;
using btcw::ReplayOptions;
using btcw::ReplaySource;
using btcw::ReplaySpeed;
using btcw::seconds;
using btcw::SourceState;
using btcw::SteadyTime;
using namespace btcw::test;

namespace {

std::string line(std::string_view symbol, std::string_view exchange_name, std::string_view last,
                 milliseconds after_start = milliseconds{0}) {
  return btcw::to_json(
             ticker(symbol, exchange_name, last, from_unix_ms(1'732'290'000'000) + after_start)) +
         "\n";
}

struct Bench {
  FakeClock clock;
  RecordingLog log;
  KeptTicks ticks;
  std::unique_ptr<btcw::TickerReader> reader = btcw::make_ticker_reader();
  int file = memfd_create("recording", MFD_CLOEXEC);

  explicit Bench(std::string_view text) {
    REQUIRE(write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    lseek(file, 0, SEEK_SET);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() { close(file); }

  ReplaySource source(ReplayOptions options = {}) {
    return ReplaySource{file, std::move(options), {*reader, clock, log}};
  }
  SourceState take(ReplaySource& source) {
    return source.take([this](std::span<const CacheEntry> batch) { (void)ticks.on_ticks(batch); })
        .value();
  }
  void play(ReplaySource& source) {
    do {
      if (source.due() != SteadyTime::max()) clock.wait_until(source.due(), {});
    } while (take(source) == SourceState::running);
  }
};

}  // namespace

TEST_CASE("a recording is played ticker by ticker, in its order, with its own times") {
  const auto count = GENERATE(0, 1, 63, 64, 65, 5000);
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += line("BTC/USDT", "binance", std::to_string(1 + i), milliseconds{i});
  }
  Bench bench{text};
  auto source = bench.source();
  CHECK_FALSE(source.settled());

  bench.play(source);

  REQUIRE(bench.ticks.kept.size() == static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const CacheEntry& tick = bench.ticks.kept[static_cast<std::size_t>(i)];
    REQUIRE(tick.ticker.last.to_string() == std::to_string(1 + i));
    REQUIRE(tick.ticker.received == from_unix_ms(1'732'290'000'000 + i));
  }
  CHECK(source.settled());
  CHECK(source.status().bad_lines == 0);
  CHECK(bench.log.lines().empty());
}

TEST_CASE("what price and watch print is a recording, line ends of either kind and all") {
  Bench bench{
      "{\"symbol\":\"BTC/USDT\",\"exchange\":\"binance\",\"last\":97123.4,\"received\":1,"
      "\"source\":\"rest\",\"age\":0.456,\"stale\":false}\r\n"
      "\n"
      "{\"symbol\":\"ETH/USDT\",\"exchange\":\"kraken\",\"last\":3400,\"received\":2}"};
  auto source = bench.source();
  bench.play(source);
  REQUIRE(bench.ticks.kept.size() == 2);
  CHECK(bench.ticks.kept[0].ticker.last.to_string() == "97123.4");
  CHECK(bench.ticks.kept[1].ticker.exchange.text() == "kraken");
  CHECK(source.status().bad_lines == 0);
}

TEST_CASE("lines that are no tickers are told with their numbers, the first ten, and passed over") {
  std::string text = line("BTC/USDT", "binance", "1");
  for (int i = 0; i < 14; ++i) text += "nonsense\n";
  text += std::string(70'000, 'x') + "\n" + line("BTC/USDT", "binance", "2");
  Bench bench{text};
  auto source = bench.source();

  bench.play(source);

  CHECK(bench.ticks.kept.size() == 2);
  CHECK(source.status().bad_lines == 15);
  const auto lines = told(bench.log);
  REQUIRE(lines.size() == 11);
  CHECK(lines[0].starts_with("warning: line 2: "));
  CHECK(lines[9].starts_with("warning: line 11: "));
  CHECK(lines[10] == "warning: 5 more lines are no tickers");
}

TEST_CASE("a line of more than 64 KiB is refused by its number") {
  Bench bench{std::string(70'000, 'x') + "\n"};
  auto source = bench.source();
  bench.play(source);
  CHECK(told(bench.log) == std::vector<std::string>{"warning: line 1: longer than 64 KiB"});
}

TEST_CASE("a recording is played so many times as fast as it was") {
  struct Case {
    std::string_view speed;
    milliseconds takes;
  };
  const auto row = GENERATE(values<Case>({
      {"1x", milliseconds{2000}},
      {"10x", milliseconds{200}},
      {"0.5x", milliseconds{4000}},
      {"max", milliseconds{0}},
  }));
  CAPTURE(row.speed);
  std::string text;
  for (int i = 0; i <= 20; ++i) {
    text += line("BTC/USDT", "binance", "97000", milliseconds{i * 100});
  }
  Bench bench{text};
  auto source = bench.source({.speed = ReplaySpeed::parse(row.speed).value()});
  const SteadyTime start = bench.clock.steady_now();

  bench.play(source);

  CHECK(bench.ticks.kept.size() == 21);
  CHECK(std::chrono::round<milliseconds>(bench.clock.steady_now() - start) == row.takes);
}

TEST_CASE("a recording whose times step back goes on without a pause") {
  Bench bench{line("BTC/USDT", "binance", "1", seconds{100}) +
              line("BTC/USDT", "binance", "2", seconds{50}) +
              line("BTC/USDT", "binance", "3", seconds{101})};
  auto source = bench.source({.speed = ReplaySpeed::parse("1x").value()});
  const SteadyTime start = bench.clock.steady_now();
  bench.play(source);
  CHECK(bench.ticks.kept.size() == 3);
  CHECK(bench.clock.steady_now() - start == seconds{1});
}

TEST_CASE("only the tickers that were asked for are played") {
  struct Case {
    std::string_view only;
    std::string_view exchange;
    std::string_view lasts;
  };
  const auto row = GENERATE(values<Case>({
      {"", "", "1 2 3 "},
      {"BTC/USDT", "", "1 2 "},
      {"kraken:BTC/USDT", "", "2 "},
      {"", "kraken", "2 3 "},
      {"ETH/USDT", "binance", ""},
  }));
  CAPTURE(row.only, row.exchange);
  Bench bench{line("BTC/USDT", "binance", "1") + line("BTC/USDT", "kraken", "2") +
              line("ETH/USDT", "kraken", "3")};
  ReplayOptions options;
  if (!row.only.empty()) options.only = {request(row.only)};
  if (!row.exchange.empty()) options.exchanges = {exchange(row.exchange)};
  auto source = bench.source(options);
  bench.play(source);
  std::string lasts;
  for (const CacheEntry& tick : bench.ticks.kept) lasts += tick.ticker.last.to_string() + " ";
  CHECK(lasts == row.lasts);
}

TEST_CASE("a recorded demo answers no real question") {
  Bench bench{line("BTC/USDT", "demo", "1") + line("BTC/USDT", "binance", "2")};
  auto source = bench.source();
  bench.play(source);
  REQUIRE(bench.ticks.kept.size() == 2);
  CHECK(bench.ticks.kept[0].scope == CacheScope::exchange);
  CHECK(bench.ticks.kept[1].scope == CacheScope::any);
}

TEST_CASE("a pipe is played as it comes, and waited for") {
  Bench bench{""};
  std::array<int, 2> pipe_fds{};
  REQUIRE(pipe2(pipe_fds.data(), O_CLOEXEC) == 0);
  ReplaySource source{pipe_fds[0], {}, {*bench.reader, bench.clock, bench.log}};

  CHECK(bench.take(source) == SourceState::running);
  CHECK(source.fd() == pipe_fds[0]);
  CHECK(source.due() == SteadyTime::max());
  const std::string text = line("BTC/USDT", "binance", "1") + "{\"symbol\":";
  REQUIRE(write(pipe_fds[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  CHECK(bench.take(source) == SourceState::running);
  CHECK(bench.take(source) == SourceState::running);
  CHECK(bench.ticks.kept.size() == 1);
  close(pipe_fds[1]);
  CHECK(bench.take(source) == SourceState::ended);
  CHECK(source.status().bad_lines == 1);
  close(pipe_fds[0]);
}

TEST_CASE("a recording that cannot be read ends with the reason") {
  Bench bench{""};
  const int folder = open("/", O_RDONLY | O_CLOEXEC);
  ReplaySource source{folder, {}, {*bench.reader, bench.clock, bench.log}};
  const auto state = source.take([](std::span<const CacheEntry>) {});
  REQUIRE_FALSE(state);
  CHECK(state.error().message == "cannot read: Is a directory");
  close(folder);
}
