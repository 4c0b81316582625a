#pragma once

#include <filesystem>

#include "btcw/base/result.h"

namespace btcw {

/// Copies a SQLite database, as it is in one moment, to `target`, which appears there whole or not
/// at all and takes the place of an older copy. Whoever writes to `database` meanwhile goes on.
/// Loads libbtcw-store on the first call.
///
/// The copy is synced and has mode 0600; its folder is made (0700) when it is not there.
/// Errors: not_found (no such database); unavailable (the module, disk full, I/O, locked for long);
/// bad_data (damaged, or not a database); rejected (`target` is in another user's folder, or is no
/// file).
Result<void> back_up_database(const std::filesystem::path& database,
                              const std::filesystem::path& target);

}  // namespace btcw
