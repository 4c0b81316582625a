#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/result.h"

namespace btcw {

enum class AppendSync {
  none,
  each,  ///< every line is on the disk before the next
};

/// A file that lines are added to, by us and by others at the same time (flock): every line whole,
/// in one write. Made (0600) where it is not there; kept open, and opened anew when another file
/// stands under its name (log rotation). One thread uses an object.
class AppendFile {
 public:
  explicit AppendFile(std::string path, AppendSync sync = AppendSync::none)
      : path_{std::move(path)}, sync_{sync} {}

  /// Adds `line`, which ends in '\n'. When only a part of it could be written, that is taken back,
  /// and a half line that somebody else has left is ended first.
  /// Errors: unavailable (a full disk, a quota, a folder that is not there, a lock that is held),
  /// rejected (a symbolic link, no regular file, no permission).
  Result<void> append(std::string_view line);

 private:
  Result<void> open();
  [[nodiscard]] bool is_still_there() const;
  Result<void> lock() const;
  Result<void> append_locked(std::string_view line);
  [[nodiscard]] Error failure(std::string_view what, int code) const;

  std::string path_;
  AppendSync sync_;
  FileDescriptor file_;
  off_t size_ = 0;  // after our last line
  std::string buffer_;
};

}  // namespace btcw
