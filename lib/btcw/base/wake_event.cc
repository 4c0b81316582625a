#include "btcw/base/wake_event.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace btcw {

Result<WakeEvent> WakeEvent::make() {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) return Error{Errc::unavailable, std::string{"eventfd: "} + std::strerror(errno)};
  return WakeEvent{fd};
}

WakeEvent::WakeEvent(WakeEvent&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}

WakeEvent& WakeEvent::operator=(WakeEvent&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

WakeEvent::~WakeEvent() {
  if (fd_ >= 0) close(fd_);
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes what the descriptor stands for
void WakeEvent::set() {
  // Can only fail when the counter is at its end, and then the descriptor can be read anyway.
  [[maybe_unused]] const auto written = eventfd_write(fd_, 1);
}

// NOLINTNEXTLINE(readability-make-member-function-const): as above
void WakeEvent::clear() {
  eventfd_t count = 0;
  [[maybe_unused]] const auto read = eventfd_read(fd_, &count);
}

}  // namespace btcw
