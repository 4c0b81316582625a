#pragma once

#include <filesystem>

#include "btcw/base/time.h"

namespace btcw {

/// The `[queue]` section.
struct QueueOptions {
  std::filesystem::path dir = {};  ///< empty: STATE_DIR/queue
  int max_attempts = 10;           ///< then a message is dead
  milliseconds dedup_window = std::chrono::minutes{5};
  milliseconds ttl = {};  ///< how long a message is worth delivering; 0: for ever
  /// In Redis: how long after its holder was last heard of a message is anybody's.
  milliseconds lease = seconds{20};
};

}  // namespace btcw
