#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/base/time_zone.h"
#include "btcw/schedule/cron.h"

namespace btcw::schedule {

/// A run every so often, counted from a start.
class Every {
 public:
  /// Errors: invalid_input unless it is a duration of 1 ms to 366 days.
  static Result<Every> parse(std::string_view text);

  [[nodiscard]] milliseconds interval() const { return interval_; }

  /// The first whole multiple of the interval since `start` after `now`: late runs do not push the
  /// later ones back. On the monotonic clock, which no setting of the clocks moves.
  [[nodiscard]] SteadyTime next(SteadyTime start, SteadyTime now) const;
  /// The same on the clock of a recording, and for listing runs.
  [[nodiscard]] UtcTime next(UtcTime start, UtcTime now) const;

 private:
  explicit Every(milliseconds interval) : interval_{interval} {}
  milliseconds interval_;
};

/// Runs at the times of a cron expression in a time zone.
struct ByClock {
  Cron cron;
  TimeZone zone;
};

using Timetable = std::variant<ByClock, Every>;

/// Reads "0 8 * * mon-fri", "@daily", "@every 90s"; "CRON_TZ=Asia/Shanghai 0 8 * * *" (or TZ=) has
/// the zone before the fields.
/// Errors: invalid_input, with the column of the expression; the errors of TimeZone::find(). A zone
/// before the fields and `timezone` at once are refused when they differ; @every needs none.
/// `timezone` empty: not given, UTC.
Result<Timetable> parse_timetable(std::string_view text, std::string_view timezone = {});

}  // namespace btcw::schedule
