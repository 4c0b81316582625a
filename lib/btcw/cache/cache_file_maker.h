#pragma once

#include <cstddef>
#include <filesystem>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/cache/cache_file.h"

namespace btcw::cache_file {

/// When a file is looked for.
enum class Occasion {
  start,   ///< A file of another format version is replaced, one that is too small is enlarged.
  running  ///< Both are left: who made them knows better, and to replace each other's is a war.
};

/// The usable cache file at `path`, made where there is none; a damaged one is replaced, with a
/// warning to `log`. A file comes into being under another name and is then renamed, so that none
/// is ever seen unfinished; makers take turns by a lock on the folder.
/// Errors: unavailable (with the system's reason, or a file that is not to be replaced now);
/// invalid_input (as CacheFile::open); those of make_private_folder().
class CacheFileMaker {
 public:
  CacheFileMaker(const std::filesystem::path& path, std::size_t max_entries, const Clock& clock,
                 Log& log)
      : path_{path}, layout_{Layout::of(max_entries)}, clock_{clock}, log_{log} {}

  Result<CacheFile> obtain(Occasion occasion) const;

 private:
  [[nodiscard]] bool is_welcome(const CacheFile& file, Occasion occasion) const;
  Result<CacheFile> replace(Occasion occasion) const;
  Result<CacheFile> make(const CacheFile* old) const;

  const std::filesystem::path& path_;
  Layout layout_;
  const Clock& clock_;
  Log& log_;
};

}  // namespace btcw::cache_file
