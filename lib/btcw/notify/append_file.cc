#include "btcw/notify/append_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): nanosleep is not in <ctime>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace btcw {
namespace {

constexpr mode_t kMode = 0600;
// Others hold the lock for the time of a write.
constexpr int kMaxLockTries = 50;
constexpr long kLockPauseNs = 1'000'000;

// What stays so until somebody mends it.
bool is_for_good(int code) {
  return code == ELOOP || code == EACCES || code == EPERM || code == EISDIR || code == ENOTDIR ||
         code == ENAMETOOLONG || code == ENXIO || code == EINVAL;
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

class Unlock {
 public:
  explicit Unlock(int fd) : fd_{fd} {}
  Unlock(const Unlock&) = delete;
  Unlock& operator=(const Unlock&) = delete;
  ~Unlock() { ::flock(fd_, LOCK_UN); }

 private:
  int fd_;
};

}  // namespace

Error AppendFile::failure(std::string_view what, int code) const {
  return {is_for_good(code) ? Errc::rejected : Errc::unavailable,
          fmt::format("{}: {}: {}", path_, what, std::generic_category().message(code))};
}

Result<void> AppendFile::open() {
  // O_NONBLOCK: a FIFO under the name must not hold us up.
  FileDescriptor file{::open(
      path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, kMode)};
  if (!file) return failure("cannot be opened", errno);
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return failure("cannot be looked at", errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{Errc::rejected, path_ + ": is not a regular file"};
  }
  file_ = std::move(file);
  size_ = -1;
  return {};
}

bool AppendFile::is_still_there() const {
  struct stat ours = {};
  struct stat named = {};
  return file_ && ::fstat(file_.get(), &ours) == 0 && ::lstat(path_.c_str(), &named) == 0 &&
         is_same_file(ours, named);
}

Result<void> AppendFile::lock() const {
  for (int i = 0; i < kMaxLockTries; ++i) {
    if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return {};
    if (errno != EWOULDBLOCK && errno != EINTR) return failure("cannot be locked", errno);
    const timespec pause{.tv_sec = 0, .tv_nsec = kLockPauseNs};
    ::nanosleep(&pause, nullptr);
  }
  return Error{Errc::unavailable, path_ + ": another program keeps it locked"};
}

Result<void> AppendFile::append(std::string_view line) {
  if (!is_still_there()) {
    file_ = {};
    if (auto opened = open(); !opened) return opened;
  }
  if (auto locked = lock(); !locked) return locked;
  const Unlock unlock{file_.get()};
  return append_locked(line);
}

Result<void> AppendFile::append_locked(std::string_view line) {
  struct stat before = {};
  if (::fstat(file_.get(), &before) != 0) return failure("cannot be looked at", errno);
  std::string_view bytes = line;
  // What stands there beside our own lines may end in the middle of one.
  char last = '\n';
  if (before.st_size != size_ && before.st_size > 0 &&
      ::pread(file_.get(), &last, 1, before.st_size - 1) == 1 && last != '\n') {
    buffer_.assign("\n").append(line);
    bytes = buffer_;
  }
  ssize_t written = -1;
  do {
    written = ::write(file_.get(), bytes.data(), bytes.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(bytes.size())) {
    size_ = before.st_size + written;
    if (sync_ == AppendSync::each && ::fdatasync(file_.get()) != 0)
      return failure("cannot be brought to the disk", errno);
    return {};
  }
  const int code = written < 0 ? errno : ENOSPC;
  struct stat after = {};
  const bool is_ours =
      written > 0 && ::fstat(file_.get(), &after) == 0 && after.st_size == before.st_size + written;
  if (is_ours && ::ftruncate(file_.get(), before.st_size) != 0)
    return failure("a part of a line cannot be taken back", errno);
  return failure("cannot be written to", code);
}

}  // namespace btcw
