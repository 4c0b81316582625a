#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <list>
#include <random>
#include <string>
#include <thread>

#include "btcw/base/clock.h"
#include "btcw/base/ticker.h"
#include "btcw/cache/local_cache.h"
#include "support/recording_log.h"
#include "support/run_btcw.h"

using btcw::Decimal;
using btcw::from_unix_ms;
using btcw::milliseconds;
using btcw::Symbol;
using btcw::SymbolRequest;
using btcw::Ticker;
using namespace btcw::test;

namespace {

constexpr int kSymbols = 2000;
constexpr int kRounds = 20;
constexpr int kRecordedMs = 2000;

Symbol symbol_of(int number) { return Symbol::of("S" + std::to_string(number), "USDT").value(); }

/// All that is said in one ticker follows from its `count`.
Ticker ticker_of(const Symbol& symbol, std::int64_t count, std::int64_t start_ms) {
  return {.symbol = symbol,
          .exchange = btcw::ExchangeName::parse("binance").value(),
          .last = Decimal::from_parts(1000 + count, 2),
          .bid = Decimal::from_parts(999 + count, 2),
          .ask = Decimal::from_parts(1001 + count, 2),
          .base_volume = Decimal::from_parts(7 * count, 3),
          .timestamp = from_unix_ms(start_ms - count),
          .received = from_unix_ms(start_ms + count * kRecordedMs / (kSymbols * kRounds))};
}

std::string recording(std::int64_t start_ms) {
  std::string text;
  for (std::int64_t count = 0; count < kSymbols * kRounds; ++count) {
    append_json(ticker_of(symbol_of(static_cast<int>(count % kSymbols)), count, start_ms), text);
    text += '\n';
  }
  return text;
}

bool is_whole(const Ticker& ticker, std::int64_t start_ms) {
  const auto counted = btcw::subtract(ticker.last, Decimal::from_parts(1000, 2));
  if (!counted) return false;
  const auto count = counted->times_power_of_ten(2);
  if (!count || count->places() > 0) return false;
  std::int64_t number = count->coefficient();
  for (int places = count->places(); places < 0; ++places) number *= 10;
  return ticker == ticker_of(ticker.symbol, number, start_ms);
}

/// What a reader process ends with.
enum ReaderEnd : int { fine, failed, torn, warned, never_saw_anything };

/// Reads the cache over and over, as `btcw price` does, until `stop` is closed.
ReaderEnd read_until_told(const std::filesystem::path& file, std::int64_t start_ms, int stop) {
  const btcw::SystemClock clock;
  RecordingLog log;
  std::mt19937 random{static_cast<unsigned>(getpid())};
  std::uint64_t seen = 0;
  const std::array stop_fds{stop};
  for (;;) {
    char end = 0;
    clock.wait_until(clock.steady_now(), stop_fds);
    if (read(stop, &end, 1) == 0) break;
    auto cache = open_local_cache_for_reading(file, clock, log);
    if (!cache) {
      if (cache.error().code == btcw::Errc::not_found) continue;
      return failed;
    }
    for (int i = 0; i < 20; ++i) {
      std::vector<SymbolRequest> requests;
      for (int n = 0; n < 50; ++n) {
        requests.push_back({symbol_of(static_cast<int>(random() % kSymbols))});
      }
      const auto found = (*cache)->get(requests);
      if (!found) return failed;
      for (std::size_t n = 0; n < requests.size(); ++n) {
        const auto& ticker = (*found)[n];
        if (!ticker) continue;
        if (ticker->symbol != requests[n].symbol || !is_whole(*ticker, start_ms)) return torn;
        ++seen;
      }
    }
    const auto all = (*cache)->list();
    if (!all) return failed;
    for (const Ticker& ticker : *all) {
      if (!is_whole(ticker, start_ms)) return torn;
    }
  }
  if (!log.lines().empty()) return warned;
  return seen > 0 ? fine : never_saw_anything;
}

}  // namespace

TEST_CASE("watch can be killed at any moment: no reader fails, waits or sees half an entry") {
  constexpr int kKills = 200;
  constexpr std::size_t kAtOnce = 4;
  const Sandbox sandbox{BTCW_EXECUTABLE};
  const auto cache_folder = sandbox.root() / "prices";
  sandbox.write_config("[general]\ncache_dir = \"" + cache_folder.string() + "\"\n");
  const std::int64_t start_ms =
      btcw::to_unix_ms(std::chrono::floor<milliseconds>(std::chrono::system_clock::now()));
  const auto file = sandbox.write_file("rec.ndjson", recording(start_ms)).string();

  std::array<int, 2> stop{};
  REQUIRE(pipe2(stop.data(), O_CLOEXEC | O_NONBLOCK) == 0);
  std::vector<pid_t> readers;
  for (int i = 0; i < 2; ++i) {
    const pid_t reader = fork();
    if (reader == 0) {
      close(stop[1]);
      _exit(read_until_told(cache_folder / "prices", start_ms, stop[0]));
    }
    readers.push_back(reader);
  }

  std::mt19937 random{20261122};
  std::list<RunningProgram> writers;
  const Invocation watch{
      .arguments = {"watch", "--quiet", "--replay", file, "--replay-speed", "1x"}};
  for (int kills = 0; kills < kKills;) {
    while (writers.size() < kAtOnce) writers.push_back(sandbox.start(watch));
    std::this_thread::sleep_for(std::chrono::microseconds{random() % 60'000});
    auto victim = std::next(writers.begin(), static_cast<std::ptrdiff_t>(random() % kAtOnce));
    victim->signal(SIGKILL);
    const int exit_code = victim->wait().exit_code;
    // It may have come to the recording's end before.
    REQUIRE((exit_code == 137 || exit_code == 0));
    writers.erase(victim);
    if (exit_code == 137) ++kills;
  }
  writers.clear();

  // Whoever comes after all that writes as if nothing had been.
  CHECK(sandbox.start({.arguments = {"watch", "--quiet", "--replay", file}})
            .wait(btcw::seconds{120})
            .exit_code == 0);
  close(stop[1]);
  for (const pid_t reader : readers) {
    int status = 0;
    waitpid(reader, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == fine);
  }
  close(stop[0]);
}
