#pragma once

#include <sys/stat.h>

#include <string>
#include <unordered_set>

namespace btcw {

/// Which files somebody holds with flock(2) right now, as the system lists them in /proc/locks:
/// asking the lock itself would take it for a moment, and make a consumer believe that the message
/// is another's.
class ClaimedFiles {
 public:
  /// None where /proc is not there.
  static ClaimedFiles read();
  [[nodiscard]] bool contains(const struct stat& file) const;

 private:
  std::unordered_set<std::string> files_;  ///< "fd:01:12345": device and inode
};

}  // namespace btcw
