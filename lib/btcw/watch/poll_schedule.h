#pragma once

#include "btcw/base/random.h"
#include "btcw/base/time.h"

namespace btcw {

/// When to ask next: every interval without drift, less and less often while nothing answers.
class PollSchedule {
 public:
  /// The longest pause between two attempts, unless the interval itself is longer.
  static constexpr milliseconds kLongestPause = std::chrono::minutes{5};

  /// The first attempt is due at `first`. Precondition: interval > 0.
  PollSchedule(milliseconds interval, SteadyTime first)
      : interval_{interval}, base_{first}, due_{first} {}

  [[nodiscard]] SteadyTime due() const { return due_; }
  [[nodiscard]] milliseconds interval() const { return interval_; }
  [[nodiscard]] int failures() const { return failures_; }

  /// The attempt brought something: next at the first multiple of the interval, counted from the
  /// first attempt, that is still to come. What a slow attempt missed is not made up for.
  void succeeded(SteadyTime now);

  /// The attempt brought nothing: the pause doubles with each failure in a row, up to
  /// kLongestPause, and lies at random between one half of that and the whole; never less than the
  /// interval.
  void failed(SteadyTime now, Random& random);

  /// Nothing is allowed before `until`: then, but not before the interval is over.
  void hold_until(SteadyTime until, SteadyTime now);

  /// Another interval, counted from now on; the next attempt is due at once.
  void restart(milliseconds interval, SteadyTime now);

 private:
  milliseconds interval_;
  SteadyTime base_;
  SteadyTime due_;
  int failures_ = 0;
};

}  // namespace btcw
