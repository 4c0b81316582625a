#include "btcw/notify/attached_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "btcw/base/file_descriptor.h"

namespace btcw {
namespace {

Error system_reason() {
  std::string reason = std::generic_category().message(errno);
  if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z')
    reason[0] = static_cast<char>(reason[0] - 'A' + 'a');
  return {Errc::unavailable, std::move(reason)};
}

}  // namespace

Result<std::string> read_attached_file(const std::string& path, std::size_t max_bytes) {
  // O_NONBLOCK: a FIFO is looked at, not waited for.
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file) return system_reason();
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) return system_reason();
  if (!S_ISREG(status.st_mode)) return Error{Errc::rejected, "not a file"};
  const Error too_large{Errc::rejected, "larger than the limit"};
  if (static_cast<std::size_t>(status.st_size) > max_bytes) return too_large;
  // One byte more than it should have tells one that grows.
  std::string bytes(static_cast<std::size_t>(status.st_size) + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_reason();
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size == bytes.size()) bytes.resize(std::min(2 * size, max_bytes + 1));
    if (size > max_bytes) return too_large;
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace btcw
