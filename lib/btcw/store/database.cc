#include "btcw/store/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <system_error>

#include "btcw/base/paths.h"
#include "btcw/base/quoted.h"
#include "btcw/store/database_error.h"

namespace btcw {
namespace {

namespace fs = std::filesystem;

Error refused(const fs::path& file, std::string_view why) {
  return {Errc::rejected, file.string() + ": " + std::string{why}};
}

Error failed(const fs::path& file, std::string_view what, int reason) {
  return {Errc::unavailable, file.string() + ": " + std::string{what} + ": " +
                                 std::generic_category().message(reason)};
}

/// Sees to it that `file` is there, ours, and no link. An existing file is only looked at: closing
/// a descriptor of it would take away the locks that another connection of this process holds.
Result<void> make_private_file(const fs::path& file) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0) {
    ::close(fd);
    return {};
  }
  if (errno != EEXIST) return failed(file, "cannot create", errno);
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) return failed(file, "cannot look at it", errno);
  if (S_ISLNK(status.st_mode)) return refused(file, "is a symbolic link");
  if (!S_ISREG(status.st_mode)) return refused(file, "is not a file");
  if (status.st_uid != ::geteuid()) return refused(file, "belongs to another user");
  return {};
}

/// The file's path without a link in its folders, for SQLite refuses them all; checked and made.
Result<fs::path> settle(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path{"."};
  if (auto made = make_private_folder(folder); !made) return std::move(made).error();
  std::error_code error;
  const fs::path real = fs::canonical(folder, error) / file.filename();
  if (error) return failed(folder, "cannot find its real path", error.value());
  if (auto made = make_private_file(real); !made) return std::move(made).error();
  return real;
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void Statement::Finalize::operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }

Result<Database> Database::open(const fs::path& file, const DatabaseOptions& options) {
  const auto real = settle(file);
  if (!real) return real.error();
  sqlite3* handle = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int failure = sqlite3_open_v2(real->c_str(), &handle, flags, nullptr);
  Database database{std::unique_ptr<sqlite3, Close>{handle}};
  if (failure != SQLITE_OK) return database_error(handle, failure);
  // A quarter of what SQLite sets aside for small things: there are few statements.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): sqlite3_db_config(3) is declared so.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 512, 24);
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout.count()));
  if (auto ready = database.bring_up(options); !ready) return std::move(ready).error();
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int failure = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (failure != SQLITE_OK) return database_error(handle_.get(), failure);
  return Statement{statement};
}

Result<void> Database::execute(const char* sql) {
  const int failure = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (failure != SQLITE_OK) return database_error(handle_.get(), failure);
  return {};
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

Statement& Statement::bind(std::int64_t value) {
  return bound(sqlite3_bind_int64(handle_.get(), ++bound_, value));
}

Statement& Statement::bind(std::string_view text) {
  // An empty view may have no address, which would bind NULL.
  const char* const bytes = text.empty() ? "" : text.data();
  return bound(sqlite3_bind_text64(handle_.get(), ++bound_, bytes, text.size(), SQLITE_TRANSIENT,
                                   SQLITE_UTF8));
}

Statement& Statement::bind_null() { return bound(sqlite3_bind_null(handle_.get(), ++bound_)); }

Statement& Statement::bound(int outcome) {
  assert(outcome != SQLITE_RANGE && outcome != SQLITE_MISUSE);
  if (bind_failure_ == SQLITE_OK) bind_failure_ = outcome;
  return *this;
}

Result<bool> Statement::step() {
  const int outcome = bind_failure_ != SQLITE_OK ? bind_failure_ : sqlite3_step(handle_.get());
  if (outcome == SQLITE_ROW) return true;
  sqlite3* const database = sqlite3_db_handle(handle_.get());
  // Before reset(), which clears the message.
  auto error = outcome == SQLITE_DONE ? std::optional<Error>{} : database_error(database, outcome);
  reset();
  if (error) return *std::move(error);
  return false;
}

Result<void> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
  sqlite3_clear_bindings(handle_.get());
  bound_ = 0;
  bind_failure_ = SQLITE_OK;
}

std::int64_t Statement::integer(int index) const {
  return sqlite3_column_int64(handle_.get(), index);
}

std::string_view Statement::text(int index) const {
  const void* const bytes = sqlite3_column_blob(handle_.get(), index);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), index))};
}

bool Statement::is_null(int index) const {
  return sqlite3_column_type(handle_.get(), index) == SQLITE_NULL;
}

Result<Transaction> Transaction::begin(Database& database) {
  if (auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return std::move(begun).error();
  return Transaction{database.handle_.get()};
}

Result<void> Transaction::commit() {
  const int failure = sqlite3_exec(database_, "COMMIT", nullptr, nullptr, nullptr);
  if (failure != SQLITE_OK) return database_error(database_, failure);
  database_ = nullptr;
  return {};
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_{std::exchange(other.database_, nullptr)} {}

Transaction::~Transaction() {
  // Some failures have undone it already.
  if (database_ == nullptr || sqlite3_get_autocommit(database_) != 0) return;
  sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace btcw
