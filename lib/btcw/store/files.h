#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "btcw/base/function_ref.h"
#include "btcw/base/result.h"

namespace btcw {

/// The seam to the file system: the system calls that durable storage is made of, so that each can
/// be made to fail.
///
/// Every function is the system call of its name; a failure is its errno, negated. Paths are
/// absolute or relative to `folder` (an open folder, or AT_FDCWD). Thread-safe.
class Files {
 public:
  virtual ~Files() = default;

  virtual int open_at(int folder, const char* path, int flags, mode_t mode) = 0;
  virtual int close(int fd) = 0;
  virtual ssize_t read(int fd, void* buffer, std::size_t size) = 0;
  virtual ssize_t write(int fd, const void* data, std::size_t size) = 0;
  virtual int fdatasync(int fd) = 0;
  virtual int fsync(int fd) = 0;
  virtual int syncfs(int fd) = 0;
  virtual int rename_at(int from_folder, const char* from, int to_folder, const char* to,
                        unsigned flags) = 0;
  virtual int unlink_at(int folder, const char* path, int flags) = 0;
  virtual int mkdir_at(int folder, const char* path, mode_t mode) = 0;
  virtual int flock(int fd, int operation) = 0;
  virtual int stat_at(int folder, const char* path, struct stat& out, int flags) = 0;
  virtual int fstat(int fd, struct stat& out) = 0;
  /// Calls `each` for every name in an open folder but "." and "..", in the order of the system; 0
  /// or -errno.
  virtual int list(int folder, FunctionRef<void(std::string_view name)> each) = 0;
};

/// The system calls themselves; EINTR is retried.
class PosixFiles final : public Files {
 public:
  int open_at(int folder, const char* path, int flags, mode_t mode) override;
  int close(int fd) override;
  ssize_t read(int fd, void* buffer, std::size_t size) override;
  ssize_t write(int fd, const void* data, std::size_t size) override;
  int fdatasync(int fd) override;
  int fsync(int fd) override;
  int syncfs(int fd) override;
  int rename_at(int from_folder, const char* from, int to_folder, const char* to,
                unsigned flags) override;
  int unlink_at(int folder, const char* path, int flags) override;
  int mkdir_at(int folder, const char* path, mode_t mode) override;
  int flock(int fd, int operation) override;
  int stat_at(int folder, const char* path, struct stat& out, int flags) override;
  int fstat(int fd, struct stat& out) override;
  int list(int folder, FunctionRef<void(std::string_view name)> name) override;
};

/// unavailable: "QUEUE/.tmp: cannot write: No space left on device". `failure` is a negated errno.
Error file_error(std::string_view path, std::string_view what, ssize_t failure);

}  // namespace btcw
