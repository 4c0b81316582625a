#include "btcw/schedule/cron_field.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>

#include "btcw/schedule/cron_text.h"

namespace btcw::schedule {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                   "may",       "june",     "july",     "august",
                                                   "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> kDays{"sunday",   "monday", "tuesday", "wednesday",
                                                "thursday", "friday", "saturday"};

struct Kind {
  std::string_view what;  // for errors
  int low;
  int high;
  int highest_written;  // 7 for Sunday, else `high`
  std::span<const std::string_view> names;
};

constexpr Kind kSecond{"a second of 0 to 59", 0, 59, 59, {}};
constexpr Kind kMinute{"a minute of 0 to 59", 0, 59, 59, {}};
constexpr Kind kHour{"an hour of 0 to 23", 0, 23, 23, {}};
constexpr Kind kMonth{"a month of 1 to 12 or jan to dec", 1, 12, 12, kMonths};
constexpr Kind kMonthDay{"a day of 1 to 31, L, L-3, LW or 15W", 1, 31, 31, {}};
constexpr Kind kWeekDay{"a day of 0 to 7 or sun to sat, 5L or 5#2", 0, 6, 7, kDays};

const Kind& kind_of(CronField field) {
  switch (field) {
    case CronField::second:
      return kSecond;
    case CronField::minute:
      return kMinute;
    case CronField::hour:
      return kHour;
    case CronField::month:
      return kMonth;
  }
  return kSecond;
}

// "fri" or "friday", in any case; a day of the week may have the L of "friL" behind it.
std::optional<int> take_name(const Kind& kind, CronText& text) {
  const std::size_t letters = text.letters().size();
  const bool has_l = text.letters().ends_with('L') || text.letters().ends_with('l');
  for (std::size_t at = 0; at < kind.names.size(); ++at) {
    for (const std::string_view name : {kind.names[at], kind.names[at].substr(0, 3)}) {
      const bool with_l = kind.highest_written == 7 && has_l && letters == name.size() + 1;
      if ((letters == name.size() || with_l) && text.take(name)) {
        return kind.low + static_cast<int>(at);
      }
    }
  }
  return std::nullopt;
}

Result<int> take_value(const Kind& kind, CronText& text) {
  const std::size_t from = text.position();
  if (text.starts_with_digit()) {
    const auto number = text.number();
    if (number && *number >= kind.low && *number <= kind.highest_written) return *number;
    return text.expected_at(from, std::string{kind.what});
  }
  if (const auto named = take_name(kind, text)) return *named;
  return text.expected(std::string{kind.what});
}

struct Range {
  int first;
  int last;
  int step = 1;
};

// "/5" behind a range, or nothing.
Result<int> take_step(const Kind& kind, CronText& text) {
  if (!text.take("/")) return 1;
  const std::size_t from = text.position();
  const auto step = text.number();
  const int most = kind.high - kind.low + 1;
  if (!step || *step < 1 || *step > most) {
    return text.expected_at(from, "a step of 1 to " + std::to_string(most));
  }
  return *step;
}

// What may follow a first value: "-5", "/15", "-40/10".
Result<Range> take_range(const Kind& kind, int first, std::size_t from, CronText& text) {
  Range range{first, first};
  const bool open = text.starts_with('/');
  if (text.take("-")) {
    const auto last = take_value(kind, text);
    if (!last) return last.error();
    range.last = *last;
    // fri-sun: as a range's end, Sunday is the seventh day.
    const bool sunday = kind.highest_written == 7 && range.last == 0 && first > 0;
    if (sunday) range.last = 7;
    if (range.last < first) return text.expected_at(from, "a range that does not run backwards");
  }
  if (open) range.last = std::max(first, kind.high);
  const auto step = take_step(kind, text);
  if (!step) return step.error();
  range.step = *step;
  return range;
}

std::uint64_t bits_of(const Range& range) {
  std::uint64_t bits = 0;
  for (int value = range.first; value <= range.last; value += range.step) {
    bits |= std::uint64_t{1} << static_cast<unsigned>(value);
  }
  return bits;
}

std::optional<Error> after_item(CronText& text) {
  if (text.done()) return std::nullopt;
  if (!text.take(",")) return text.expected("a comma, or the end of the field");
  return std::nullopt;
}

Result<std::uint64_t> take_star(const Kind& kind, CronText& text) {
  const auto step = take_step(kind, text);
  if (!step) return step.error();
  return bits_of({kind.low, kind.high, *step});
}

