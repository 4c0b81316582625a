#include "btcw/token/key_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/secret.h"

namespace btcw::token {
namespace {

constexpr std::size_t kMaxKeyBytes = 262144;
constexpr std::string_view kRaw = "raw:";

Error unreadable(int reason) {
  return Error{Errc::unavailable, "cannot read the key: " +
                                      std::error_code{reason, std::generic_category()}.message()};
}

// Twice the room, and no copy of the key left in the old one.
void grow(std::string& text) {
  std::string larger(text.size() * 2, '\0');
  std::copy(text.begin(), text.end(), larger.begin());
  wipe(text.data(), text.size());
  text.swap(larger);
}

Result<Secret> read_all(int fd) {
  // Room for any usual key; memory that is not touched costs nothing.
  std::string text(8192, '\0');
  keep_in_memory(text.data(), text.size());
  std::size_t size = 0;
  while (size <= kMaxKeyBytes) {
    if (size == text.size()) grow(text);
    const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
    if (got == 0) break;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int reason = errno;
      wipe(text.data(), size);
      return unreadable(reason);
    }
    size += static_cast<std::size_t>(got);
  }
  Secret secret{text.substr(0, size)};
  wipe(text.data(), size);
  if (size > kMaxKeyBytes) return Error{Errc::unavailable, "larger than any key"};
  return secret;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// `openssl rand -hex 32 > FILE` leaves a line end that nobody means; the last byte of a binary
// secret may look like one.
std::string_view without_line_end(std::string_view text) {
  std::string_view line = text;
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r') && line.size() < text.size()) line.remove_suffix(1);
  return is_printable(line) ? line : text;
}

std::string shell_quoted(std::string_view path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:,@";
  if (path.find_first_not_of(kPlain) == std::string_view::npos) return std::string{path};
  std::string text = "'";
  for (const char c : path) text += c == '\'' ? std::string{"'\\''"} : std::string(1, c);
  return text + '\'';
}

// A service's file of root:service and 0640 is as it should be.
bool is_open_to_others(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return false;
  if ((status.st_mode & (S_IRWXO | S_IWGRP)) != 0) return true;
  return (status.st_mode & S_IRWXG) != 0 && status.st_uid == ::geteuid();
}

bool is_changed_by_others(const struct stat& status) {
  return S_ISREG(status.st_mode) && (status.st_mode & S_IWOTH) != 0;
}

Result<void> check_privacy(const struct stat& status, const KeySet& keys, std::string_view path) {
  const auto mode = static_cast<unsigned>(status.st_mode) & 07777U;
  if (keys.has_secrets() && is_open_to_others(status)) {
    return Error{Errc::rejected, fmt::format("the key file can be read by others (mode {:04o}): "
                                             "chmod 600 {}",
                                             mode, shell_quoted(path))};
  }
  if (is_changed_by_others(status)) {
    return Error{Errc::rejected, fmt::format("the key file can be changed by others (mode {:04o}): "
                                             "chmod go-w {}",
                                             mode, shell_quoted(path))};
  }
  return {};
}

}  // namespace

Result<KeySet> read_key_text(std::string_view text, PlainText plain, const KeyRules& rules) {
  if (text.starts_with(kRaw)) return KeySet::read_secret(text.substr(kRaw.size()), rules);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  const std::string_view body = start == std::string_view::npos ? "" : text.substr(start);
  const bool has_form = body.starts_with('{') || body.starts_with("-----BEGIN ");
  if (has_form || plain == PlainText::refused) return KeySet::read(text, rules);
  return KeySet::read_secret(without_line_end(text), rules);
}

Result<KeySet> read_key_file(std::string_view path, const KeyRules& rules) {
  const bool is_raw = path.starts_with(kRaw);
  const std::string name{is_raw ? path.substr(kRaw.size()) : path};
  const FileDescriptor file{::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  if (!file && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)) {
    return Error{Errc::not_found, "there is no such key file"};
  }
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return unreadable(errno);
  const auto text = read_all(file.get());
  if (!text) return text.error();
  auto keys = is_raw ? KeySet::read_secret(without_line_end(text->reveal()), rules)
                     : read_key_text(text->reveal(), PlainText::refused, rules);
  if (!keys) {
    const bool hint = !is_raw && keys.error().code == Errc::bad_data &&
                      keys.error().message.starts_with("neither");
    if (hint) keys.error().message += " (for an HMAC secret: raw:FILE)";
    return keys;
  }
  const auto is_private = check_privacy(status, *keys, name);
  if (!is_private) return is_private.error();
  return keys;
}

Result<KeySet> read_key_descriptor(int fd, const KeyRules& rules) {
  const auto text = read_all(fd);
  if (!text) return text.error();
  return read_key_text(text->reveal(), PlainText::secret, rules);
}

}  // namespace btcw::token
