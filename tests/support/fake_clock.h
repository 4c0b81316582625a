#pragma once

#include "btcw/base/clock.h"

namespace btcw::test {

/// Moves only when told, or when somebody waits on it: wait_until() is there at once.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(UtcTime now = from_unix_ms(1'732'290'000'000)) : now_{now} {}

  [[nodiscard]] UtcTime now() const override { return now_; }
  [[nodiscard]] SteadyTime steady_now() const override { return steady_; }
  void wait_until(SteadyTime until, std::span<const int>) const override {
    if (until > steady_) advance(std::chrono::ceil<milliseconds>(until - steady_));
  }

  void advance(milliseconds by) const {
    now_ += by;
    steady_ += by;
  }
  /// Sets the wall clock alone, as an administrator or NTP does.
  void set(UtcTime now) { now_ = now; }

 private:
  mutable UtcTime now_;
  mutable SteadyTime steady_{std::chrono::hours{1}};
};

}  // namespace btcw::test
