#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/store/files.h"
#include "btcw/store/open_file.h"

namespace btcw {

/// The open folders of a queue.
struct QueueFolder {
  std::string path;
  OpenFile pending;
  OpenFile temporary;
  OpenFile dead;
  OpenFile corrupt;

  /// Errors: unavailable.
  static Result<QueueFolder> open(const std::filesystem::path& path, Files& files);
};

/// Opens the folder `name` below the open folder `parent` (or AT_FDCWD), made (0700, synced) where
/// it is missing. Errors: unavailable, "SHOWN: cannot open the folder: …".
Result<OpenFile> open_folder(Files& files, int parent, const std::string& name,
                             const std::string& shown);

/// Moves `name` from `from` to `to`, as `wanted` or, if that name is taken, another, and puts the
/// reason beside it where the disk has room for it. Returns the name it has now; empty: it was gone
/// already. Errors: unavailable: it is where it was.
Result<std::string> put_aside(Files& files, const OpenFile& from, const std::string& name,
                              const OpenFile& to, const std::string& wanted,
                              std::string_view reason, UtcTime now);

/// What put_aside() wrote beside `name`.
struct AsideReason {
  std::string reason;
  UtcTime since;
};
AsideReason read_reason(Files& files, const OpenFile& folder, const std::string& name);

/// Renames like rename(2), but never onto another file; 0 or a negated errno, -EEXIST among them.
int rename_as_new(Files& files, const OpenFile& from, const std::string& name, const OpenFile& to,
                  const std::string& there);

/// All of an open file, at most `max` bytes and one more. Errors: unavailable.
Result<std::string> read_all(Files& files, int fd, std::size_t max);

/// Writes all of `bytes`; 0 or a negated errno. A write that makes no headway is -ENOSPC.
int write_all(Files& files, int fd, std::string_view bytes);

}  // namespace btcw
