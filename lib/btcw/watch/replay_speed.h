#pragma once

#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// How fast a recording is played: as fast as it goes, or so many times faster than its own clock.
class ReplaySpeed {
 public:
  /// "max".
  constexpr ReplaySpeed() = default;

  /// Reads "max", "1x", "10x", "0.5x"; the x may be left out. 0.001 to 1000000, at most three
  /// digits after the point. Errors: invalid_input.
  static Result<ReplaySpeed> parse(std::string_view text);

  [[nodiscard]] constexpr bool unlimited() const { return thousandths_ == 0; }

  /// What of `recorded` passes at this speed. Precondition: not unlimited().
  [[nodiscard]] SteadyTime::duration scaled(milliseconds recorded) const;

 private:
  explicit constexpr ReplaySpeed(std::int64_t thousandths) : thousandths_{thousandths} {}

  std::int64_t thousandths_ = 0;
};

}  // namespace btcw
