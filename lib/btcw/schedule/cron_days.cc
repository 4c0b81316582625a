#include "btcw/schedule/cron_days.h"

namespace btcw::schedule {
namespace {

using std::chrono::day;
using std::chrono::sys_days;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month;

constexpr std::uint32_t bit(unsigned at) { return std::uint32_t{1} << at; }

/// How a month lies in the week.
struct Month {
  unsigned first;   // weekday of the first, 0: Sunday
  unsigned length;  // in days

  [[nodiscard]] unsigned weekday_of(unsigned date) const { return (first + date - 1) % 7; }
  [[nodiscard]] std::uint32_t all_dates() const { return (~std::uint32_t{0} >> (31 - length)) - 1; }
  // The dates of a weekday: every seventh.
  [[nodiscard]] std::uint32_t dates_of(unsigned weekday) const {
    std::uint32_t dates = 0;
    for (unsigned date = 1 + (weekday + 7 - first) % 7; date <= length; date += 7) {
      dates |= bit(date);
    }
    return dates;
  }
  [[nodiscard]] unsigned nearest_weekday(unsigned date) const {
    const unsigned on = weekday_of(date);
    if (on == 6) return date == 1 ? 3 : date - 1;
    if (on == 0) return date == length ? date - 2 : date + 1;
    return date;
  }
};

Month month_of(year_month month) {
  const auto last = month / std::chrono::last;
  return {weekday{sys_days{month / day{1}}}.c_encoding(), static_cast<unsigned>(last.day())};
}

std::uint32_t dates_of(const CronMonthDays& days, const Month& month) {
  const std::uint32_t all = month.all_dates();
  if (days.is_star && days.before_last == 0 && days.near_weekday == 0 && !days.last_weekday) {
    return days.days & all;
  }
  std::uint32_t dates = days.days;
  for (unsigned date = 1; date <= month.length; ++date) {
    if ((days.before_last & bit(month.length - date)) != 0) dates |= bit(date);
    if ((days.near_weekday & bit(date)) != 0) dates |= bit(month.nearest_weekday(date));
  }
  if (days.last_weekday) dates |= bit(month.nearest_weekday(month.length));
  return dates & all;
}

std::uint32_t dates_of(const CronWeekDays& days, const Month& month) {
  constexpr std::uint8_t kEvery = 0x7F;
  constexpr std::uint32_t kWeek = 0x7F;
  if (days.days == kEvery) return month.all_dates();
  std::uint32_t dates = 0;
  for (unsigned weekday = 0; weekday < 7; ++weekday) {
    const std::uint32_t all = month.dates_of(weekday);
    if ((days.days & bit(weekday)) != 0) dates |= all;
    if ((days.last & bit(weekday)) != 0) dates |= all & ~(bit(month.length - 6) - 1);
    for (unsigned nth = 1; nth < days.nth.size(); ++nth) {
      if ((days.nth[nth] & bit(weekday)) != 0) dates |= all & kWeek << (nth * 7 - 6);
    }
  }
  return dates;
}

}  // namespace

std::uint32_t days_of_month(const CronMonthDays& month_days, const CronWeekDays& week_days,
                            year_month month) {
  const Month shape = month_of(month);
  const std::uint32_t by_date = dates_of(month_days, shape);
  const std::uint32_t by_weekday = dates_of(week_days, shape);
  const bool both_restricted = !month_days.is_star && !week_days.is_star;
  return both_restricted ? by_date | by_weekday : by_date & by_weekday;
}

bool ever_has_days(const CronMonthDays& month_days, const CronWeekDays& week_days,
                   std::uint64_t months) {
  // In 28 years without a skipped leap year every kind of year comes: 1972 to 1999.
  for (int in = 1972; in < 2000; ++in) {
    for (unsigned month = 1; month <= 12; ++month) {
      if ((months & bit(month)) == 0) continue;
      const year_month at{year{in}, std::chrono::month{month}};
      if (days_of_month(month_days, week_days, at) != 0) return true;
    }
  }
  return false;
}

}  // namespace btcw::schedule
