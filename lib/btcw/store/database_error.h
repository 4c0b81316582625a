#pragma once

#include "btcw/base/result.h"

struct sqlite3;

namespace btcw {

/// What a SQLite result code means, with SQLite's own words, the file and the system's reason.
/// Precondition: `outcome` is a failure, and the last one of `database` (nullptr: no memory).
Error database_error(sqlite3* database, int outcome);

}  // namespace btcw
