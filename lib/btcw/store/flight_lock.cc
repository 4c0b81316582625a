#include "btcw/store/flight_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "btcw/base/paths.h"

namespace btcw {
namespace {

constexpr std::uint64_t kBytes = 1U << 20U;
constexpr std::chrono::microseconds kFirstPause{500};
constexpr std::chrono::microseconds kLongestPause{20'000};

bool try_lock(int fd, std::uint64_t byte) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(byte);
  lock.l_len = 1;
  return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

}  // namespace

std::optional<FlightLock> FlightLock::acquire(const std::filesystem::path& file, std::uint64_t what,
                                              milliseconds patience) {
  if (!make_private_folder(file.parent_path())) return std::nullopt;
  FlightLock lock{FileDescriptor{
      ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)}};
  if (!lock.file_) return std::nullopt;
  const auto until = std::chrono::steady_clock::now() + patience;
  auto pause = kFirstPause;
  while (!try_lock(lock.file_.get(), what % kBytes)) {
    const bool held = errno == EAGAIN || errno == EACCES || errno == EINTR;
    if (!held || std::chrono::steady_clock::now() >= until) return std::nullopt;
    // The system would wait without a limit.
    ::usleep(static_cast<useconds_t>(pause.count()));
    pause = std::min(pause * 2, kLongestPause);
    lock.waited_ = true;
  }
  return lock;
}

}  // namespace btcw
