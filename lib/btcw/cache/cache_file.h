#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "btcw/base/clock.h"
#include "btcw/base/file_descriptor.h"
#include "btcw/base/result.h"
#include "btcw/cache/cache_layout.h"

namespace btcw::cache_file {

enum class Access { read, read_write };

/// What an open file turned out to be.
enum class FileState {
  usable,
  damaged,        ///< not a cache file, or not a whole one
  other_version,  ///< a cache file of another version of this program
};

/// One open cache file. Nothing of it is mapped here.
class CacheFile {
 public:
  /// Never follows a symbolic link, never waits for a FIFO.
  /// Errors: not_found (nothing has that name); unavailable (with the system's reason);
  /// invalid_input (a link, not a regular file, or another user's).
  static Result<CacheFile> open(const std::filesystem::path& path, Access access);

  /// A file of that layout without an entry, which must not exist yet.
  /// Errors: unavailable (with the system's reason, a full disk among them).
  static Result<CacheFile> create(const std::filesystem::path& path, const Layout& layout);

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] FileState state() const { return state_; }
  /// Why it is not usable: "is cut short".
  [[nodiscard]] std::string_view flaw() const { return flaw_; }
  /// Precondition: state() is usable.
  [[nodiscard]] const Layout& layout() const { return layout_; }

  /// Whether `path` still leads to this file, and it has the length it should have.
  /// Precondition: state() is usable.
  [[nodiscard]] bool is_named(const std::filesystem::path& path) const;

 private:
  CacheFile() = default;
  void examine();
  void set_flaw(FileState state, std::string_view flaw);

  FileDescriptor fd_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  FileState state_ = FileState::damaged;
  std::string_view flaw_;
  Layout layout_{};
};

/// An exclusive flock(2), given back at the end of its life, or of the process.
class FileLock {
 public:
  /// Errors: unavailable when another holds it until `patience` is over.
  static Result<FileLock> acquire(int fd, const Clock& clock, milliseconds patience);

  FileLock(FileLock&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() { release(); }

  void release();

 private:
  explicit FileLock(int fd) : fd_{fd} {}
  int fd_;
};

/// "no space left on device", for an errno.
Error system_error(std::string_view what, int error_number);

}  // namespace btcw::cache_file
