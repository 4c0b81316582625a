#include "btcw/cache/cache_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace btcw::cache_file {
namespace {

Error refuse(std::string_view why) { return {Errc::invalid_input, std::string{why}}; }

template <std::size_t Words>
bool read_header(int fd, std::array<std::uint64_t, Words>& header) {
  static_assert(Words <= header_words);
  return ::pread(fd, header.data(), sizeof header, 0) == static_cast<ssize_t>(sizeof header);
}

Result<void> fill(int fd, const Layout& layout) {
  // The mode given to open(2) lacks the bits of the umask.
  if (::fchmod(fd, S_IRUSR | S_IWUSR) != 0) return system_error("chmod", errno);
  if (::ftruncate(fd, static_cast<off_t>(layout.file_bytes())) != 0) {
    return system_error("truncate", errno);
  }
  const auto index_end = static_cast<off_t>(layout.slots_offset());
  if (const int error = ::posix_fallocate(fd, 0, index_end); error != 0) {
    return system_error("allocate", error);
  }
  const HeaderStart header = layout.header_start();
  const ssize_t written = ::pwrite(fd, header.data(), sizeof header, 0);
  if (written != static_cast<ssize_t>(sizeof header)) return system_error("write", errno);
  return {};
}

}  // namespace

Result<CacheFile> CacheFile::open(const std::filesystem::path& path, Access access) {
  const int mode = access == Access::read ? O_RDONLY : O_RDWR;
  CacheFile file;
  // Without O_NONBLOCK a FIFO of that name would hold us up.
  file.fd_ = FileDescriptor{::open(path.c_str(), mode | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!file.fd_) {
    if (errno == ENOENT) return Error{Errc::not_found, "there is no cache file"};
    if (errno == ELOOP) return refuse("is a symbolic link");
    if (errno == EISDIR || errno == ENXIO) return refuse("is not a regular file");
    return system_error("open", errno);
  }
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0) return system_error("stat", errno);
  if (!S_ISREG(status.st_mode)) return refuse("is not a regular file");
  if (status.st_uid != ::geteuid()) return refuse("belongs to another user");
  file.device_ = status.st_dev;
  file.inode_ = status.st_ino;
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    file.set_flaw(FileState::damaged, "could be written by others");
    return file;
  }
  file.examine();
  if (file.state_ == FileState::usable &&
      status.st_size != static_cast<off_t>(file.layout_.file_bytes())) {
    file.set_flaw(FileState::damaged, "has a wrong size");
  }
  return file;
}

void CacheFile::set_flaw(FileState state, std::string_view flaw) {
  state_ = state;
  flaw_ = flaw;
}

void CacheFile::examine() {
  std::array<std::uint64_t, header_words> header;
  if (!read_header(fd(), header)) return set_flaw(FileState::damaged, "is cut short");
  if (header[magic_word] != kMagic) return set_flaw(FileState::damaged, "is not a cache file");
  HeaderStart start;
  std::copy_n(header.begin(), start.size(), start.begin());
  if (start[check_word] != header_check(start)) {
    return set_flaw(FileState::damaged, "has a damaged header");
  }
  if (header[version_word] != kFormatVersion) {
    return set_flaw(FileState::other_version, "is of another format version");
  }
  if (header[entries_word] < 1 || header[entries_word] > Layout::kMostEntries) {
    return set_flaw(FileState::damaged, "has an absurd size");
  }
  layout_ = Layout::of(header[entries_word]);
  if (header[allocated_word] > layout_.slot_count) {
    return set_flaw(FileState::damaged, "has an absurd size");
  }
  set_flaw(FileState::usable, {});
}

Result<CacheFile> CacheFile::create(const std::filesystem::path& path, const Layout& layout) {
  CacheFile file;
  file.fd_ = FileDescriptor{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!file.fd_) return system_error("create", errno);
  auto filled = fill(file.fd(), layout);
  struct stat status {};
  if (filled && ::fstat(file.fd(), &status) != 0) filled = system_error("stat", errno);
  if (!filled) {
    ::unlink(path.c_str());
    return std::move(filled).error();
  }
  file.device_ = status.st_dev;
  file.inode_ = status.st_ino;
  file.layout_ = layout;
  file.set_flaw(FileState::usable, {});
  return file;
}

bool CacheFile::is_named(const std::filesystem::path& path) const {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return false;
  if (status.st_dev != device_ || status.st_ino != inode_) return false;
  return status.st_size == static_cast<off_t>(layout_.file_bytes());
}

Result<FileLock> FileLock::acquire(int fd, const Clock& clock, milliseconds patience) {
  constexpr std::chrono::microseconds kShortest{100};
  constexpr std::chrono::microseconds kLongest{3200};
  const SteadyTime give_up = clock.steady_now() + patience;
  for (auto pause = kShortest;; pause = std::min(pause * 2, kLongest)) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return FileLock{fd};
    if (errno != EWOULDBLOCK && errno != EINTR) return system_error("lock", errno);
    const SteadyTime now = clock.steady_now();
    if (now >= give_up) return Error{Errc::unavailable, "is locked by another process"};
    clock.wait_until(std::min<SteadyTime>(now + pause, give_up));
  }
}

void FileLock::release() {
  if (fd_ >= 0) ::flock(std::exchange(fd_, -1), LOCK_UN);
}

Error system_error(std::string_view what, int error_number) {
  return Error{Errc::unavailable, std::generic_category().message(error_number)}.within(what);
}

}  // namespace btcw::cache_file
