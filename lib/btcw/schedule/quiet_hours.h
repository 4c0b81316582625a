#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/time_zone.h"

namespace btcw {

/// Since Monday 00:00; `end` is not in it.
struct QuietWindow {
  std::chrono::minutes begin;
  std::chrono::minutes end;
};

/// When a channel is not to be disturbed.
///
/// It is quiet while the clocks of the zone show a time in one of the windows; so when they are set
/// back, a window may come twice, and when they skip its end, it ends with the jump.
class QuietHours {
 public:
  /// Windows with commas between: "22:00-07:00", over midnight too; with days before it
  /// ("mon-fri 22:00-07:00", "sat,sun 00:00-09:00") a window begins on those days only. Times are
  /// 00:00 to 24:00, the end is not in the window; the days mon to sun, a range may go over
  /// Sunday. Upper case and spaces do not matter.
  /// Errors: invalid_input with the part that is wrong: no window, no such time or day, a window
  /// without length, windows that leave no minute of the week.
  static Result<QuietHours> parse(std::string_view text, TimeZone zone);

  /// When the quiet ends that there is at `now`; nullopt when it is not quiet then.
  [[nodiscard]] std::optional<UtcTime> ends(UtcTime now) const;

 private:
  QuietHours(std::vector<QuietWindow> windows, TimeZone zone)
      : windows_{std::move(windows)}, zone_{std::move(zone)} {}

  std::vector<QuietWindow> windows_;  // in order; none overlap or touch
  TimeZone zone_;
};

}  // namespace btcw
