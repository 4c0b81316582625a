#pragma once

#include <span>

#include "btcw/base/time.h"

namespace btcw {

/// The seam to time. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UtcTime now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
  /// Returns at `until`, or as soon as one of `wake_fds` can be read.
  virtual void wait_until(SteadyTime until, std::span<const int> wake_fds = {}) const = 0;
};

/// The machine's clocks; waits with poll(2).
class SystemClock final : public Clock {
 public:
  [[nodiscard]] UtcTime now() const override;
  [[nodiscard]] SteadyTime steady_now() const override;
  void wait_until(SteadyTime until, std::span<const int> wake_fds = {}) const override;
};

}  // namespace btcw
