// Binance's ticker frames from the inbox that sockets fill to the cache, against the least that
// reading them can cost: one on-demand pass of simdjson over the same bytes. And the time that a
// frame takes from an exchange's socket to the cache, over loopback.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/cache/local_cache.h"
#include "btcw/market/stream.h"
#include "btcw/net/beast_sockets.h"
#include "btcw/net/socket_inbox.h"
#include "btcw/watch/cache_feeder.h"
#include "btcw/watch/stream_source.h"
#include "support/fake_clock.h"
#include "support/fake_stream_frames.h"
#include "support/fake_stream_server.h"
#include "support/recording_log.h"
#include "support/scripted_http.h"
#include "support/temp_folder.h"

namespace {

using namespace btcw;
using namespace btcw::test;

constexpr std::size_t kSymbols = 40;
constexpr std::size_t kBatch = 512;

std::string symbol_text(std::size_t i) { return "SYM" + std::to_string(i % kSymbols) + "/USDT"; }

std::vector<Symbol> symbols(std::size_t count) {
  std::vector<Symbol> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(Symbol::of("SYM" + std::to_string(i), "USDT").value());
  }
  return all;
}

/// Frames as binance sends them, 500 bytes and more.
std::vector<std::string> frames() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < kBatch; ++i) {
    const std::string price = std::to_string(97'000 + i) + ".45000000";
    const FakeQuote quote{.last = price,
                          .bid = price,
                          .ask = price,
                          .open = "95000.17000000",
                          .high = "98000.13000000",
                          .low = "94000.11000000",
                          .percent = "2.235",
                          .base_volume = "1234567.89010000",
                          .quote_volume = "119000000123.45678900"};
    all.push_back(stream_ticks("binance", symbol_text(i), quote).front());
  }
  return all;
}

void binance_frames_to_the_cache(benchmark::State& state) {
  const TempFolder folder;
  const SystemClock clock;
  RecordingLog log;
  const auto cache = open_local_cache(folder / "cache", {}, clock, log).value();
  CacheFeeder feeder{*cache, clock, log};
  SocketInbox inbox{WakeEvent::make().value()};
  const auto reader = find_stream("binance")->make_reader(ExchangeName::parse("binance").value());
  reader->add(symbols(kSymbols));
  const auto all = frames();
  std::vector<CacheEntry> batch;
  batch.reserve(kBatch);
  for (auto _ : state) {
    const UtcTime now = clock.now();
    for (const std::string& frame : all) inbox.put({.socket = 1, .bytes = frame, .received = now});
    batch.clear();
    inbox.take([&](const SocketEvent& event) {
      const auto news = reader->read(event.bytes, event.received);
      for (const Ticker& ticker : news->tickers) batch.push_back({ticker, CacheScope::any});
    });
    if (batch.size() != kBatch) std::abort();
    if (!feeder.on_ticks(batch) || (clock.steady_now() >= feeder.due() && !feeder.on_time())) {
      std::abort();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}
BENCHMARK(binance_frames_to_the_cache);

void simdjson_alone(benchmark::State& state) {
  simdjson::ondemand::parser parser;
  std::vector<simdjson::padded_string> all;
  for (const std::string& frame : frames()) all.emplace_back(frame);
  for (auto _ : state) {
    for (const auto& frame : all) {
      auto document = parser.iterate(frame);
      for (auto field : document.get_object()) {
        std::string_view text;
        benchmark::DoNotOptimize(field.value().get(text));
      }
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}
BENCHMARK(simdjson_alone);

/// From the moment before the server writes a frame to the one when it is in the cache's batch.
void frame_over_loopback(benchmark::State& state) {
  const SystemClock clock;
  FakeClock http_clock;
  ScriptedHttp http{http_clock};
  SystemRandom random;
  RecordingLog log;
  const auto sockets = make_beast_sockets({}, Environment{}, clock).value();
  FakeStreamServer server{"binance"};
  const auto name = ExchangeName::parse("binance").value();
  const SymbolRequest request{Symbol::of("SYM0", "USDT").value()};
  StreamSource source{{.requests = {request},
                       .order = {},
                       .preference = {name},
                       .exchanges = {{find_stream("binance"), name, {server.url(), {}}}}},
                      {*sockets, http, clock, random, log}};
  const std::array answers{Fetched{request, Ticker{.symbol = request.symbol,
                                                   .exchange = name,
                                                   .last = Decimal::from_parts(1, 0),
                                                   .received = clock.now()}}};
  source.answered(answers);
  const TempFolder folder;
  const auto cache = open_local_cache(folder / "cache", {}, clock, log).value();
  std::size_t got = 0;
  const auto take = [&](milliseconds at_most) {
    const std::array fds{source.fd()};
    clock.wait_until(std::min(source.due(), clock.steady_now() + at_most), fds);
    (void)source.take([&](std::span<const CacheEntry> entries) {
      if (!cache->put(entries)) std::abort();
      got += entries.size();
    });
  };
  while (!server.wait_for("SYM0/USDT", milliseconds{1})) take(milliseconds{10});
  std::vector<double> times;
  for (auto _ : state) {
    const auto begin = clock.steady_now();
    server.push("SYM0/USDT", {});
    for (const std::size_t before = got; got == before;) take(seconds{1});
    times.push_back(std::chrono::duration<double, std::micro>(clock.steady_now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  state.counters["p50_us"] = times[times.size() / 2];
  state.counters["p99_us"] = times[times.size() * 99 / 100];
}
BENCHMARK(frame_over_loopback)->Iterations(5000);

}  // namespace
