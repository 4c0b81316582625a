#pragma once

#include <filesystem>
#include <utility>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/result.h"

namespace btcw {

/// The right to be the one `watch` of a state folder: flock(2) on FOLDER/watch.lock.
///
/// The file holds the holder's pid for messages. It stays when the lock is released; the lock
/// itself goes with its holder, however that ends.
class StateLock {
 public:
  /// Takes it without waiting. The folder is made (0700) when it is not there.
  /// Errors: unavailable, "another watch (pid 123) is running for this state folder", when it is
  /// held; unavailable with the system's reason when the file cannot be made or locked; rejected
  /// when the folder or the file belongs to another user.
  static Result<StateLock> acquire(const std::filesystem::path& folder);

 private:
  explicit StateLock(FileDescriptor file) : file_{std::move(file)} {}

  FileDescriptor file_;
};

}  // namespace btcw
