#include "adhoc_channels.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <utility>
#include <vector>

#include "btcw/base/file_descriptor.h"
#include "btcw/base/paths.h"
#include "btcw/notify/channel.h"
#include "btcw/token/sha2.h"
#include "new_file.h"
#include "small_text_file.h"

namespace btcw::cli {
namespace {

constexpr std::size_t kMostBytes = 8192;
constexpr std::size_t kNameBytes = 12;
constexpr milliseconds kKept = std::chrono::hours{24 * 30};

std::string name_of(std::string_view url) {
  const token::Digest digest = token::sha2(token::Hash::sha256, url);
  std::string name;
  for (const char byte : digest.view().substr(0, kNameBytes)) {
    name += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return name;
}

bool is_name(std::string_view name) {
  return name.size() == 2 * kNameBytes &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::string> url_of(std::string_view argument) {
  if (!argument.starts_with('@')) return std::string{argument};
  auto text = read_text_file(argument.substr(1), kMostBytes);
  if (!text) return text;
  return text->substr(0, text->find_first_of("\r\n"));
}

/// The folder, locked: who keeps a file in it and who removes old ones do not meet.
FileDescriptor open_locked(const std::filesystem::path& folder, int how) {
  FileDescriptor fd{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (fd && ::flock(fd.get(), how) != 0) return {};
  return fd;
}

bool is_old(const FileDescriptor& folder, const std::string& name, UtcTime now) {
  struct stat found {};
  if (::fstatat(folder.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return false;
  return from_unix_ms(std::int64_t{found.st_mtim.tv_sec} * 1000) + kKept < now;
}

/// The ad-hoc channels that messages of the queue name, dead ones too; nullopt: it cannot be told.
std::optional<std::set<std::string, std::less<>>> named_in(Queue& queue) {
  const auto messages = queue.list(std::nullopt, SIZE_MAX);
  if (!messages) return std::nullopt;
  std::set<std::string, std::less<>> named;
  for (const MessageInfo& each : *messages) {
    if (each.message) named.insert(each.message->channels.begin(), each.message->channels.end());
  }
  return named;
}

}  // namespace

void AdHocChannels::remove_unused(Queue& queue, const Clock& clock) const {
  const FileDescriptor folder = open_locked(folder_, LOCK_EX | LOCK_NB);
  if (!folder) return;
  std::vector<std::string> old;
  std::error_code error;  // what it hides is looked at the next time
  std::filesystem::directory_iterator each{folder_, error};
  for (; !error && each != std::filesystem::directory_iterator{}; each.increment(error)) {
    const std::string name = each->path().filename().string();
    if (is_name(name) && is_old(folder, name, clock.now())) old.push_back(name);
  }
  if (old.empty()) return;
  const auto named = named_in(queue);
  if (!named) return;
  for (const std::string& name : old) {
    if (named->contains("adhoc:" + name)) {
      ::utimensat(folder.get(), name.c_str(), nullptr, 0);
    } else {
      ::unlinkat(folder.get(), name.c_str(), 0);
    }
  }
}

Result<std::string> AdHocChannels::keep(std::string_view argument) {
  auto url = url_of(argument);
  if (!url) return url;
  const std::string name = name_of(*url);
  if (const auto channel = channel_from_url(*url, "adhoc:" + name); !channel) {
    return channel.error();
  }
  switch (keeping_) {
    case Keeping::beyond_process:
      if (auto written = write(name, *url); !written) return std::move(written).error();
      break;
    case Keeping::in_memory:
      in_memory_.insert_or_assign(name, Secret{*std::move(url)});
      break;
  }
  return "adhoc:" + name;
}

Result<void> AdHocChannels::write(const std::string& name, const std::string& url) const {
  if (auto made = make_private_folder(folder_); !made) return std::move(made).error();
  const FileDescriptor folder = open_locked(folder_, LOCK_SH);
  const auto path = folder_ / name;
  auto written = write_new_file(path, url);
  if (!written && written.error().code == Errc::rejected) {
    if (const auto there = read_text_file(path, kMostBytes); there && *there == url) {
      ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
      return {};
    }
    // Left half written by a process that died.
    std::error_code ignored;  // then the next line tells
    std::filesystem::remove(path, ignored);
    written = write_new_file(path, url);
  }
  if (!written) return written;
  // The message that names it is to survive a power cut, and it with the message.
  if (folder) ::fsync(folder.get());
  return {};
}

Result<std::string> AdHocChannels::read(std::string_view name) const {
  if (!is_name(name)) return Error{Errc::not_found, "no such ad-hoc channel"};
  if (const auto found = in_memory_.find(name); found != in_memory_.end()) {
    return std::string{found->second.reveal()};
  }
  auto url = read_text_file(folder_ / name, kMostBytes);
  if (!url) return Error{Errc::not_found, "the file of the ad-hoc channel is gone"};
  return url;
}

}  // namespace btcw::cli
