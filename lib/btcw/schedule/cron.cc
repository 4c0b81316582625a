#include "btcw/schedule/cron.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/schedule/cron_days.h"

namespace btcw::schedule {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr std::size_t kLongest = 1'000;
constexpr int kMonthsAhead = 8 * 12;  // from a 29th of February to the next, over the year 2100
constexpr UtcTime kEndOfTime = from_unix_ms(253'402'300'800'000);  // 10000-01-01

struct Nickname {
  std::string_view name;
  std::string_view fields;
};
constexpr std::array kNicknames{
    Nickname{"@yearly", "0 0 1 1 *"},  Nickname{"@annually", "0 0 1 1 *"},
    Nickname{"@monthly", "0 0 1 * *"}, Nickname{"@weekly", "0 0 * * 0"},
    Nickname{"@daily", "0 0 * * *"},   Nickname{"@midnight", "0 0 * * *"},
    Nickname{"@hourly", "0 * * * *"},
};

std::vector<CronFieldText> split(std::string_view text) {
  constexpr std::string_view kSpaces = " \t";
  std::vector<CronFieldText> fields;
  std::size_t at = text.find_first_not_of(kSpaces);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kSpaces, at), text.size());
    fields.push_back({text.substr(at, end - at), at + 1});
    at = text.find_first_not_of(kSpaces, end);
  }
  return fields;
}

Result<std::string_view> without_nickname(std::string_view text) {
  const auto fields = split(text);
  if (fields.empty() || fields.front().text.front() != '@') return text;
  for (const Nickname& nickname : kNicknames) {
    if (fields.size() == 1 && fields.front().text == nickname.name) return nickname.fields;
  }
  return Error{Errc::invalid_input,
               "column " + std::to_string(fields.front().column) +
                   ": expected @yearly, @annually, @monthly, @weekly, @daily, @midnight or "
                   "@hourly alone, found " +
                   btcw::quoted(text)};
}

// The fields of `text`, the second before them where it has none.
Result<std::vector<CronFieldText>> six_fields(std::string_view text) {
  if (text.size() > kLongest) {
    return Error{Errc::invalid_input, "cron expression of more than 1000 characters"};
  }
  const auto plain = without_nickname(text);
  if (!plain) return plain.error();
  auto fields = split(*plain);
  if (fields.size() != 5 && fields.size() != 6) {
    return Error{Errc::invalid_input,
                 "expected 5 fields (minute hour day month weekday), or 6 with the second first, "
                 "found " +
                     std::to_string(fields.size())};
  }
  if (fields.size() == 5) fields.insert(fields.begin(), CronFieldText{"0", 1});
  return fields;
}

// The lowest bit that is not below `from`.
std::optional<int> first_bit(std::uint64_t bits, int from) {
  constexpr int kBits = 64;
  const std::uint64_t rest = from >= kBits ? 0 : bits >> static_cast<unsigned>(from);
  if (rest == 0) return std::nullopt;
  return from + std::countr_zero(rest);
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text) {
  const auto fields = six_fields(text);
  if (!fields) return fields.error();
  return read(*fields);
}

Result<Cron> Cron::read(std::span<const CronFieldText> fields) {
  const auto second = read_values(CronField::second, fields[0].text, fields[0].column);
  if (!second) return second.error();
  const auto minute = read_values(CronField::minute, fields[1].text, fields[1].column);
  if (!minute) return minute.error();
  const auto hour = read_values(CronField::hour, fields[2].text, fields[2].column);
  if (!hour) return hour.error();
  const auto month_days = read_month_days(fields[3].text, fields[3].column);
  if (!month_days) return month_days.error();
  const auto month = read_values(CronField::month, fields[4].text, fields[4].column);
  if (!month) return month.error();
  const auto week_days = read_week_days(fields[5].text, fields[5].column);
  if (!week_days) return week_days.error();
  if (!ever_has_days(*month_days, *week_days, month->bits)) {
    return Error{Errc::invalid_input, "column " + std::to_string(fields[3].column) +
                                          ": no month has such a day, it would never run"};
  }
  Cron cron;
  cron.seconds_ = *second;
  cron.minutes_ = *minute;
  cron.hours_ = *hour;
  cron.month_days_ = *month_days;
  cron.months_ = *month;
  cron.week_days_ = *week_days;
  return cron;
}

