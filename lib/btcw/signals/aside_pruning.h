#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// So long the files of signals stay in DIR/.taken and DIR/.bad, for somebody to look at: nothing
/// reads them again.
inline constexpr milliseconds kAsideKept = std::chrono::days{30};

/// Removes the files that SignalFolder put there longer ago than kAsideKept; returns how many. What
/// has another name, links and folders stay.
/// Errors: unavailable (a file cannot be removed: the others are).
Result<std::size_t> prune_aside(const std::filesystem::path& signal_dir, UtcTime now);

}  // namespace btcw
