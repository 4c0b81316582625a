#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// What the clocks on the walls of some zone show: a date and a time of day, no moment by itself.
///
/// Its parts are those of <chrono>: year_month_day{floor<days>(civil)},
/// weekday{floor<days>(civil)}, hh_mm_ss{civil - floor<days>(civil)}. Adding days{1} keeps the time
/// of day over a change of the clocks.
using CivilTime = std::chrono::local_time<milliseconds>;

/// A time zone of the system's database. Cheap to copy; thread-safe.
class TimeZone {
 public:
  /// By its name in the database ("Europe/Berlin"), "UTC", or "local": what $TZ says, else the
  /// system's zone, else UTC. A zone that was found once stays as it was then.
  /// Errors: invalid_input for a name that the database does not have; unavailable when there is
  /// no database at all.
  static Result<TimeZone> find(std::string_view name);
  static TimeZone utc();

  /// The name that it was found by.
  [[nodiscard]] const std::string& name() const;

  [[nodiscard]] CivilTime civil(UtcTime time) const;
  /// By how much the clocks are ahead of UTC.
  [[nodiscard]] seconds offset(UtcTime time) const;

  /// The first moment at which the clocks show `civil`, or show later than it for the first time.
  /// A time that is repeated (clocks set back) is the first of its two; one that is skipped (clocks
  /// set forward, a day left out) is the moment of the jump. So a daily run happens once each day,
  /// and never early.
  [[nodiscard]] UtcTime first_at_or_after(CivilTime civil) const;

  /// The next moment after `time` at which the clocks are set; nullopt when none is known.
  [[nodiscard]] std::optional<UtcTime> next_change(UtcTime time) const;

  /// RFC 3339 with the zone's offset: "2026-11-22T11:00:00+01:00", with milliseconds where they are
  /// not zero. An offset that is no whole number of minutes, as some had before 1972, is cut.
  [[nodiscard]] std::string to_rfc3339(UtcTime time) const;

 private:
  class Rules;
  explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_{std::move(rules)} {}

  // Shared by the copies of a zone.
  std::shared_ptr<const Rules> rules_;
};

}  // namespace btcw
