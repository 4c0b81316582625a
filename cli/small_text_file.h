#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "btcw/base/result.h"

namespace btcw::cli {

/// All of a file that a user named.
/// Errors: not_found, unavailable, with the file's name; bad_data for more than `max_bytes`.
Result<std::string> read_text_file(const std::filesystem::path& path, std::size_t max_bytes);

}  // namespace btcw::cli
