#include "btcw/watch/poll_schedule.h"

#include <algorithm>

namespace btcw {

void PollSchedule::succeeded(SteadyTime now) {
  failures_ = 0;
  const auto passed = std::max(now - base_, SteadyTime::duration{0});
  due_ = base_ + (passed / SteadyTime::duration{interval_} + 1) * interval_;
}

void PollSchedule::failed(SteadyTime now, Random& random) {
  constexpr int kMostDoublings = 20;
  failures_ = std::min(failures_ + 1, kMostDoublings);
  const milliseconds longest = std::max(kLongestPause, interval_);
  milliseconds ceiling = interval_;
  for (int i = 0; i < failures_ && ceiling < longest; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, longest);
  const milliseconds half = ceiling / 2;
  const auto spread = static_cast<std::uint64_t>((ceiling - half).count()) + 1;
  const milliseconds pause = half + milliseconds{random.below(spread)};
  due_ = now + std::max(pause, interval_);
}

void PollSchedule::hold_until(SteadyTime until, SteadyTime now) {
  failures_ = 0;
  due_ = std::max(until, now + interval_);
}

void PollSchedule::restart(milliseconds interval, SteadyTime now) {
  interval_ = interval;
  base_ = now;
  due_ = now;
  failures_ = 0;
}

}  // namespace btcw
