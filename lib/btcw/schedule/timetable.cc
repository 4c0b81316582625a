#include "btcw/schedule/timetable.h"

#include <algorithm>
#include <string>

#include "btcw/base/quoted.h"

namespace btcw::schedule {
namespace {

constexpr std::string_view kSpaces = " \t";

// Cuts the spaces at both ends.
std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(kSpaces), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

struct WithZone {
  std::string_view zone;  // empty: none
  std::string_view fields;
};

WithZone split_zone(std::string_view text) {
  for (const std::string_view name : {"CRON_TZ=", "TZ="}) {
    if (!text.starts_with(name)) continue;
    const std::size_t end = std::min(text.find_first_of(kSpaces), text.size());
    return {text.substr(name.size(), end - name.size()), text.substr(end)};
  }
  return {{}, text};
}

template <typename Time>
Time next_multiple(Time start, Time now, milliseconds interval) {
  if (now < start) return start;
  return start + ((now - start) / interval + 1) * interval;
}

}  // namespace

Result<Every> Every::parse(std::string_view text) {
  const auto interval = parse_duration(text);
  if (!interval) return interval.error();
  if (*interval < milliseconds{1} || *interval > std::chrono::days{366}) {
    return Error{Errc::invalid_input,
                 "expected an interval of 1ms to 366d, found " + btcw::quoted(text)};
  }
  return Every{*interval};
}

SteadyTime Every::next(SteadyTime start, SteadyTime now) const {
  return next_multiple(start, now, interval_);
}

UtcTime Every::next(UtcTime start, UtcTime now) const {
  return next_multiple(start, now, interval_);
}

Result<Timetable> parse_timetable(std::string_view text, std::string_view timezone) {
  const std::string_view whole = trimmed(text);
  constexpr std::string_view kEvery = "@every";
  if (whole.starts_with(kEvery)) {
    const auto every = Every::parse(trimmed(whole.substr(kEvery.size())));
    if (!every) return every.error();
    return Timetable{*every};
  }
  const WithZone parts = split_zone(whole);
  const bool both = !parts.zone.empty() && !timezone.empty() && parts.zone != timezone;
  if (both) {
    return Error{Errc::invalid_input,
                 "two time zones: " + btcw::quoted(parts.zone) + " and " + btcw::quoted(timezone)};
  }
  const bool named = parts.fields.size() != whole.size();
  const std::string_view name = named ? parts.zone : timezone.empty() ? "UTC" : timezone;
  const auto zone = TimeZone::find(name);
  if (!zone) return zone.error();
  const auto cron = Cron::parse(parts.fields);
  if (!cron) return cron.error();
  return Timetable{ByClock{*cron, *zone}};
}

}  // namespace btcw::schedule
