#include "btcw/queue/queue_folder.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <climits>
#include <nlohmann/json.hpp>

#include "btcw/queue/queue_name.h"

namespace btcw {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr std::string_view kReasonSuffix = ".reason";

std::string parent_of(const std::filesystem::path& path) {
  const auto parent = path.parent_path();
  return parent.empty() ? "." : parent.native();
}

/// A new folder survives a power cut once the one above it is synced.
Result<void> sync_folder(Files& files, int parent, const std::string& name) {
  const OpenFile folder{files, files.open_at(parent, name.c_str(), O_RDONLY | O_DIRECTORY, 0)};
  const int failure = folder.is_open() ? files.fsync(folder.fd()) : folder.fd();
  if (failure < 0) return file_error(name, "cannot sync the folder", failure);
  return {};
}

/// The folders above the queue, made like mkdir -p does.
Result<void> make_parents(const std::filesystem::path& path, Files& files) {
  if (path.empty() || path == path.root_path()) return {};
  struct stat found {};
  if (files.stat_at(AT_FDCWD, path.c_str(), found, 0) == 0) return {};
  if (auto above = make_parents(path.parent_path(), files); !above) return above;
  const int made = files.mkdir_at(AT_FDCWD, path.c_str(), kFolderMode);
  if (made < 0 && made != -EEXIST) return file_error(path.native(), "cannot make the folder", made);
  return sync_folder(files, AT_FDCWD, parent_of(path));
}

/// Best effort: a full disk has no room for a reason, but a message can still be moved. 0 or a
/// negated errno; -EEXIST: there is one of that name.
int write_reason(Files& files, const OpenFile& folder, const std::string& name,
                 std::string_view reason, UtcTime now) {
  const OpenFile file{files, files.open_at(folder.fd(), name.c_str(),
                                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, kFileMode)};
  if (!file.is_open()) return file.fd();
  const nlohmann::ordered_json note{{"reason", reason}, {"buried", to_rfc3339(now)}};
  const auto text =
      note.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  const int failure = write_all(files, file.fd(), text);
  if (failure < 0) files.unlink_at(folder.fd(), name.c_str(), 0);
  return failure == -EEXIST ? -EIO : failure;
}

}  // namespace

Result<OpenFile> open_folder(Files& files, int parent, const std::string& name,
                             const std::string& shown) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY;
  int fd = files.open_at(parent, name.c_str(), kFlags, 0);
  if (fd == -ENOENT) {
    const int made = files.mkdir_at(parent, name.c_str(), kFolderMode);
    if (made < 0 && made != -EEXIST) return file_error(shown, "cannot make the folder", made);
    if (auto synced = sync_folder(files, parent, parent_of(name)); !synced)
      return std::move(synced).error();
    fd = files.open_at(parent, name.c_str(), kFlags, 0);
  }
  if (fd < 0) return file_error(shown, "cannot open the folder", fd);
  return OpenFile{files, fd};
}

Result<QueueFolder> QueueFolder::open(const std::filesystem::path& path, Files& files) {
  if (auto parents = make_parents(path.parent_path(), files); !parents)
    return std::move(parents).error();
  auto pending = open_folder(files, AT_FDCWD, path.native(), path.native());
  if (!pending) return std::move(pending).error();
  auto temporary = open_folder(files, pending->fd(), ".tmp", path / ".tmp");
  if (!temporary) return std::move(temporary).error();
  auto dead = open_folder(files, pending->fd(), ".dead", path / ".dead");
  if (!dead) return std::move(dead).error();
  auto corrupt = open_folder(files, pending->fd(), ".corrupt", path / ".corrupt");
  if (!corrupt) return std::move(corrupt).error();
  return QueueFolder{path.native(), *std::move(pending), *std::move(temporary), *std::move(dead),
                     *std::move(corrupt)};
}

Result<std::string> put_aside(Files& files, const OpenFile& from, const std::string& name,
                              const OpenFile& to, const std::string& wanted,
                              std::string_view reason, UtcTime now) {
  constexpr int kMaxTries = 1000;
  // A hostile name can be so long that no suffix fits.
  const bool is_long = wanted.size() + kReasonSuffix.size() > NAME_MAX;
  const std::string base = is_long ? message_id_from(wanted) + ".json" : wanted;
  std::string there = base;
  int moved = -EEXIST;
  for (int i = 1; i < kMaxTries; ++i) {
    // The reason first: who dies in between leaves a reason too many, not a message without one.
    const auto beside = there + std::string{kReasonSuffix};
    const int noted = write_reason(files, to, beside, reason, now);
    if (noted != -EEXIST) {
      moved = rename_as_new(files, from, name, to, there);
      if (moved == 0) return there;
      if (noted == 0) files.unlink_at(to.fd(), beside.c_str(), 0);
      if (moved == -ENOENT) return std::string{};
      if (moved != -EEXIST) break;
    }
    there = fmt::format("{}.{}", base.substr(0, NAME_MAX - 16), i);
  }
  return file_error(name, "cannot put it aside", moved);
}

int rename_as_new(Files& files, const OpenFile& from, const std::string& name, const OpenFile& to,
                  const std::string& there) {
  const int moved =
      files.rename_at(from.fd(), name.c_str(), to.fd(), there.c_str(), RENAME_NOREPLACE);
  if (moved != -EINVAL) return moved;
  // NFS and FUSE know no flags.
  struct stat found {};
  const int taken = files.stat_at(to.fd(), there.c_str(), found, AT_SYMLINK_NOFOLLOW);
  if (taken != -ENOENT) return taken == 0 ? -EEXIST : taken;
  return files.rename_at(from.fd(), name.c_str(), to.fd(), there.c_str(), 0);
}

AsideReason read_reason(Files& files, const OpenFile& folder, const std::string& name) {
  constexpr std::size_t kMaxReason = std::size_t{16} * 1024;
  AsideReason aside{.reason = "", .since = {}};
  struct stat found {};
  if (files.stat_at(folder.fd(), name.c_str(), found, AT_SYMLINK_NOFOLLOW) == 0) {
    aside.since = UtcTime{seconds{found.st_ctim.tv_sec}};
  }
  const auto beside = name + std::string{kReasonSuffix};
  const OpenFile file{
      files, files.open_at(folder.fd(), beside.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0)};
  if (!file.is_open()) return aside;
  const auto text = read_all(files, file.fd(), kMaxReason);
  if (!text) return aside;
  const auto note = nlohmann::json::parse(*text, nullptr, false);
  if (!note.is_object()) return aside;
  if (const auto reason = note.find("reason"); reason != note.end() && reason->is_string()) {
    aside.reason = reason->get<std::string>();
  }
  if (const auto buried = note.find("buried"); buried != note.end() && buried->is_string()) {
    if (const auto time = parse_time(buried->get_ref<const std::string&>())) aside.since = *time;
  }
  return aside;
}

Result<std::string> read_all(Files& files, int fd, std::size_t max) {
  constexpr std::size_t kBlock = std::size_t{16} * 1024;
  std::string bytes;
  while (bytes.size() <= max) {
    const auto have = bytes.size();
    bytes.resize(have + std::min(kBlock, max + 1 - have));
    const auto got = files.read(fd, bytes.data() + have, bytes.size() - have);
    if (got < 0) return file_error("message", "cannot read", got);
    bytes.resize(have + static_cast<std::size_t>(got));
    if (got == 0) break;
  }
  return bytes;
}

int write_all(Files& files, int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = files.write(fd, bytes.data(), bytes.size());
    if (written < 0) return static_cast<int>(written);
    if (written == 0) return -ENOSPC;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace btcw
