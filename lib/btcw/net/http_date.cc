#include "btcw/net/http_date.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace btcw {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                "Friday", "Saturday", "Sunday"};

// Reads a date from its start; once something is not as expected, everything after it fails too.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_{text} {}

  void expect(std::string_view text) {
    if (!rest_.starts_with(text)) failed_ = true;
    if (!failed_) rest_.remove_prefix(text.size());
  }

  // A number of exactly `digits` digits; a space may stand for a leading one.
  int number(std::size_t digits) {
    if (rest_.size() < digits) failed_ = true;
    int value = 0;
    for (std::size_t i = 0; !failed_ && i < digits; ++i) {
      const char character = i == 0 && digits == 2 && rest_[0] == ' ' ? '0' : rest_[i];
      if (character < '0' || character > '9') failed_ = true;
      value = value * 10 + (character - '0');
    }
    if (!failed_) rest_.remove_prefix(digits);
    return value;
  }

  unsigned month() {
    const auto found = std::find(kMonths.begin(), kMonths.end(), rest_.substr(0, 3));
    if (found == kMonths.end()) failed_ = true;
    if (!failed_) rest_.remove_prefix(3);
    return static_cast<unsigned>(found - kMonths.begin()) + 1;
  }

  // The name of a day and what follows it, up to and with `separator`.
  void day_name(std::string_view separator, std::size_t letters) {
    const auto is_named = [&](std::string_view day) {
      const auto name = day.substr(0, letters);
      return rest_.starts_with(name) && rest_.substr(name.size()).starts_with(separator);
    };
    const auto found = std::find_if(kDays.begin(), kDays.end(), is_named);
    if (found == kDays.end()) {
      failed_ = true;
      return;
    }
    rest_.remove_prefix(found->substr(0, letters).size() + separator.size());
  }

  [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

struct Moment {
  int year = 0;
  unsigned month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

void read_time_of_day(DateReader& reader, Moment& moment) {
  moment.hour = reader.number(2);
  reader.expect(":");
  moment.minute = reader.number(2);
  reader.expect(":");
  moment.second = reader.number(2);
}

std::optional<UtcTime> to_time(const Moment& moment) {
  const std::chrono::year_month_day date{std::chrono::year{moment.year},
                                         std::chrono::month{moment.month},
                                         std::chrono::day{static_cast<unsigned>(moment.day)}};
  // 60 is a leap second.
  if (!date.ok() || moment.hour > 23 || moment.minute > 59 || moment.second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + std::chrono::hours{moment.hour} +
         std::chrono::minutes{moment.minute} + seconds{moment.second};
}

std::optional<UtcTime> parse_fixdate(std::string_view text) {
  DateReader reader{text};
  Moment moment;
  reader.day_name(", ", 3);
  moment.day = reader.number(2);
  reader.expect(" ");
  moment.month = reader.month();
  reader.expect(" ");
  moment.year = reader.number(4);
  reader.expect(" ");
  read_time_of_day(reader, moment);
  reader.expect(" GMT");
  if (!reader.complete()) return std::nullopt;
  return to_time(moment);
}

std::optional<UtcTime> parse_rfc850(std::string_view text, UtcTime now) {
  DateReader reader{text};
  Moment moment;
  reader.day_name(", ", std::string_view::npos);
  moment.day = reader.number(2);
  reader.expect("-");
  moment.month = reader.month();
  reader.expect("-");
  const int year_of_century = reader.number(2);
  reader.expect(" ");
  read_time_of_day(reader, moment);
  reader.expect(" GMT");
  if (!reader.complete()) return std::nullopt;
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int this_year = static_cast<int>(today.year());
  moment.year = this_year - this_year % 100 + year_of_century;
  if (moment.year >= this_year + 50) moment.year -= 100;
  if (moment.year < this_year - 50) moment.year += 100;
  return to_time(moment);
}

std::optional<UtcTime> parse_asctime(std::string_view text) {
  DateReader reader{text};
  Moment moment;
  reader.day_name(" ", 3);
  moment.month = reader.month();
  reader.expect(" ");
  moment.day = reader.number(2);
  reader.expect(" ");
  read_time_of_day(reader, moment);
  reader.expect(" ");
  moment.year = reader.number(4);
  if (!reader.complete()) return std::nullopt;
  return to_time(moment);
}

}  // namespace

std::optional<UtcTime> parse_http_date(std::string_view text, UtcTime now) {
  if (const auto time = parse_fixdate(text)) return time;
  if (const auto time = parse_rfc850(text, now)) return time;
  return parse_asctime(text);
}

}  // namespace btcw
