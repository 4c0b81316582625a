#include "btcw/signals/followed_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

namespace btcw {
namespace {

Error failed(std::string_view what, int error) {
  return {Errc::unavailable,
          fmt::format("{}: {}", what, std::error_code{error, std::generic_category()}.message())};
}

// Up to `size` bytes from `offset`; fewer at the end of the file.
Result<std::string> read_at(int fd, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const ssize_t count =
        ::pread(fd, bytes.data() + got, size - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot read", errno);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string FileIdentity::to_string() const { return fmt::format("{}-{}", device, inode); }

std::string FilePosition::to_text() const {
  std::string text = std::to_string(offset) + ' ';
  for (const char c : head) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::optional<FilePosition> FilePosition::read(std::string_view text) {
  FilePosition position;
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const char* const end_of_number = text.data() + space;
  const auto [end, error] = std::from_chars(text.data(), end_of_number, position.offset);
  if (error != std::errc{} || end != end_of_number) return std::nullopt;
  const std::string_view hex = text.substr(space + 1);
  if (hex.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]);
    const int low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    position.head += static_cast<char>(high * 16 + low);
  }
  return position;
}

Result<FollowedFile> FollowedFile::open(const std::string& path) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
  FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (!file) return failed("cannot open", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failed("cannot read", errno);
  if (!S_ISREG(status.st_mode)) return Error{Errc::rejected, "no file"};
  return FollowedFile{std::move(file),
                      {static_cast<std::uint64_t>(status.st_dev), std::uint64_t{status.st_ino}}};
}

Result<std::string> FollowedFile::read_all(std::size_t max_bytes) const {
  auto bytes = read_at(file_.get(), 0, max_bytes + 1);
  if (bytes && bytes->size() > max_bytes) return Error{Errc::unavailable, "too long"};
  return bytes;
}

bool FollowedFile::is_intact() const {
  const auto now = end();
  return !now || (now->offset >= position_.offset && now->head.starts_with(position_.head));
}

Result<FilePosition> FollowedFile::end() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return failed("cannot read", errno);
  auto head = read_at(file_.get(), 0, kHeadBytes);
  if (!head) return std::move(head).error();
  return FilePosition{static_cast<std::uint64_t>(status.st_size), *std::move(head)};
}

Result<FollowedFile::Lines> FollowedFile::read(std::size_t max_bytes, Ending ending) const {
  Lines result{.lines = {}, .position = position_};
  const auto now = end();
  if (!now) return now.error();
  const std::uint64_t size = now->offset;
  if (size < position_.offset || !now->head.starts_with(position_.head)) {
    result.position = {};
    result.began_anew = true;
  }
  if (size == result.position.offset) return result;
  auto bytes = read_at(file_.get(), result.position.offset, std::max(max_bytes, kMaxLine + 1));
  if (!bytes) return std::move(bytes).error();
  std::string_view rest = *bytes;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const bool is_whole = end != std::string_view::npos;
    const bool at_end = result.position.offset + rest.size() >= size;
    const std::string_view line = rest.substr(0, std::min(end, rest.size()));
    if (!is_whole && line.size() <= kMaxLine) {
      if (!at_end || ending == Ending::growing) break;
    }
    // A piece of a line that is too long goes as a line of its own, and is no JSON.
    if (line.size() > kMaxLine) {
      ++result.too_long;
    } else if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      result.lines.emplace_back(line);
    }
    const std::size_t taken = line.size() + (is_whole ? 1 : 0);
    result.position.offset += taken;
    rest.remove_prefix(taken);
  }
  result.more = result.position.offset != position_.offset && result.position.offset < size &&
                bytes->size() >= max_bytes;
  result.position.head = now->head.substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(kHeadBytes, result.position.offset)));
  return result;
}

}  // namespace btcw
