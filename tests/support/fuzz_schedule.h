#pragma once

#include <string_view>

#include "btcw/schedule/timetable.h"
#include "support/fuzz_base.h"

namespace btcw::test {

/// What the fuzz target of the schedules does with one input.
inline void fuzz_schedule(std::string_view input) {
  const auto cron = schedule::Cron::parse(input);
  if (!cron) {
    expect_sober(cron.error());
  } else {
    UtcTime at = from_unix_ms(1'763'892'000'123);
    for (int i = 0; i < 8; ++i) {
      const auto next = cron->next(at, TimeZone::utc());
      if (!next) break;
      expect(*next > at && *next < at + std::chrono::days{9 * 366});
      expect(cron->matches(CivilTime{next->time_since_epoch()}));
      at = *next;
    }
  }
  const auto timetable = schedule::parse_timetable(input, "UTC");
  if (!timetable) expect_sober(timetable.error());
}

}  // namespace btcw::test
