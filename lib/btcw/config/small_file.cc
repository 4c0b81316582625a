#include "btcw/config/small_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/secret.h"

namespace btcw {
namespace {

Error failure(int code) {
  const bool absent = code == ENOENT || code == ENOTDIR;
  return {absent ? Errc::not_found : Errc::unavailable, std::generic_category().message(code)};
}

Error too_large(std::size_t max_bytes) {
  return {Errc::unavailable, fmt::format("larger than {} KiB", max_bytes / 1024)};
}

// A service's file of root:service and 0640 is as it should be.
Privacy privacy_of(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return Privacy::kept;
  if ((status.st_mode & S_IROTH) != 0) return Privacy::broken;
  const bool ours = status.st_uid == ::geteuid();
  return ours && (status.st_mode & S_IRGRP) != 0 ? Privacy::broken : Privacy::kept;
}

// Reads to the end, or until `text` is full; returns how much there was.
Result<std::size_t> fill(int fd, std::string& text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int code = errno;
      wipe(text.data(), size);
      return failure(code);
    }
    size += static_cast<std::size_t>(got);
  }
  return size;
}

}  // namespace

Result<SmallFile> read_small_file(const std::filesystem::path& path, std::size_t max_bytes) {
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (!file) return failure(errno);
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return failure(errno);
  if (S_ISDIR(status.st_mode)) return Error{Errc::unavailable, "is a folder"};
  const auto told = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  if (S_ISREG(status.st_mode) && told > max_bytes) return too_large(max_bytes);

  SmallFile read{.privacy = privacy_of(status)};
  // A pipe tells no size, and some files of /proc say 0.
  read.text.resize((told > 0 ? std::min(told, max_bytes) : max_bytes) + 1);
  const auto size = fill(file.get(), read.text);
  if (!size) return size.error();
  if (*size > max_bytes || (*size == read.text.size() && *size <= max_bytes)) {
    wipe(read.text.data(), read.text.size());
    if (*size > max_bytes) return too_large(max_bytes);
    return Error{Errc::unavailable, "grows while it is read"};
  }
  read.text.resize(*size);
  return read;
}

}  // namespace btcw
