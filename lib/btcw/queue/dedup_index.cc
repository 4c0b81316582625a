#include "btcw/queue/dedup_index.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <optional>

#include "btcw/queue/queue_folder.h"
#include "btcw/queue/queue_name.h"

namespace btcw {
namespace {

constexpr std::string_view kFolder = ".dedup";
constexpr std::size_t kMostBytes = 256;

// Of a mark that does not say its own.
constexpr milliseconds kUnknownWindow = std::chrono::hours{24};

/// "1790000000000 k3x9q2m7p1 300000": when, which message, and the window in milliseconds.
struct Entry {
  UtcTime sent;
  std::string id;
  milliseconds window = kUnknownWindow;
};

std::optional<Entry> parse_entry(std::string_view text) {
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (error != std::errc{} || end == text.data() + text.size() || *end != ' ') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  Entry entry{.sent = from_unix_ms(ms), .id = std::string{text.substr(0, text.find(' '))}};
  if (!is_message_id(entry.id)) return std::nullopt;
  if (entry.id.size() == text.size()) return entry;
  text.remove_prefix(entry.id.size() + 1);
  const auto [last, wrong] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (wrong != std::errc{} || last != text.data() + text.size() || ms < 0) return std::nullopt;
  entry.window = milliseconds{ms};
  return entry;
}

}  // namespace

Result<DedupIndex::Held> DedupIndex::hold(std::string_view key, milliseconds window, UtcTime now) {
  const std::filesystem::path folder = queue_ / kFolder;
  const int made = files_.mkdir_at(AT_FDCWD, folder.c_str(), 0700);
  if (made < 0 && made != -EEXIST) {
    return file_error(folder.native(), "cannot make the folder", made);
  }
  const std::filesystem::path path = folder / message_id_from(std::string{key} + "/");
  Held held;
  held.files_ = &files_;
  held.window_ = window;
  while (!held.file_.is_open()) {
    auto opened = open_held(path);
    if (!opened) return std::move(opened).error();
    if (*opened) held.file_ = **std::move(opened);
  }
  const auto text = read_all(files_, held.file_.fd(), kMostBytes);
  if (!text) return text.error();
  // What is damaged or empty was left by a process that died: nothing was sent.
  const auto entry = parse_entry(*text);
  if (entry && (now - entry->sent < window || is_pending(entry->id))) held.taken_by_ = entry->id;
  return held;
}

Result<std::optional<OpenFile>> DedupIndex::open_held(const std::filesystem::path& path) {
  OpenFile file{files_,
                files_.open_at(AT_FDCWD, path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW, 0600)};
  if (!file.is_open()) return file_error(path.native(), "cannot remember the key", file.fd());
  if (const int failure = files_.flock(file.fd(), LOCK_EX); failure < 0) {
    return file_error(path.native(), "cannot hold the key", failure);
  }
  struct stat status {};
  if (const int failure = files_.fstat(file.fd(), status); failure < 0) {
    return file_error(path.native(), "cannot read", failure);
  }
  // prune() has removed it while we waited: the name leads to another file by now.
  if (status.st_nlink == 0) return std::optional<OpenFile>{};
  return std::optional{std::move(file)};
}

Result<std::size_t> DedupIndex::prune(UtcTime now) {
  const std::string path = queue_ / kFolder;
  const OpenFile folder{files_, files_.open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY, 0)};
  if (folder.fd() == -ENOENT) return std::size_t{0};
  if (!folder.is_open()) return file_error(path, "cannot open", folder.fd());
  std::vector<std::string> names;
  const int listed =
      files_.list(folder.fd(), [&names](std::string_view name) { names.emplace_back(name); });
  if (listed < 0) return file_error(path, "cannot read", listed);
  std::size_t removed = 0;
  std::optional<std::set<std::string>> pending;
  for (const std::string& name : names) {
    const OpenFile file{files_,
                        files_.open_at(folder.fd(), name.c_str(), O_RDONLY | O_NOFOLLOW, 0)};
    if (!file.is_open() || files_.flock(file.fd(), LOCK_EX | LOCK_NB) < 0) continue;
    if (is_worn(file.fd(), now, pending) && files_.unlink_at(folder.fd(), name.c_str(), 0) == 0) {
      ++removed;
    }
  }
  return removed;
}

// The queue is listed once for all marks, and after the first of them is held: a message that came
// later has a mark that is new.
bool DedupIndex::is_worn(int fd, UtcTime now, std::optional<std::set<std::string>>& pending) {
  const auto text = read_all(files_, fd, kMostBytes);
  if (!text) return false;
  if (const auto entry = parse_entry(*text)) {
    if (now - entry->sent < entry->window) return false;
    if (!pending) pending = pending_ids();
    return !pending->contains(entry->id);
  }
  struct stat status {};
  if (files_.fstat(fd, status) < 0) return false;
  const auto written = from_unix_ms(static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1000);
  return now - written >= kUnknownWindow;
}

std::set<std::string> DedupIndex::pending_ids() {
  std::set<std::string> ids;
  const OpenFile folder{files_,
                        files_.open_at(AT_FDCWD, queue_.c_str(), O_RDONLY | O_DIRECTORY, 0)};
  if (!folder.is_open()) return ids;
  files_.list(folder.fd(), [&ids](std::string_view file) {
    if (const auto name = QueueName::parse(file)) ids.insert(name->id);
  });
  return ids;
}

bool DedupIndex::is_pending(std::string_view id) {
  const OpenFile folder{files_,
                        files_.open_at(AT_FDCWD, queue_.c_str(), O_RDONLY | O_DIRECTORY, 0)};
  if (!folder.is_open()) return false;
  bool found = false;
  files_.list(folder.fd(), [&](std::string_view file) {
    if (found || file.find(id) == std::string_view::npos) return;
    const auto name = QueueName::parse(file);
    found = name && name->id == id;
  });
  return found;
}

void DedupIndex::Held::sent(std::string_view id, UtcTime now) {
  const std::string text = fmt::format("{} {} {}\n", to_unix_ms(now), id, window_.count());
  // Best effort: the message itself is safe, and at worst a second one follows.
  if (::ftruncate(file_.fd(), 0) == 0 && ::lseek(file_.fd(), 0, SEEK_SET) == 0) {
    write_all(*files_, file_.fd(), text);
  }
}

}  // namespace btcw