bool Cron::matches(CivilTime time) const {
  const auto whole = floor<seconds>(time);
  return whole == time && first_match(time) == time;
}

std::optional<seconds> Cron::first_time_of_day(seconds from) const {
  const hh_mm_ss parts{from};
  const auto hour = static_cast<int>(parts.hours().count());
  const auto minute = static_cast<int>(parts.minutes().count());
  const auto second = static_cast<int>(parts.seconds().count());
  const auto at = [](int h, int m, int s) { return hours{h} + minutes{m} + seconds{s}; };
  const int first_second = *first_bit(seconds_.bits, 0);
  const int first_minute = *first_bit(minutes_.bits, 0);
  if (first_bit(hours_.bits, hour) == hour) {
    const auto same_minute = first_bit(minutes_.bits, minute) == minute;
    const auto s = first_bit(seconds_.bits, second);
    if (same_minute && s) return at(hour, minute, *s);
    if (const auto m = first_bit(minutes_.bits, minute + 1)) return at(hour, *m, first_second);
  }
  const auto h = first_bit(hours_.bits, hour + 1);
  if (!h) return std::nullopt;
  return at(*h, first_minute, first_second);
}

std::optional<CivilTime> Cron::first_match(CivilTime from) const {
  const auto whole = std::chrono::ceil<seconds>(from);
  const auto date = floor<days>(whole);
  const year_month_day today{date};
  year_month month{today.year(), today.month()};
  auto day = static_cast<int>(static_cast<unsigned>(today.day()));
  auto time = first_time_of_day(whole - date);
  for (int ahead = 0; ahead <= kMonthsAhead; ++ahead, month += months{1}) {
    if ((months_.bits >> static_cast<unsigned>(month.month()) & 1U) != 0) {
      const std::uint32_t dates = days_of_month(month_days_, week_days_, month);
      auto on = first_bit(dates, day);
      if (on && ahead == 0 && *on == day && !time) on = first_bit(dates, day + 1);
      if (on) {
        const bool is_today =
            ahead == 0 && *on == static_cast<int>(static_cast<unsigned>(today.day()));
        const auto clock = is_today ? time : first_time_of_day(seconds{0});
        return local_days{month / *on} + *clock;
      }
    }
    day = 1;
  }
  return std::nullopt;
}

std::optional<UtcTime> Cron::next(UtcTime after, const TimeZone& zone) const {
  if (after >= kEndOfTime) return std::nullopt;
  return follows_clock() ? next_by_clock(after, zone) : next_fixed(after, zone);
}

std::optional<UtcTime> Cron::next_fixed(UtcTime after, const TimeZone& zone) const {
  const auto shown = floor<seconds>(zone.civil(after));
  // What the clocks have shown before, they show the second time now: look for the first reading
  // whose first moment is still to come.
  auto low = shown;
  auto high = shown + seconds{1};
  for (seconds reach{1}; zone.first_at_or_after(high) <= after; reach *= 2) {
    low = high;
    high += reach;
  }
  while (high - low > seconds{1}) {
    const auto middle = low + (high - low) / 2;
    (zone.first_at_or_after(middle) <= after ? low : high) = middle;
  }
  const auto match = first_match(high);
  if (!match) return std::nullopt;
  return zone.first_at_or_after(*match);
}

std::optional<UtcTime> Cron::next_by_clock(UtcTime after, const TimeZone& zone) const {
  // Beyond this no zone's clocks are apart from any other's.
  constexpr days kApart{2};
  UtcTime from = floor<seconds>(after) + seconds{1};
  const UtcTime latest = from + days{8 * 366};
  while (from <= latest) {
    const seconds ahead = zone.offset(from);
    const auto match = first_match(CivilTime{(from + ahead).time_since_epoch()});
    if (!match) return std::nullopt;
    const UtcTime at = UtcTime{match->time_since_epoch()} - ahead;
    const auto change = zone.next_change(from);
    if (!change || at < *change) return at;
    // A change long before the match can repeat no earlier one, unless it is near the start.
    const bool skips = *change > from + kApart && at - kApart > *change;
    from = skips ? at - kApart : *change;
  }
  return std::nullopt;
}

}  // namespace btcw::schedule
