#pragma once

#include <chrono>
#include <cstdint>

#include "btcw/schedule/cron_field.h"

namespace btcw::schedule {

/// The days of a month that both day fields of an expression let through: bit n is the n-th.
///
/// A day matches if either field does; but one that begins with '*' is no choice, and both must let
/// it through. The nearest weekday to a Saturday is the Friday before it, to a Sunday the Monday
/// after it, but always in the same month.
std::uint32_t days_of_month(const CronMonthDays& month_days, const CronWeekDays& week_days,
                            std::chrono::year_month month);

/// Whether any month of `months` (bit 1: January) ever has such a day.
bool ever_has_days(const CronMonthDays& month_days, const CronWeekDays& week_days,
                   std::uint64_t months);

}  // namespace btcw::schedule
