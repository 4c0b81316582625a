#include "btcw/agenda/heartbeat.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "btcw/base/file_descriptor.h"

namespace btcw {
namespace {

constexpr std::uint64_t kFarthest = std::uint64_t{1} << 20U;

Error failed(const std::string& path, int error) {
  return {Errc::unavailable,
          fmt::format("{}: {}", path, std::error_code{error, std::generic_category()}.message())};
}

// The last line of `text` that holds `part`.
std::string last_line_with(std::string_view text, std::string_view part) {
  const std::size_t at = text.rfind(part);
  if (at == std::string_view::npos) return {};
  const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return std::string{text.substr(begin, std::min(text.find('\n', at), text.size()) - begin)};
}

Result<std::string> read_end(int fd, std::uint64_t size, const std::string& path) {
  const std::uint64_t length = std::min(size, kFarthest);
  std::string text(static_cast<std::size_t>(length), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t count =
        ::pread(fd, text.data() + got, text.size() - got, static_cast<off_t>(size - length + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(path, errno);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

}  // namespace

Result<HeartbeatSight> look_at(const HeartbeatOptions& options) {
  const std::string path = options.path.string();
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR) return HeartbeatSight{};
    return failed(path, error);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed(path, errno);
  HeartbeatSight sight;
  sight.written = from_unix_ms(static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1000 +
                               status.st_mtim.tv_nsec / 1'000'000);
  if (options.contains.empty() || !S_ISREG(status.st_mode)) return sight;
  auto text = read_end(file.get(), static_cast<std::uint64_t>(status.st_size), path);
  if (!text) return std::move(text).error();
  sight.line = last_line_with(*text, options.contains);
  return sight;
}

HeartbeatChange Heartbeat::look(const HeartbeatSight& sight, const HeartbeatOptions& options,
                                UtcTime now) {
  const bool by_line = !options.contains.empty();
  const bool is_there = sight.written && (!by_line || !sight.line.empty());
  if (is_there && (!by_line || !seen_)) {
    // What lies ahead, by another machine's clock, is no sign of more than now.
    sign_ = std::min(*sight.written, now);
  } else if (is_there && sight.line != line_) {
    sign_ = now;
  }
  if (is_there) {
    seen_ = true;
    line_ = sight.line;
  }
  const bool was_lost = lost_;
  // One that was lost before a restart, and is nowhere to be seen, is not back.
  lost_ = now - sign_ > options.max_age || (was_lost && !seen_);
  if (lost_ == was_lost) return HeartbeatChange::none;
  return lost_ ? HeartbeatChange::lost : HeartbeatChange::back;
}

}  // namespace btcw
