#include "btcw/base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "btcw/base/quoted.h"
#include "btcw/base/result.h"

namespace btcw {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;

constexpr UtcTime kEndOfTime = from_unix_ms(253'402'300'800'000);  // 10000-01-01
constexpr milliseconds kLongest = days{36'525};

// Reads from the front of a text; every reader leaves it where it was when it fails.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_{text} {}

  [[nodiscard]] bool done() const { return text_.empty(); }

  bool skip(std::string_view one_of) {
    if (text_.empty() || one_of.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }

  // The digits at the front, as many as there are.
  std::string_view digits() {
    const auto end = std::min(text_.find_first_not_of("0123456789"), text_.size());
    const std::string_view digits = text_.substr(0, end);
    text_.remove_prefix(end);
    return digits;
  }

  // A number of exactly `count` digits.
  std::optional<int> number(std::size_t count) {
    const std::string_view whole = text_;
    const std::string_view found = digits();
    if (found.size() < count) {
      text_ = whole;
      return std::nullopt;
    }
    text_ = whole.substr(count);
    int value = 0;
    for (const char c : found.substr(0, count)) value = value * 10 + (c - '0');
    return value;
  }

  std::string_view letters() {
    const auto end = std::min(text_.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), text_.size());
    const std::string_view letters = text_.substr(0, end);
    text_.remove_prefix(end);
    return letters;
  }

 private:
  std::string_view text_;
};

// Up to 15 digits, so that no product below overflows.
std::optional<std::int64_t> whole_number(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

std::optional<UtcTime> read_unix_seconds(std::string_view digits) {
  const auto value = whole_number(digits);
  if (!value || seconds{*value} >= kEndOfTime.time_since_epoch()) return std::nullopt;
  return UtcTime{seconds{*value}};
}

std::optional<UtcTime> read_date(Cursor& cursor) {
  const auto year = cursor.number(4);
  if (!year || !cursor.skip("-")) return std::nullopt;
  const auto month = cursor.number(2);
  if (!month || !cursor.skip("-")) return std::nullopt;
  const auto day = cursor.number(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

// The milliseconds of ".123456", zero where there is no point.
std::optional<milliseconds> read_fraction(Cursor& cursor) {
  if (!cursor.skip(".")) return milliseconds{0};
  const std::string_view digits = cursor.digits();
  if (digits.empty()) return std::nullopt;
  int value = 0;
  for (std::size_t at = 0; at < 3; ++at) {
    value = value * 10 + (at < digits.size() ? digits[at] - '0' : 0);
  }
  return milliseconds{value};
}

std::optional<minutes> read_offset(Cursor& cursor) {
  if (cursor.skip("Zz")) return minutes{0};
  const bool west = cursor.skip("-");
  if (!west && !cursor.skip("+")) return std::nullopt;
  const auto hour = cursor.number(2);
  if (!hour || *hour > 23 || !cursor.skip(":")) return std::nullopt;
  const auto minute = cursor.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  const minutes offset = hours{*hour} + minutes{*minute};
  return west ? -offset : offset;
}

std::optional<UtcTime> read_date_and_time(std::string_view text) {
  Cursor cursor{text};
  const auto date = read_date(cursor);
  if (!date || cursor.done()) return date;
  if (!cursor.skip("Tt ")) return std::nullopt;
  const auto hour = cursor.number(2);
  if (!hour || *hour > 23 || !cursor.skip(":")) return std::nullopt;
  const auto minute = cursor.number(2);
  if (!minute || *minute > 59 || !cursor.skip(":")) return std::nullopt;
  const auto second = cursor.number(2);
  if (!second || *second > 60) return std::nullopt;
  const auto fraction = read_fraction(cursor);
  if (!fraction) return std::nullopt;
  const auto offset = read_offset(cursor);
  if (!offset || !cursor.done()) return std::nullopt;
  const UtcTime time =
      *date + hours{*hour} + minutes{*minute} + seconds{*second} + *fraction - *offset;
  // A leap second counts as the first second of the next day, as POSIX has it.
  const bool starts_a_day = floor<seconds>(time) == floor<days>(time);
  if (*second == 60 && !starts_a_day) return std::nullopt;
  return time;
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};

// From long to short: the parts of a duration stand in this order.
constexpr std::array kUnits{Unit{"w", 604'800'000}, Unit{"d", 86'400'000}, Unit{"h", 3'600'000},
                            Unit{"m", 60'000},      Unit{"s", 1'000},      Unit{"ms", 1}};

// `digits` behind the point, of a unit; nullopt when that is no whole number of milliseconds.
std::optional<std::int64_t> fraction_of(std::string_view digits, std::int64_t unit) {
  while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1);
  if (digits.size() > 9) return std::nullopt;
  std::int64_t value = 0;
  std::int64_t scale = 1;
  for (const char c : digits) {
    value = value * 10 + (c - '0');
    scale *= 10;
  }
  if (value * unit % scale != 0) return std::nullopt;
  return value * unit / scale;
}

std::optional<milliseconds> read_duration(std::string_view text) {
  if (text == "0") return milliseconds{0};
  Cursor cursor{text};
  milliseconds sum{0};
  const Unit* longest = kUnits.data();
  do {
    const std::string_view whole_digits = cursor.digits();
    std::string_view fraction_digits;
    if (cursor.skip(".")) {
      fraction_digits = cursor.digits();
      if (fraction_digits.empty()) return std::nullopt;
    }
    const std::string_view name = cursor.letters();
    const Unit* const end = kUnits.data() + kUnits.size();
    const Unit* const unit =
        std::find_if(longest, end, [&](const Unit& known) { return known.name == name; });
    const auto whole = whole_number(whole_digits);
    if (unit == end || !whole || *whole > kLongest.count() / unit->ms) return std::nullopt;
    const auto fraction = fraction_of(fraction_digits, unit->ms);
    if (!fraction) return std::nullopt;
    sum += milliseconds{*whole * unit->ms + *fraction};
    if (sum > kLongest) return std::nullopt;
    longest = unit + 1;
  } while (!cursor.done());
  return sum;
}

}  // namespace

std::string to_rfc3339(UtcTime time) {
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::string text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (const auto ms = clock.subseconds().count(); ms != 0) text += fmt::format(".{:03}", ms);
  return text += 'Z';
}

Result<UtcTime> parse_time(std::string_view text) {
  const bool marked = text.starts_with('@');
  const std::string_view digits = text.substr(marked ? 1 : 0);
  const bool only_digits = digits.find_first_not_of("0123456789") == std::string_view::npos;
  const auto time = marked || only_digits ? (only_digits ? read_unix_seconds(digits) : std::nullopt)
                                          : read_date_and_time(text);
  if (!time || *time < UtcTime{} || *time >= kEndOfTime) {
    return Error{Errc::invalid_input, "not a time: " + quoted(text) +
                                          ", expected 2026-11-22T10:00:00Z, 2026-11-22 or seconds "
                                          "since 1970"};
  }
  return *time;
}

Result<milliseconds> parse_duration(std::string_view text) {
  const auto duration = read_duration(text);
  if (!duration) {
    return Error{Errc::invalid_input,
                 "not a duration: " + quoted(text) +
                     ", expected a number and one of ms, s, m, h, d, w, as in 30s or 1h30m"};
  }
  return *duration;
}

std::string to_string(milliseconds duration) {
  if (duration.count() == 0) return "0s";
  std::string text;
  auto rest = static_cast<std::uint64_t>(duration.count());
  if (duration.count() < 0) {
    text = "-";
    rest = 0 - rest;
  }
  for (const Unit& unit : kUnits) {
    if (unit.name == "w") continue;  // 7d says it as well
    const auto size = static_cast<std::uint64_t>(unit.ms);
    if (rest >= size) text += fmt::format("{}{}", rest / size, unit.name);
    rest %= size;
  }
  return text;
}

}  // namespace btcw
