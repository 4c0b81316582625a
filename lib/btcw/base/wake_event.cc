#include "btcw/base/wake_event.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

namespace btcw {

Result<WakeEvent> WakeEvent::make() {
  FileDescriptor event{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!event) return Error{Errc::unavailable, std::string{"eventfd: "} + std::strerror(errno)};
  return WakeEvent{std::move(event)};
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes what the descriptor stands for
void WakeEvent::set() {
  // Can only fail when the counter is at its end, and then the descriptor can be read anyway.
  [[maybe_unused]] const auto written = eventfd_write(event_.get(), 1);
}

// NOLINTNEXTLINE(readability-make-member-function-const): as above
void WakeEvent::clear() {
  eventfd_t count = 0;
  [[maybe_unused]] const auto read = eventfd_read(event_.get(), &count);
}

}  // namespace btcw
