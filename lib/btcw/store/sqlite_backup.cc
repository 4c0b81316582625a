#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/paths.h"
#include "btcw/store/backup_module.h"
#include "btcw/store/database_error.h"

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

Error failed(const fs::path& path, std::string_view what) {
  return {Errc::unavailable,
          path.string() + ": " + std::string{what} + ": " + std::generic_category().message(errno)};
}

FileDescriptor open_own(const fs::path& path, int flags) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
  return FileDescriptor{::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)};
}

Result<void> sync(const fs::path& path, int flags) {
  const FileDescriptor file = open_own(path, flags);
  if (!file || ::fsync(file.get()) != 0) return failed(path, "cannot sync");
  return {};
}

Result<void> put_in_place(const fs::path& part, const fs::path& target) {
  if (auto synced = sync(part, O_RDONLY); !synced) return synced;
  if (::rename(part.c_str(), target.c_str()) != 0) {
    return failed(target, "cannot put the copy there");
  }
  return sync(target.parent_path(), O_RDONLY | O_DIRECTORY);
}

/// An empty file of mode 0600, which VACUUM INTO fills: of one that it makes, others could read.
Result<void> make_empty(const fs::path& part) {
  ::unlink(part.c_str());
  if (!open_own(part, O_WRONLY | O_CREAT | O_EXCL)) return failed(part, "cannot create");
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
