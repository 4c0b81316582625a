#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "btcw/store/files.h"

namespace btcw {
namespace {

/// Calls again while a signal interrupts; a failure becomes -errno.
template <typename Call>
auto retried(Call call) -> decltype(call()) {
  for (;;) {
    const auto result = call();
    if (result >= 0) return result;
    if (errno != EINTR) return static_cast<decltype(call())>(-errno);
  }
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

int PosixFiles::open_at(int folder, const char* path, int flags, mode_t mode) {
  return retried([&] { return ::openat(folder, path, flags | O_CLOEXEC, mode); });
}

int PosixFiles::close(int fd) {
  // The descriptor is gone on Linux even when close() was interrupted: never a second try.
  return ::close(fd) == 0 || errno == EINTR ? 0 : -errno;
}

ssize_t PosixFiles::read(int fd, void* buffer, std::size_t size) {
  return retried([&] { return ::read(fd, buffer, size); });
}

ssize_t PosixFiles::write(int fd, const void* data, std::size_t size) {
  return retried([&] { return ::write(fd, data, size); });
}

int PosixFiles::fdatasync(int fd) {
  return retried([&] { return ::fdatasync(fd); });
}

int PosixFiles::fsync(int fd) {
  return retried([&] { return ::fsync(fd); });
}

int PosixFiles::syncfs(int fd) {
  return retried([&] { return ::syncfs(fd); });
}

int PosixFiles::rename_at(int from_folder, const char* from, int to_folder, const char* to,
                          unsigned flags) {
  return retried([&] { return ::renameat2(from_folder, from, to_folder, to, flags); });
}

int PosixFiles::unlink_at(int folder, const char* path, int flags) {
  return retried([&] { return ::unlinkat(folder, path, flags); });
}

int PosixFiles::mkdir_at(int folder, const char* path, mode_t mode) {
  return retried([&] { return ::mkdirat(folder, path, mode); });
}

int PosixFiles::flock(int fd, int operation) {
  return retried([&] { return ::flock(fd, operation); });
}

int PosixFiles::stat_at(int folder, const char* path, struct stat& out, int flags) {
  return retried([&] { return ::fstatat(folder, path, &out, flags); });
}

int PosixFiles::fstat(int fd, struct stat& out) {
  return retried([&] { return ::fstat(fd, &out); });
}

int PosixFiles::list(int folder, FunctionRef<void(std::string_view name)> each) {
  // A descriptor of its own: fdopendir takes it over, and the position of `folder` stays.
  const int own = open_at(folder, ".", O_RDONLY | O_DIRECTORY, 0);
  if (own < 0) return own;
  const std::unique_ptr<DIR, CloseFolder> entries{::fdopendir(own)};
  if (entries == nullptr) {
    const int failure = -errno;
    ::close(own);
    return failure;
  }
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());
    if (entry == nullptr) return -errno;
    const std::string_view name{entry->d_name};
    if (name != "." && name != "..") each(name);
  }
}

Error file_error(std::string_view path, std::string_view what, ssize_t failure) {
  char reason[128];
  // The GNU form: it may return a text of its own instead of filling the buffer.
  const char* text = ::strerror_r(static_cast<int>(-failure), reason, sizeof reason);
  return {Errc::unavailable, fmt::format("{}: {}: {}", path, what, text)};
}

}  // namespace btcw
