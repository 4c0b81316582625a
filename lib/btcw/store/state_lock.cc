#include "btcw/store/state_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string>
#include <utility>

#include "btcw/base/paths.h"

namespace btcw {
namespace {

Error system_error(const std::filesystem::path& file, std::string_view what) {
  return {Errc::unavailable, fmt::format("{}: {}: {}", file.string(), what, std::strerror(errno))};
}

/// 0: there is none to be read.
long holder_of(int fd) {
  std::array<char, 24> text{};
  const ssize_t size = pread(fd, text.data(), text.size(), 0);
  long pid = 0;
  if (size > 0) std::from_chars(text.data(), text.data() + size, pid);
  return pid;
}

Error held_by_another(int fd) {
  const long pid = holder_of(fd);
  // Between taking the lock and writing the pid the holder is nameless.
  const std::string who = pid > 0 ? fmt::format("another watch (pid {})", pid) : "another watch";
  return {Errc::unavailable, who + " is running for this state folder"};
}

}  // namespace

Result<StateLock> StateLock::acquire(const std::filesystem::path& folder) {
  auto made = make_private_folder(folder);
  if (!made) return std::move(made).error();
  const std::filesystem::path file = folder / "watch.lock";
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
  StateLock lock{
      FileDescriptor{open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)}};
  if (!lock.file_) return system_error(file, "cannot open");
  struct stat status {};
  if (fstat(lock.file_.get(), &status) != 0) return system_error(file, "cannot look at it");
  if (status.st_uid != geteuid()) {
    return Error{Errc::rejected, file.string() + ": belongs to another user"};
  }
  while (flock(lock.file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return held_by_another(lock.file_.get());
    if (errno != EINTR) return system_error(file, "cannot lock");
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  // The pid is for messages only: a full disk is no reason not to run.
  if (ftruncate(lock.file_.get(), 0) == 0) {
    [[maybe_unused]] const auto written = pwrite(lock.file_.get(), pid.data(), pid.size(), 0);
  }
  return lock;
}

}  // namespace btcw
