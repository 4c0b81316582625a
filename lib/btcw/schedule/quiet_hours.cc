#include "btcw/schedule/quiet_hours.h"

#include <algorithm>
#include <array>
#include <string>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;

constexpr minutes kDay = days{1};
constexpr minutes kWeek = days{7};
constexpr std::array<std::string_view, 7> kDayNames{"mon", "tue", "wed", "thu",
                                                    "fri", "sat", "sun"};

/// Which days of the week, Monday first.
using DaySet = std::array<bool, 7>;

Error not_hours(std::string_view part, std::string_view why) {
  return {Errc::invalid_input, "not quiet hours: " + quoted(part) + ": " + std::string{why}};
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// The text before `mark`, and what is behind it; nullopt when there is no mark.
std::optional<std::pair<std::string_view, std::string_view>> split(std::string_view text,
                                                                   char mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return std::pair{trimmed(text.substr(0, at)), trimmed(text.substr(at + 1))};
}

std::optional<int> two_digits(std::string_view text) {
  if (text.empty() || text.size() > 2) return std::nullopt;
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

/// "22:00" since midnight; "24:00" is the end of the day.
std::optional<minutes> time_of_day(std::string_view text) {
  const auto parts = split(text, ':');
  if (!parts || parts->second.size() != 2) return std::nullopt;
  const auto hour = two_digits(parts->first);
  const auto minute = two_digits(parts->second);
  if (!hour || !minute || *minute > 59) return std::nullopt;
  const minutes time = std::chrono::hours{*hour} + minutes{*minute};
  if (time > kDay) return std::nullopt;
  return time;
}

std::optional<std::size_t> day_index(std::string_view name) {
  const auto found = std::find(kDayNames.begin(), kDayNames.end(), name);
  if (found == kDayNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDayNames.begin());
}

/// Adds "mon" or "fri-mon" to `chosen`; false when it is neither.
bool add_days(std::string_view text, DaySet& chosen) {
  const auto range = split(text, '-');
  const auto first = day_index(range ? range->first : text);
  const auto last = day_index(range ? range->second : text);
  if (!first || !last) return false;
  for (std::size_t day = *first;; day = (day + 1) % chosen.size()) {
    chosen[day] = true;
    if (day == *last) return true;
  }
}

/// "22:00-07:00" since midnight: an end that is not after the begin is of the next day.
Result<QuietWindow> read_hours(std::string_view text) {
  const auto ends = split(text, '-');
  const auto begin = ends ? time_of_day(ends->first) : std::nullopt;
  const auto end = ends ? time_of_day(ends->second) : std::nullopt;
  if (!begin || !end || *begin == kDay) {
    return not_hours(text, "expected times such as 22:00-07:00, with days such as mon-fri before");
  }
  if (*begin == *end) return not_hours(text, "begins when it ends; a whole day is 00:00-24:00");
  return QuietWindow{*begin, *end > *begin ? *end : *end + kDay};
}

/// In order, and those that overlap or touch as one.
std::vector<QuietWindow> merged(std::vector<QuietWindow> windows) {
  std::sort(windows.begin(), windows.end(),
            [](const QuietWindow& a, const QuietWindow& b) { return a.begin < b.begin; });
  std::vector<QuietWindow> out;
  for (const QuietWindow& window : windows) {
    if (!out.empty() && window.begin <= out.back().end) {
      out.back().end = std::max(out.back().end, window.end);
    } else {
      out.push_back(window);
    }
  }
  return out;
}

/// Gathers windows from the parts between the commas.
class WindowReader {
 public:
  Result<void> read(std::string_view part) {
    const bool has_days = !part.empty() && part.front() >= 'a' && part.front() <= 'z';
    if (!has_days) return add_hours(part);
    const auto space = std::min(part.find_first_of(" \t"), part.size());
    if (!add_days(part.substr(0, space), days_)) {
      return not_hours(part, "expected days such as mon or mon-fri");
    }
    // Days alone belong to the hours that follow: "sat,sun 00:00-09:00".
    days_alone_ = space == part.size();
    return days_alone_ ? Result<void>{} : add_hours(trimmed(part.substr(space)));
  }

  /// Errors: invalid_input when there is something missing, or nothing but quiet.
  Result<std::vector<QuietWindow>> finish(std::string_view text) && {
    if (days_alone_) return not_hours(text, "days without hours at its end");
    auto windows = merged(std::move(windows_));
    if (windows.front().begin == minutes{0} && windows.front().end == kWeek) {
      return not_hours(text, "leaves no time of the week");
    }
    return windows;
  }

 private:
  Result<void> add_hours(std::string_view text) {
    const auto hours = read_hours(text);
    if (!hours) return hours.error();
    if (days_ == DaySet{}) days_.fill(true);
    for (std::size_t day = 0; day < days_.size(); ++day) {
      const minutes midnight = kDay * static_cast<int>(day);
      if (days_[day]) add(midnight + hours->begin, midnight + hours->end);
    }
    days_ = {};
    days_alone_ = false;
    return {};
  }

  // What reaches over Sunday goes on on Monday.
  void add(minutes begin, minutes end) {
    windows_.push_back({begin, std::min(end, kWeek)});
    if (end > kWeek) windows_.push_back({minutes{0}, end - kWeek});
  }

  DaySet days_{};
  bool days_alone_ = false;
  std::vector<QuietWindow> windows_;
};

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Since Monday 00:00 of its week.
milliseconds time_of_week(CivilTime time) {
  const auto day = floor<days>(time);
  const auto since_monday = std::chrono::weekday{day} - std::chrono::Monday;
  return time - day + since_monday;
}

}  // namespace

Result<QuietHours> QuietHours::parse(std::string_view text, TimeZone zone) {
  const std::string words = lower(text);
  WindowReader reader;
  std::string_view rest = trimmed(words);
  for (auto comma = split(rest, ','); comma; comma = split(rest, ',')) {
    if (auto done = reader.read(comma->first); !done) return std::move(done).error();
    rest = comma->second;
  }
  if (auto done = reader.read(rest); !done) return std::move(done).error();
  auto windows = std::move(reader).finish(text);
  if (!windows) return std::move(windows).error();
  return QuietHours{*std::move(windows), std::move(zone)};
}

std::optional<UtcTime> QuietHours::ends(UtcTime now) const {
  UtcTime moment = now;
  for (;;) {
    const milliseconds shown = time_of_week(zone_.civil(moment));
    const auto window = std::find_if(
        windows_.begin(), windows_.end(),
        [shown](const QuietWindow& other) { return other.begin <= shown && shown < other.end; });
    if (window == windows_.end()) break;
    const UtcTime end = moment + (window->end - shown);
    // Up to the next change the clocks go evenly; what they show after it is looked at anew.
    const auto change = zone_.next_change(moment);
    moment = change && *change < end ? *change : end;
  }
  if (moment == now) return std::nullopt;
  return moment;
}

}  // namespace btcw
