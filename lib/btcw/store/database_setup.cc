// What Database::open does once the file is open: whose it is, its modes, its version.
#include <fmt/format.h>
#include <sqlite3.h>

#include <string>

#include "btcw/store/database.h"
#include "btcw/store/database_error.h"

namespace btcw {
namespace {

constexpr int kRetryMs = 10;

Result<std::int64_t> number(Database& database, std::string_view sql) {
  auto statement = database.prepare(sql);
  if (!statement) return std::move(statement).error();
  const auto row = statement->step();
  if (!row) return row.error();
  return *row ? statement->integer(0) : 0;
}

/// Version 0 with no tables in it is a file that is still to be made.
Result<std::int64_t> version_of(Database& database, const DatabaseOptions& options,
                                const std::string& file) {
  const auto owner = number(database, "PRAGMA application_id");
  if (!owner) return owner.error();
  const auto version = number(database, "PRAGMA user_version");
  if (!version) return version.error();
  const auto tables = number(database, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tables.error();
  const bool is_empty = *owner == 0 && *version == 0 && *tables == 0;
  if (is_empty) return 0;
  if (*owner != options.application_id) {
    return Error{Errc::rejected, file + ": is the database of another program"};
  }
  const auto known = static_cast<std::int64_t>(options.migrations.size());
  if (*version > known) {
    return Error{Errc::rejected,
                 fmt::format("{}: is of version {}, newer than this btcw knows ({})", file,
                             *version, known)};
  }
  if (*version < 0)
    return Error{Errc::bad_data, fmt::format("{}: is of version {}", file, *version)};
  return version;
}

/// As version_of(); a process that migrates the file meanwhile is seen before or after it, for
/// what is half of each looks like another program's file.
Result<std::int64_t> version_in_one_look(Database& database, const DatabaseOptions& options,
                                         const std::string& file) {
  if (auto begun = database.execute("BEGIN"); !begun) return std::move(begun).error();
  auto version = version_of(database, options, file);
  if (auto ended = database.execute("ROLLBACK"); !ended && version) return std::move(ended).error();
  return version;
}

/// SQLite does not wait when two processes switch a new file to WAL at once: it is tried again.
Result<void> use_wal(Database& database, milliseconds patience, const std::string& file) {
  for (milliseconds waited{0};; waited += milliseconds{kRetryMs}) {
    auto statement = database.prepare("PRAGMA journal_mode = WAL");
    auto row = statement ? statement->step() : Result<bool>{statement.error()};
    if (row) {
      if (*row && statement->text(0) == "wal") return {};
      return Error{Errc::unavailable, file + ": its file system cannot do WAL"};
    }
    if (row.error().code != Errc::unavailable || waited >= patience) return row.error();
    sqlite3_sleep(kRetryMs);
  }
}

Result<void> migrate(Database& database, const DatabaseOptions& options, const std::string& file) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return std::move(transaction).error();
  // Another process may have done it since.
  const auto version = version_of(database, options, file);
  if (!version) return version.error();
  for (const char* step : options.migrations.subspan(static_cast<std::size_t>(*version))) {
    if (auto done = database.execute(step); !done) return done;
  }
  // A PRAGMA takes no parameters; both are numbers of ours.
  const std::string marks = fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                        options.application_id, options.migrations.size());
  if (auto done = database.execute(marks.c_str()); !done) return done;
  return transaction->commit();
}

}  // namespace

Result<void> Database::bring_up(const DatabaseOptions& options) {
  const std::string file = sqlite3_db_filename(handle_.get(), "main");
  // SQLite falls back to reading what it may not write.
  if (sqlite3_db_readonly(handle_.get(), "main") == 1) {
    return Error{Errc::unavailable, file + ": is read-only"};
  }
  // Before anything is written: it may be another's.
  const auto version = version_in_one_look(*this, options, file);
  if (!version) return version.error();
  if (auto done = use_wal(*this, options.busy_timeout, file); !done) return done;
  const bool full = options.synchronous == Synchronous::full;
  // The schema of a file that somebody tampered with runs no functions.
  auto done = execute(full ? "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
                             "PRAGMA trusted_schema = OFF"
                           : "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; "
                             "PRAGMA trusted_schema = OFF");
  if (!done) return done;
  if (static_cast<std::size_t>(*version) == options.migrations.size()) return {};
  return migrate(*this, options, file);
}

}  // namespace btcw
