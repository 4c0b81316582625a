// redis_times [ROUNDS]: how many SETEX a second the price cache gets into a Redis of its own, with
// a thousand symbols, beside redis-benchmark's SET in pipelines of a hundred on the same server, in
// turn; and beside its SETEX of as many keys with values as long, which is what the server can do.
// Prints the medians and their ratios.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "btcw/base/ticker_reader.h"
#include "btcw/cache/redis_price_cache.h"
#include "support/recording_log.h"
#include "support/redis_server.h"
#include "support/sample_tickers.h"

using namespace btcw;

namespace {

constexpr int kSymbols = 1000;
constexpr seconds kRun{1};

std::vector<CacheEntry> thousand_prices(UtcTime now) {
  std::vector<CacheEntry> entries;
  for (int i = 0; i < kSymbols; ++i) {
    entries.push_back({test::full_ticker("binance", "C" + std::to_string(i) + "/USDT", now)});
  }
  return entries;
}

/// SETEX a second; two for each price.
double write_prices(PriceCache& cache, const Clock& clock) {
  auto entries = thousand_prices(clock.now());
  const auto begin = clock.steady_now();
  std::size_t written = 0;
  while (clock.steady_now() - begin < kRun) {
    const UtcTime now = clock.now();
    for (CacheEntry& entry : entries) entry.ticker.received = now;
    if (const auto put = cache.put(entries); !put) {
      fmt::print(stderr, "{}\n", put.error().message);
      std::exit(1);
    }
    written += entries.size() * 2;
  }
  const std::chrono::duration<double> took = clock.steady_now() - begin;
  return static_cast<double>(written) / took.count();
}

/// Commands a second. The last line of its CSV is "…","1234567.89",…
double run_redis_benchmark(const std::string& socket, const std::string& what) {
  const std::string command =
      "redis-benchmark -s " + socket + " -P 100 -n 500000 --csv " + what + " 2>/dev/null";
  std::FILE* const out = ::popen(command.c_str(), "r");
  if (out == nullptr) return 0;
  char line[1024];
  double rate = 0;
  while (std::fgets(line, sizeof line, out) != nullptr) {
    const char* const end = std::strstr(line, "\",\"");
    if (end != nullptr) (void)std::sscanf(end + 3, "%lf", &rate);
  }
  ::pclose(out);
  return rate;
}

double median(std::vector<double> of) {
  std::sort(of.begin(), of.end());
  return of[of.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  test::RedisServer server;
  const SystemClock clock;
  test::RecordingLog log;
  const auto client = server.client();
  const auto reader = make_ticker_reader();
  const auto cache =
      make_redis_price_cache({}, {.redis = *client, .clock = clock, .log = log, .reader = [&] {
                                    return Result<TickerReader*>{reader.get()};
                                  }});
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> possible;
  const std::size_t value_size = to_json(thousand_prices(clock.now()).front().ticker).size();
  for (int round = 0; round < std::max(rounds, 1); ++round) {
    ours.push_back(write_prices(*cache, clock));
    theirs.push_back(run_redis_benchmark(server.socket().string(), "-t set"));
    possible.push_back(run_redis_benchmark(
        server.socket().string(), fmt::format("-r {} SETEX price:__rand_int__ 30 {}", 2 * kSymbols,
                                              std::string(value_size, 'x'))));
  }
  fmt::print("SETEX of prices {:.0f}/s, redis-benchmark -P 100 -t set {:.0f}/s, ratio {:.2f}\n",
             median(ours), median(theirs), median(ours) / median(theirs));
  fmt::print("its SETEX of {} bytes, {} keys {:.0f}/s, ratio {:.2f}\n", value_size, 2 * kSymbols,
             median(possible), median(ours) / median(possible));
  return 0;
}
