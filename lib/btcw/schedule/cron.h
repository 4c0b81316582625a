#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/base/time_zone.h"
#include "btcw/schedule/cron_field.h"

namespace btcw::schedule {

/// When a job runs, by what the clocks on the wall show.
///
/// Five fields (minute, hour, day of month, month, day of week), or six with the second first;
/// lists "1,5", ranges "10-40", steps "*/5" and "10-40/10", "7/15" (from 7 on), names of months and
/// days; days of week 0 to 7, where 0 and 7 are Sunday; "?" is "*" in the day fields; "L", "L-3",
/// "LW", "15W", "5L", "friL", "fri#2"; @yearly @annually @monthly @weekly @daily @midnight @hourly.
/// Where both day fields are restricted a day matches if either does; one that begins with '*' is
/// not restricted.
///
/// When the clocks change, it does as Debian's cron: a job at fixed hours and minutes that falls
/// into a gap runs once, right after it, and one that falls into an hour that comes twice runs in
/// the first. A job whose hour or minute field begins with '*' follows the clocks: it runs in both
/// halves, and makes up for nothing.
class Cron {
 public:
  /// Errors: invalid_input, with the column and what was expected; for what can never come true
  /// ("0 0 30 2 *"), and for more than 1,000 characters.
  static Result<Cron> parse(std::string_view text);

  /// The first run after `after`, which is a whole second; strictly increasing. nullopt: none in
  /// about eight years. A few hundred nanoseconds; some microseconds where it looks far ahead.
  [[nodiscard]] std::optional<UtcTime> next(UtcTime after, const TimeZone& zone) const;

  /// Whether the clocks show a time of a run, whatever they do then.
  [[nodiscard]] bool matches(CivilTime time) const;
  /// Whether it follows the clocks through a change.
  [[nodiscard]] bool follows_clock() const { return hours_.is_star || minutes_.is_star; }

 private:
  static Result<Cron> read(std::span<const CronFieldText> fields);
  [[nodiscard]] std::optional<CivilTime> first_match(CivilTime from) const;
  [[nodiscard]] std::optional<seconds> first_time_of_day(seconds from) const;
  [[nodiscard]] std::optional<UtcTime> next_fixed(UtcTime after, const TimeZone& zone) const;
  [[nodiscard]] std::optional<UtcTime> next_by_clock(UtcTime after, const TimeZone& zone) const;

  CronValues seconds_;
  CronValues minutes_;
  CronValues hours_;
  CronMonthDays month_days_;
  CronValues months_;
  CronWeekDays week_days_;
};

}  // namespace btcw::schedule
