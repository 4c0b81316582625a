#pragma once

#include "btcw/base/clock.h"
#include "btcw/base/random.h"
#include "btcw/base/result.h"

namespace btcw {

/// When the next connection may be opened after one has ended.
class StreamBackoff {
 public:
  static constexpr milliseconds kFirstPause = seconds{1};
  static constexpr milliseconds kLongestPause = std::chrono::minutes{2};
  /// A connection that brought prices for so long was a good one.
  static constexpr milliseconds kGoodLife = seconds{60};
  /// What an exchange that refuses us is left alone for.
  static constexpr milliseconds kRefusedPause = std::chrono::minutes{15};

  [[nodiscard]] SteadyTime due() const { return due_; }
  [[nodiscard]] int failures() const { return failures_; }

  /// A connection has ended for `why` after `good_for` of bringing prices. The pause doubles with
  /// each failure in a row, up to kLongestPause, and lies at random between one half of that and
  /// the whole; it is never shorter than a limit that was told.
  void ended(const Error& why, milliseconds good_for, const Clock& clock, Random& random);

 private:
  SteadyTime due_ = SteadyTime::min();
  int failures_ = 0;
};

}  // namespace btcw
