#include "new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "btcw/base/paths.h"
#include "btcw/base/quoted.h"

namespace btcw::cli {
namespace {

Error failure(const std::filesystem::path& path, int code) {
  const Errc kind = code == EEXIST ? Errc::rejected : Errc::unavailable;
  const std::string reason =
      code == EEXIST ? "is there already" : std::generic_category().message(code);
  return Error{kind, reason}.within(btcw::quoted(path.string(), 200));
}

/// 0, or the errno of what failed. Closes `fd` in any case.
int write_and_close(int fd, std::string_view text) {
  int code = 0;
  while (code == 0 && !text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      code = errno;
    }
  }
  if (code == 0 && ::fsync(fd) != 0 && errno != EINVAL) code = errno;
  if (::close(fd) != 0 && code == 0) code = errno;
  return code;
}

}  // namespace

Result<void> write_new_file(const std::filesystem::path& path, std::string_view text) {
  std::error_code ignored;  // then open() tells
  if (path.has_parent_path() && !std::filesystem::exists(path.parent_path(), ignored)) {
    auto made = make_private_folder(path.parent_path());
    if (!made) return made;
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return failure(path, errno);
  const int code = write_and_close(fd, text);
  if (code == 0) return {};
  ::unlink(path.c_str());
  return failure(path, code);
}

}  // namespace btcw::cli
