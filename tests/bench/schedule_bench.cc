// The next run of a schedule: the usual case, and those where it has to look far.
#include <benchmark/benchmark.h>

#include "btcw/schedule/cron.h"

namespace {

using namespace btcw;

void next_run(benchmark::State& state, const char* expression) {
  const auto cron = schedule::Cron::parse(expression).value();
  const auto zone = TimeZone::find("America/New_York").value();
  const UtcTime start = parse_time("2026-11-23T10:00:00Z").value();
  UtcTime at = start;
  for (auto _ : state) {
    const auto next = cron.next(at, zone);
    at = next ? *next : start;
    // Within the years that a program sees.
    if (at > start + std::chrono::days{3'650}) at = start;
  }
}
BENCHMARK_CAPTURE(next_run, every_minute, "* * * * *");
BENCHMARK_CAPTURE(next_run, weekdays, "0 8 * * mon-fri");
BENCHMARK_CAPTURE(next_run, last_friday, "*/5 8 * * friL");
BENCHMARK_CAPTURE(next_run, leap_day, "0 0 29 2 *");
BENCHMARK_CAPTURE(next_run, leap_day_by_clock, "0 * 29 2 *");
BENCHMARK_CAPTURE(next_run, never, "0 0 29 2 */7");

}  // namespace
