#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "btcw/base/paths.h"
#include "btcw/store/backup_module.h"
#include "btcw/store/database_error.h"
#include "btcw/store/files.h"
#include "btcw/store/open_file.h"

namespace btcw {
namespace {

namespace fs = std::filesystem;

constexpr int kPatienceMs = 5000;

struct CloseDatabase {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
};
using Handle = std::unique_ptr<sqlite3, CloseDatabase>;

Result<Handle> open_to_read(const fs::path& database) {
  struct stat status {};
  if (::lstat(database.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error{Errc::not_found, "no such database: " + database.string()};
  }
  std::error_code error;
  const fs::path real = fs::canonical(database, error);
  if (error) return Error{Errc::unavailable, database.string() + ": " + error.message()};
  sqlite3* opened = nullptr;
  // Not SQLITE_OPEN_READONLY: a reader of a WAL may have to make its index.
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int failure = sqlite3_open_v2(real.c_str(), &opened, flags, nullptr);
  Handle handle{opened};
  if (failure != SQLITE_OK) return database_error(opened, failure);
  sqlite3_busy_timeout(opened, kPatienceMs);
  return handle;
}

Result<void> copy_into(sqlite3* database, const fs::path& file) {
  sqlite3_stmt* prepared = nullptr;
  int outcome = sqlite3_prepare_v2(database, "VACUUM INTO ?", -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement{prepared};
  if (outcome == SQLITE_OK) {
    outcome = sqlite3_bind_text(prepared, 1, file.c_str(), -1, SQLITE_TRANSIENT);
  }
  if (outcome == SQLITE_OK) outcome = sqlite3_step(prepared);
  if (outcome != SQLITE_DONE) return database_error(database, outcome);
  return {};
}

Result<void> sync(Files& files, const fs::path& path, int flags) {
  const OpenFile file{files, files.open_at(AT_FDCWD, path.c_str(), flags, 0)};
  const int failure = file.is_open() ? files.fsync(file.fd()) : file.fd();
  if (failure < 0) return file_error(path.native(), "cannot sync", failure);
  return {};
}

Result<void> put_in_place(const fs::path& part, const fs::path& target) {
  PosixFiles files;
  if (auto synced = sync(files, part, O_RDONLY); !synced) return synced;
  const int failure = files.rename_at(AT_FDCWD, part.c_str(), AT_FDCWD, target.c_str(), 0);
  if (failure < 0) return file_error(target.native(), "cannot put the copy there", failure);
  return sync(files, target.parent_path(), O_RDONLY | O_DIRECTORY);
}

/// An empty file of mode 0600, which VACUUM INTO fills: of one that it makes, others could read.
Result<void> make_empty(const fs::path& part) {
  PosixFiles files;
  files.unlink_at(AT_FDCWD, part.c_str(), 0);
  const OpenFile file{
      files, files.open_at(AT_FDCWD, part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600)};
  if (!file.is_open()) return file_error(part.native(), "cannot create", file.fd());
  return {};
}

Result<void> back_up(const fs::path& database, const fs::path& target) {
  const auto source = open_to_read(database);
  if (!source) return source.error();
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path{"."};
  if (auto made = make_private_folder(folder); !made) return made;
  struct stat status {};
  if (::lstat(target.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return Error{Errc::rejected, target.string() + ": is not a file"};
  }
  const fs::path place = folder / target.filename();
  const fs::path part = folder / ("." + target.filename().string() + ".part");
  auto done = make_empty(part);
  if (done) done = copy_into(source->get(), part);
  if (done) done = put_in_place(part, place);
  if (!done) ::unlink(part.c_str());
  return done;
}

}  // namespace
}  // namespace btcw

extern "C" const btcw::BackupModule* btcw_backup_module() noexcept {
  static constexpr btcw::BackupModule kModule{.version = BTCW_VERSION, .back_up = btcw::back_up};
  return &kModule;
}
