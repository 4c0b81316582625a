#pragma once

#include <cstddef>
#include <string>

#include "btcw/base/result.h"

namespace btcw {

/// All bytes of a regular file. Errors: unavailable with the system's reason in one or two words,
/// rejected for what is no regular file, or larger than `max_bytes`. The message names no path.
Result<std::string> read_attached_file(const std::string& path, std::size_t max_bytes);

}  // namespace btcw
