#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/result.h"

namespace btcw::token {

/// An open file, closed when it goes.
///
/// Errors of every call: unavailable with the system's reason; not_found when the file is not
/// there.
class FileHandle {
 public:
  /// As open(2); O_CLOEXEC is added.
  static Result<FileHandle> open(const std::filesystem::path& path, int flags, unsigned mode = 0);

  [[nodiscard]] Result<struct stat> status() const;
  /// Up to `size` bytes from `offset`; fewer only at the end of the file.
  [[nodiscard]] Result<std::string> read(std::size_t offset, std::size_t size) const;
  /// All of `bytes`.
  [[nodiscard]] Result<void> write(std::size_t offset, std::string_view bytes) const;
  [[nodiscard]] Result<void> truncate(std::size_t size) const;
  /// What was written is on the disk when it returns.
  [[nodiscard]] Result<void> sync() const;
  /// Waits until nobody else holds a lock on the file.
  [[nodiscard]] Result<void> lock() const;

 private:
  FileHandle(FileDescriptor file, std::string name)
      : file_{std::move(file)}, name_{std::move(name)} {}
  [[nodiscard]] Error failure(std::string_view what) const;

  FileDescriptor file_;
  std::string name_;
};

/// Makes the names in `folder` last; "" is the working folder, as the parent of a bare name is.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace btcw::token
