#include "btcw/base/clock.h"

#include <poll.h>

#include <algorithm>
#include <ctime>
#include <vector>

namespace btcw {

UtcTime SystemClock::now() const {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const { return std::chrono::steady_clock::now(); }

void SystemClock::wait_until(SteadyTime until, std::span<const int> wake_fds) const {
  std::vector<pollfd> watched;
  watched.reserve(wake_fds.size());
  for (const int fd : wake_fds) watched.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  while (true) {
    // At least one look at the descriptors, also when the moment has passed.
    const auto left = std::max(until - steady_now(), SteadyTime::duration{0});
    const auto whole = std::chrono::floor<seconds>(left);
    const timespec timeout{
        .tv_sec = whole.count(),
        .tv_nsec = std::chrono::duration_cast<std::chrono::nanoseconds>(left - whole).count()};
    const int ready = ::ppoll(watched.data(), watched.size(), &timeout, nullptr);
    // An error of a descriptor wakes too; a signal (EINTR) does not: whoever minds it gives its fd.
    if (ready > 0) return;
    if (steady_now() >= until) return;
  }
}

}  // namespace btcw
