#pragma once

#include <filesystem>
#include <string_view>

#include "btcw/base/result.h"

namespace btcw::cli {

/// Makes a file of mode 0600 that holds `text`, and its folder (0700) where there is none. A file
/// or link that is there is never touched; one that cannot be written whole is removed again.
/// Errors: rejected when there is something of that name; unavailable with the system's reason.
Result<void> write_new_file(const std::filesystem::path& path, std::string_view text);

}  // namespace btcw::cli
