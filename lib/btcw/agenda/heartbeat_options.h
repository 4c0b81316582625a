#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "btcw/base/notification.h"
#include "btcw/base/time.h"

namespace btcw {

/// One `[[heartbeat]]`: a file that another program keeps touching, or a log that it keeps writing
/// its sign of life to.
struct HeartbeatOptions {
  std::string name = {};
  std::filesystem::path path = {};
  /// Not empty: the last line that holds this text is the sign of life, else the file's own time.
  std::string contains = {};
  milliseconds max_age = std::chrono::minutes{5};
  milliseconds every = seconds{10};  ///< how often it is looked at
  std::vector<std::string> channels = {};
  Priority priority = Priority::urgent;
  bool resolve = true;  ///< whether its coming back is told too

  friend bool operator==(const HeartbeatOptions&, const HeartbeatOptions&) = default;
};

}  // namespace btcw