// An item of plain values.
Result<std::uint64_t> take_plain(const Kind& kind, CronText& text) {
  if (text.take("*")) return take_star(kind, text);
  const std::size_t from = text.position();
  const auto first = take_value(kind, text);
  if (!first) return first.error();
  const auto range = take_range(kind, *first, from, text);
  if (!range) return range.error();
  return bits_of(*range);
}

/// Reads the items of a list with `item`, which returns an error or nothing.
template <typename Item>
std::optional<Error> read_list(CronText& text, Item item) {
  while (true) {
    if (auto error = item()) return error;
    const bool more = text.starts_with(',');
    if (auto error = after_item(text)) return error;
    if (!more) return std::nullopt;
  }
}

std::optional<Error> take_from_last(CronText& text, CronMonthDays& days) {
  if (text.take("W")) {
    days.last_weekday = true;
    return std::nullopt;
  }
  int before = 0;
  if (text.take("-")) {
    const std::size_t from = text.position();
    const auto number = text.number();
    if (!number || *number < 1 || *number > 30) {
      return text.expected_at(from, "1 to 30 days before the last");
    }
    before = *number;
  }
  days.before_last |= std::uint32_t{1} << static_cast<unsigned>(before);
  return std::nullopt;
}

std::optional<Error> take_month_day(CronText& text, CronMonthDays& days) {
  if (text.take("L")) return take_from_last(text, days);
  if (!text.starts_with_digit()) {
    const auto bits = take_plain(kMonthDay, text);
    if (!bits) return bits.error();
    days.days |= static_cast<std::uint32_t>(*bits);
    return std::nullopt;
  }
  const std::size_t from = text.position();
  const auto first = take_value(kMonthDay, text);
  if (!first) return first.error();
  if (text.take("W")) {
    days.near_weekday |= std::uint32_t{1} << static_cast<unsigned>(*first);
    return std::nullopt;
  }
  const auto range = take_range(kMonthDay, *first, from, text);
  if (!range) return range.error();
  days.days |= static_cast<std::uint32_t>(bits_of(*range));
  return std::nullopt;
}

std::optional<Error> take_week_day(CronText& text, CronWeekDays& days) {
  if (text.take("*")) {
    const auto bits = take_star(kWeekDay, text);
    if (!bits) return bits.error();
    days.days |= static_cast<std::uint8_t>(*bits);
    return std::nullopt;
  }
  const std::size_t from = text.position();
  const auto first = take_value(kWeekDay, text);
  if (!first) return first.error();
  const auto bit = static_cast<std::uint8_t>(1U << static_cast<unsigned>(*first % 7));
  if (text.take("L")) {
    days.last = static_cast<std::uint8_t>(days.last | bit);
    return std::nullopt;
  }
  if (text.take("#")) {
    const std::size_t at = text.position();
    const auto nth = text.number();
    if (!nth || *nth < 1 || *nth > 5)
      return text.expected_at(at, "the first to the fifth: #1 to #5");
    auto& known = days.nth[static_cast<std::size_t>(*nth)];
    known = static_cast<std::uint8_t>(known | bit);
    return std::nullopt;
  }
  const auto range = take_range(kWeekDay, *first, from, text);
  if (!range) return range.error();
  const std::uint64_t bits = bits_of(*range);
  days.days = static_cast<std::uint8_t>(days.days | (bits & 0x7FU) | (bits >> 7U));
  return std::nullopt;
}

}  // namespace

Result<CronValues> read_values(CronField field, std::string_view text, std::size_t column) {
  CronText rest{text, column};
  CronValues values{.is_star = rest.starts_with('*')};
  auto error = read_list(rest, [&]() -> std::optional<Error> {
    const auto bits = take_plain(kind_of(field), rest);
    if (!bits) return bits.error();
    values.bits |= *bits;
    return std::nullopt;
  });
  if (error) return *std::move(error);
  return values;
}

Result<CronMonthDays> read_month_days(std::string_view text, std::size_t column) {
  if (text == "?") text = "*";
  CronText rest{text, column};
  CronMonthDays days{.is_star = rest.starts_with('*')};
  auto error = read_list(rest, [&] { return take_month_day(rest, days); });
  if (error) return *std::move(error);
  return days;
}

Result<CronWeekDays> read_week_days(std::string_view text, std::size_t column) {
  if (text == "?") text = "*";
  CronText rest{text, column};
  CronWeekDays days{.is_star = rest.starts_with('*')};
  auto error = read_list(rest, [&] { return take_week_day(rest, days); });
  if (error) return *std::move(error);
  return days;
}

}  // namespace btcw::schedule
