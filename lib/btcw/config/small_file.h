#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "btcw/base/result.h"

namespace btcw {

enum class Privacy {
  kept,    ///< nobody but its owner and root reads it, or the group that it was given to
  broken,  ///< readable by all, or by the group though it is our own file
};

struct SmallFile {
  std::string text = {};
  Privacy privacy = Privacy::kept;
};

/// Reads a whole file, pipe or device. The text is never copied, so wiping it is enough.
/// Errors: not_found when there is none; unavailable for a folder, for more than `max_bytes`, and
/// with the system's reason. The message does not name the file.
Result<SmallFile> read_small_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace btcw
