#include "btcw/signals/aside_pruning.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace btcw {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

// "a.json", and "a.json.3" where the name was taken.
bool is_put_aside(std::string_view name) {
  const std::size_t last = name.find_last_not_of("0123456789");
  if (last == std::string_view::npos) return false;
  if (last + 1 < name.size() && name[last] == '.') name = name.substr(0, last);
  return name.ends_with(".json");
}

bool is_old(int folder, const char* name, UtcTime now) {
  struct stat status {};
  if (::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return false;
  // The change that a file has seen last is that it was moved here.
  const auto moved = from_unix_ms(static_cast<std::int64_t>(status.st_ctim.tv_sec) * 1000);
  return S_ISREG(status.st_mode) && now - moved >= kAsideKept;
}

std::size_t prune_folder(const std::filesystem::path& path, UtcTime now,
                         std::optional<Error>& failure) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return 0;
  const std::unique_ptr<DIR, CloseFolder> folder{::fdopendir(fd)};
  if (!folder) {
    ::close(fd);
    return 0;
  }
  std::size_t removed = 0;
  while (const dirent* const entry = ::readdir(folder.get())) {
    if (!is_put_aside(entry->d_name) || !is_old(fd, entry->d_name, now)) continue;
    if (::unlinkat(fd, entry->d_name, 0) == 0) {
      ++removed;
    } else if (errno != ENOENT && !failure) {
      const std::string reason = std::error_code{errno, std::generic_category()}.message();
      failure = Error{Errc::unavailable, path.string() + ": cannot be cleared up: " + reason};
    }
  }
  return removed;
}

}  // namespace

Result<std::size_t> prune_aside(const std::filesystem::path& signal_dir, UtcTime now) {
  std::optional<Error> failure;
  const std::size_t taken = prune_folder(signal_dir / ".taken", now, failure);
  const std::size_t bad = prune_folder(signal_dir / ".bad", now, failure);
  if (failure) return *std::move(failure);
  return taken + bad;
}

}  // namespace btcw
