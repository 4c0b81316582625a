#pragma once

#include "btcw/store/journal.h"

namespace btcw {

/// open_journal() from within the module.
///
/// Tables, times in milliseconds since 1970: rule_state, progress, outbox, and journal, which has
/// one row, the identity.
Result<std::unique_ptr<Journal>> open_sqlite_journal(const std::filesystem::path& file);

}  // namespace btcw
