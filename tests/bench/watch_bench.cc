// The replay of a million tickers, cache and all, against the least that reading them can cost: one
// on-demand pass of simdjson over the same bytes.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <simdjson.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include "btcw/base/clock.h"
#include "btcw/base/ticker.h"
#include "btcw/base/ticker_reader.h"
#include "btcw/cache/local_cache.h"
#include "btcw/watch/cache_feeder.h"
#include "btcw/watch/replay_source.h"
#include "btcw/watch/runner.h"
#include "support/recording_log.h"
#include "support/temp_folder.h"
#include "support/watch_fakes.h"

namespace {

using namespace btcw;

constexpr std::int64_t kTickers = 1'000'000;
constexpr int kSymbols = 40;

/// A recording of a million tickers of 40 symbols, made once.
class Recording {
 public:
  Recording() : file_{folder_ / "rec.ndjson"} {
    std::ofstream out{file_, std::ios::binary};
    const std::int64_t start = 1'732'290'000'000;
    std::string text;
    for (std::int64_t i = 0; i < kTickers; ++i) {
      append_json(ticker_of(i, from_unix_ms(start + i)), text);
      text += '\n';
      if (text.size() < (1U << 20U)) continue;
      out << text;
      text.clear();
    }
    out << text;
  }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }

 private:
  static Ticker ticker_of(std::int64_t i, UtcTime received) {
    const std::int64_t price = 9'712'345 + i % 5'000;
    return {.symbol = Symbol::of("SYM" + std::to_string(i % kSymbols), "USDT").value(),
            .exchange = ExchangeName::parse("binance").value(),
            .last = Decimal::from_parts(price, 2),
            .bid = Decimal::from_parts(price - 5, 2),
            .ask = Decimal::from_parts(price + 5, 2),
            .open = Decimal::from_parts(9'500'017, 2),
            .high = Decimal::from_parts(9'800'013, 2),
            .low = Decimal::from_parts(9'400'011, 2),
            .percentage = Decimal::from_parts(22'352, 4),
            .base_volume = Decimal::from_parts(12'345'678'901, 7),
            .quote_volume = Decimal::from_parts(119'000'000'123, 3),
            .timestamp = received - milliseconds{37},
            .received = received};
  }

  btcw::test::TempFolder folder_;
  std::filesystem::path file_;
};

const Recording& recording() {
  static const Recording made;
  return made;
}

/// Reads every member of one ticker.
bool read_all(simdjson::ondemand::document& document) {
  for (auto field : document.get_object()) {
    simdjson::ondemand::value value;
    if (field.value().get(value) != simdjson::SUCCESS) return false;
    std::string_view text;
    double number = 0;
    const auto type = value.type();
    if (type.error() != simdjson::SUCCESS) return false;
    if (type.value_unsafe() == simdjson::ondemand::json_type::string) {
      if (value.get_string().get(text) != simdjson::SUCCESS) return false;
      benchmark::DoNotOptimize(text);
    } else if (value.get_double().get(number) == simdjson::SUCCESS) {
      benchmark::DoNotOptimize(number);
    }
  }
  return true;
}

void bare_simdjson_pass(benchmark::State& state) {
  const int fd = open(recording().file().c_str(), O_RDONLY | O_CLOEXEC);
  const auto size = static_cast<std::size_t>(lseek(fd, 0, SEEK_END));
  std::string padded(size + simdjson::SIMDJSON_PADDING, '\0');
  for (auto _ : state) {
    // The file is read here too: the replay has to.
    std::size_t got = 0;
    while (got < size) {
      const ssize_t n = pread(fd, padded.data() + got, size - got, static_cast<off_t>(got));
      if (n <= 0) break;
      got += static_cast<std::size_t>(n);
    }
    simdjson::ondemand::parser parser;
    const char* at = padded.data();
    const char* const end = at + size;
    while (at < end) {
      const auto* stop =
          static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      const auto length = static_cast<std::size_t>(stop - at);
      simdjson::ondemand::document document;
      if (parser.iterate(at, length, length + simdjson::SIMDJSON_PADDING).get(document) !=
              simdjson::SUCCESS ||
          !read_all(document)) {
        state.SkipWithError("not readable");
        break;
      }
      at = stop + 1;
    }
  }
  state.SetItemsProcessed(state.iterations() * kTickers);
  close(fd);
}
BENCHMARK(bare_simdjson_pass)->Unit(benchmark::kMillisecond);

void replay_with_cache(benchmark::State& state) {
  const SystemClock clock;
  btcw::test::RecordingLog log;
  btcw::test::FakeSignals signals;
  const ServiceManager service;
  const int fd = open(recording().file().c_str(), O_RDONLY | O_CLOEXEC);
  for (auto _ : state) {
    lseek(fd, 0, SEEK_SET);
    const auto reader = make_ticker_reader();
    auto cache = open_local_cache(recording().folder() / "prices", {}, clock, log);
    CacheFeeder feeder{**cache, clock, log};
    ReplaySource source{fd, {}, {*reader, clock, log}};
    TickerSource* const sources[] = {&source};
    TickObserver* const observers[] = {&feeder};
    Runner runner{sources, observers, {}, {clock, signals, service}};
    if (!runner.run() || source.status().tickers != kTickers) state.SkipWithError("not played");
  }
  state.SetItemsProcessed(state.iterations() * kTickers);
  close(fd);
}
BENCHMARK(replay_with_cache)->Unit(benchmark::kMillisecond);

}  // namespace
