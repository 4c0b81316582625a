#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw::cli {

/// Copies every database of a state folder to `folder`, as NAME-20261123T040000Z.db, and keeps the
/// `keep` newest copies of each. Returns what was done, in one line.
/// Errors: the first of back_up_database(), or that of make_private_folder().
Result<std::string> back_up_state(const std::filesystem::path& state,
                                  const std::filesystem::path& folder, std::size_t keep,
                                  UtcTime now);

}  // namespace btcw::cli
