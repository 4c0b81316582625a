#include "btcw/cache/cache_file_maker.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "btcw/base/paths.h"
#include "btcw/cache/cache_reader.h"
#include "btcw/cache/cache_table.h"

namespace btcw::cache_file {
namespace {

constexpr milliseconds kFolderPatience{1000};

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
}

Result<void> copy_entries(const CacheFile& from, const CacheFile& to, UtcTime now) {
  auto table = CacheTable::map(to.fd(), to.layout(), to.layout().max_entries);
  if (!table) return std::move(table).error();
  auto copied = table->begin();
  CacheReader{from.fd(), from.layout()}.for_each([&](KeyKind kind, const Record& record) {
    if (copied) copied = table->put_under(kind, record, now);
  });
  return copied;
}

}  // namespace

bool CacheFileMaker::is_welcome(const CacheFile& file, Occasion occasion) const {
  if (file.state() != FileState::usable) return false;
  return occasion == Occasion::running || file.layout().max_entries >= layout_.max_entries;
}

Result<CacheFile> CacheFileMaker::obtain(Occasion occasion) const {
  auto file = CacheFile::open(path_, Access::read_write);
  if (file && is_welcome(*file, occasion)) return file;
  if (!file && file.error().code != Errc::not_found) return file;
  if (file && file->state() == FileState::other_version && occasion == Occasion::running) {
    return Error{Errc::unavailable, std::string{file->flaw()}};
  }
  return replace(occasion);
}

Result<CacheFile> CacheFileMaker::replace(Occasion occasion) const {
  const std::filesystem::path folder = folder_of(path_);
  auto made = make_private_folder(folder);
  if (!made) return std::move(made).error();
  const FileDescriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened) return system_error("open the folder", errno);
  const auto lock = FileLock::acquire(opened.get(), clock_, kFolderPatience);
  if (!lock) return Error{lock.error()}.within("folder");

  auto old = CacheFile::open(path_, Access::read_write);
  if (old && is_welcome(*old, occasion)) return old;  // another was faster
  if (!old) return old.error().code == Errc::not_found ? make(nullptr) : std::move(old);
  if (old->state() == FileState::usable) return make(&*old);
  auto fresh = make(nullptr);
  if (fresh) {
    log_.warning("the cache file was replaced by an empty one",
                 {{"file", path_.native()}, {"why", old->flaw()}});
  }
  return fresh;
}

Result<CacheFile> CacheFileMaker::make(const CacheFile* old) const {
  std::filesystem::path unfinished = path_;
  unfinished += ".new";
  ::unlink(unfinished.c_str());  // of one who died here
  auto file = CacheFile::create(unfinished, layout_);
  if (!file) return file;
  auto ready = old != nullptr ? copy_entries(*old, *file, clock_.now()) : Result<void>{};
  if (ready && std::rename(unfinished.c_str(), path_.c_str()) != 0) {
    ready = system_error("rename", errno);
  }
  if (ready) return file;
  ::unlink(unfinished.c_str());
  return std::move(ready).error();
}

}  // namespace btcw::cache_file
