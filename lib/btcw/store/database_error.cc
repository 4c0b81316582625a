#include "btcw/store/database_error.h"

#include <sqlite3.h>

#include <string>
#include <system_error>

namespace btcw {
namespace {

Errc code_of(int outcome) {
  switch (outcome & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_MISMATCH:
    case SQLITE_SCHEMA:
    // "no such table": our statements are right, so it is not the file they were written for.
    case SQLITE_ERROR:
      return Errc::bad_data;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
      return Errc::rejected;
    default:
      return Errc::unavailable;
  }
}

/// Whether the system's errno belongs to the failure, and is not left over from another.
bool has_system_reason(int outcome) {
  const int primary = outcome & 0xff;
  return primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY;
}

}  // namespace

Error database_error(sqlite3* database, int outcome) {
  std::string message;
  if (database != nullptr) {
    if (const char* const file = sqlite3_db_filename(database, "main"); file != nullptr) {
      message.append(file).append(": ");
    }
  }
  message.append(database == nullptr ? sqlite3_errstr(outcome) : sqlite3_errmsg(database));
  const int reason = database == nullptr ? 0 : sqlite3_system_errno(database);
  if (reason != 0 && has_system_reason(outcome)) {
    message.append(": ").append(std::generic_category().message(reason));
  }
  return {code_of(outcome), std::move(message)};
}

}  // namespace btcw
