#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace btcw {

/// What a commit survives.
enum class Synchronous {
  normal,  ///< the end of the process; after a power cut the last commits may be missing
  full,    ///< a power cut too
};

struct DatabaseOptions {
  /// Tells the project's kinds of databases apart and from others': PRAGMA application_id.
  std::int32_t application_id = 0;
  /// Step n (SQL, counted from 0) makes version n + 1 of version n: PRAGMA user_version.
  std::span<const char* const> migrations = {};
  Synchronous synchronous = Synchronous::normal;
  /// How long a call waits for the other processes' locks.
  milliseconds busy_timeout = seconds{5};
};

class Statement;

/// One connection to a SQLite file, in WAL mode. Move-only. One thread uses it, with its
/// statements, and a process that forks does not use it on both sides.
///
/// Errors of all calls: unavailable (locked for longer than the time-out, disk full, read-only,
/// I/O: what was begun is undone); bad_data (the file is damaged, or holds other tables than it
/// should); rejected (a constraint).
class Database {
 public:
  /// Opens the file and brings it to the latest version, in one transaction. A file that is not
  /// there is made with mode 0600; its folder, 0700.
  /// Errors besides: bad_data (not a database); rejected (another program's database, one of a
  /// newer version, a file that is another user's or a symbolic link): it is left as it was.
  static Result<Database> open(const std::filesystem::path& file, const DatabaseOptions& options);

  /// One statement of SQL that the program wrote, never of a user.
  Result<Statement> prepare(std::string_view sql);
  /// Runs statements that return no rows.
  Result<void> execute(const char* sql);
  /// How many rows the last INSERT, UPDATE or DELETE changed.
  [[nodiscard]] std::int64_t changes() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  friend class Transaction;
  explicit Database(std::unique_ptr<sqlite3, Close> handle) : handle_{std::move(handle)} {}
  Result<void> bring_up(const DatabaseOptions& options);

  std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement, to be used again and again. Move-only; its Database outlives it.
class Statement {
 public:
  /// Gives the next parameter its value; text is copied. A failure shows in step().
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_null();

  /// Goes to the next row; false: there is none, and the statement is ready for new values.
  /// Errors: those of Database; the statement is then ready for new values too.
  Result<bool> step();
  /// Runs a statement that returns no rows, or whose rows do not matter.
  Result<void> run();
  /// Ready for new values before the last row was reached; what was bound is forgotten.
  void reset();

  /// Column `index` (from 0) of the row; a NULL is 0 or "". What text() returns lives until the
  /// next call of step() or reset(). Precondition: step() has just returned true.
  [[nodiscard]] std::int64_t integer(int index) const;
  [[nodiscard]] std::string_view text(int index) const;
  [[nodiscard]] bool is_null(int index) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const;
  };
  explicit Statement(sqlite3_stmt* handle) : handle_{handle} {}
  Statement& bound(int outcome);

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bound_ = 0;
  int bind_failure_ = 0;
};

/// All of the changes made while it lives, or none: undone unless committed. It takes the write
/// lock at once, so what was read within it stays true. Its Database outlives it and has no other.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Result<void> commit();

  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

 private:
  explicit Transaction(sqlite3* database) : database_{database} {}

  sqlite3* database_;  // nullptr: committed
};

}  // namespace btcw
