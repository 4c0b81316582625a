#include "btcw/signals/signal_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>
#include <tuple>
#include <utility>

#include "btcw/notify/webhook_json.h"

namespace btcw {
namespace {

constexpr std::array<std::string_view, 3> kLineEndings{".jsonl", ".ndjson", ".log"};
constexpr std::string_view kSingleEnding = ".json";
// Says that there was a first look.
constexpr std::string_view kSince = "signals/since";
constexpr std::string_view kTaken = "taken";
constexpr std::string_view kBad = "bad";

bool has_lines(std::string_view name) {
  return std::any_of(kLineEndings.begin(), kLineEndings.end(),
                     [name](std::string_view ending) { return name.ends_with(ending); });
}

// "a.log.1", "a.jsonl-20261122"; what was packed cannot be read.
bool is_rotated(std::string_view name) {
  for (const std::string_view packed : {".gz", ".xz", ".bz2", ".zst", ".zip", ".json"}) {
    if (name.ends_with(packed)) return false;
  }
  return std::any_of(kLineEndings.begin(), kLineEndings.end(), [name](std::string_view ending) {
    const std::size_t at = name.find(ending);
    if (at == std::string_view::npos || at + ending.size() >= name.size()) return false;
    const char next = name[at + ending.size()];
    return next == '.' || next == '-';
  });
}

bool is_single(std::string_view name) { return name.ends_with(kSingleEnding); }

std::string line_key(FileIdentity identity) {
  return std::string{SignalFolder::kPrefix} + "lines/" + identity.to_string();
}

bool is_of_file(std::string_view key) {
  key.remove_prefix(SignalFolder::kPrefix.size());
  return key.starts_with("lines/") || key.starts_with("file/");
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

Result<SignalFolder> SignalFolder::open(std::filesystem::path folder, Journal& journal, Log& log) {
  SignalFolder signals{std::move(folder), log};
  auto kept = journal.list_progress(kPrefix);
  if (!kept) return std::move(kept).error();
  signals.first_look_ = kept->empty();
  for (Progress& each : *kept) signals.known_.emplace(std::move(each.key), std::move(each.value));
  return signals;
}

Result<std::vector<SignalFolder::Found>> SignalFolder::list() {
  const std::unique_ptr<DIR, CloseFolder> folder{::opendir(folder_.c_str())};
  if (!folder) {
    const std::string reason = std::error_code{errno, std::generic_category()}.message();
    return Error{Errc::unavailable, folder_.string() + ": " + reason};
  }
  std::vector<Found> found;
  while (const dirent* const entry = ::readdir(folder.get())) {
    Found one{.name = entry->d_name, .identity = {}, .written = {}};
    if (one.name.starts_with('.')) continue;
    struct stat status {};
    if (::fstatat(::dirfd(folder.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    if (!S_ISREG(status.st_mode)) continue;
    one.identity = {static_cast<std::uint64_t>(status.st_dev), std::uint64_t{status.st_ino}};
    one.written = from_unix_ms(static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1000 +
                               status.st_mtim.tv_nsec / 1'000'000);
    one.size = static_cast<std::uint64_t>(status.st_size);
    found.push_back(std::move(one));
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::tie(a.written, a.name) < std::tie(b.written, b.name);
  });
  return found;
}

Result<SignalFolder::Batch> SignalFolder::look(UtcTime now, std::size_t max_bytes) {
  auto found = list();
  if (!found) return std::move(found).error();
  Batch batch;
  singles_.clear();
  pending_.clear();
  open_new(*found);
  open_rotated(*found);
  read_followed(*found, now, max_bytes, batch);
  if (!batch.more) read_singles(*found, now, max_bytes, batch);
  if (!batch.more) forget_gone(*found, batch);
  if (first_look_) batch.progress.push_back({std::string{kSince}, to_rfc3339(now)});
  pending_ = batch.progress;
  return batch;
}

// Also a file that was rotated while nobody looked: the journal knows it, whatever it is called.
void SignalFolder::open_new(const std::vector<Found>& found) {
  for (const Found& one : found) {
    const auto known = known_.find(line_key(one.identity));
    if (followed_.contains(one.identity)) continue;
    if (!has_lines(one.name) && known == known_.end()) continue;
    auto file = FollowedFile::open(folder_ / one.name);
    if (!file) {
      tell_once(one.name, file.error().message);
      continue;
    }
    if (file->identity() != one.identity) continue;  // the name leads elsewhere already
    if (known != known_.end()) {
      if (auto position = FilePosition::read(known->second)) file->resume(*std::move(position));
    }
    const bool kept = known != known_.end();
    followed_.emplace(one.identity,
                      Followed{.file = *std::move(file), .name = one.name, .kept = kept});
  }
}

void SignalFolder::open_rotated(const std::vector<Found>& found) {
  for (const Found& one : found) {
    if (!is_rotated(one.name) || followed_.contains(one.identity)) continue;
    auto file = FollowedFile::open(folder_ / one.name);
    if (!file || file->identity() != one.identity) continue;
    auto position = position_in(*file);
    if (!position) continue;
    file->resume(*std::move(position));
    followed_.emplace(one.identity, Followed{*std::move(file), one.name});
  }
}

// A file that was rotated between two looks is new from its beginning. One that is a copy of what
// was followed, and was emptied since, goes on where that was.
std::optional<FilePosition> SignalFolder::position_in(const FollowedFile& rotated) const {
  auto end = rotated.end();
  if (!end) return std::nullopt;
  if (first_look_) return *std::move(end);
  for (const auto& [identity, one] : followed_) {
    const FilePosition& position = one.file.position();
    if (position.head.empty() || !end->head.starts_with(position.head)) continue;
    // The copy is there, and the original is not emptied yet.
    if (one.file.is_intact()) return std::nullopt;
    if (position.offset <= end->offset) return position;
  }
  return FilePosition{};
}

void SignalFolder::read_followed(const std::vector<Found>& found, UtcTime now,
                                 std::size_t max_bytes, Batch& batch) {
  for (auto& entry : followed_) {
    const FileIdentity identity = entry.first;
    Followed& one = entry.second;
    const auto named = std::find_if(found.begin(), found.end(),
                                    [&](const Found& each) { return each.identity == identity; });
    const bool is_gone = named == found.end();
    if (!is_gone) one.name = named->name;
    one.read.reset();
    one.done = false;
    if (batch.more) continue;
    // Whoever wrote to a file that was rotated may still be at it.
    const bool is_over = is_gone || (!has_lines(one.name) && now - named->written >= kStillWritten);
    auto lines = one.file.read(
        max_bytes, is_over ? FollowedFile::Ending::final : FollowedFile::Ending::growing);
    if (!lines) {
      tell_once(one.name, lines.error().message);
      continue;
    }
    if (lines->too_long > 0) tell_once(one.name, "a line of more than 64 KiB is passed over");
    if (lines->began_anew) log_.info("signals: " + one.name + " begins anew");
    batch.more = lines->more;
    one.done = is_gone && !lines->more;
    if (one.kept && lines->position == one.file.position()) continue;
    batch.progress.push_back({line_key(identity), lines->position.to_text()});
    for (std::string& line : lines->lines) batch.items.push_back({std::move(line), one.name});
    one.read = std::move(lines->position);
  }
}

void SignalFolder::read_singles(const std::vector<Found>& found, UtcTime now, std::size_t max_bytes,
                                Batch& batch) {
  std::size_t bytes = 0;
  for (const Found& one : found) {
    if (!is_single(one.name)) continue;
    Single single{.name = one.name,
                  .key = fmt::format("{}file/{}/{}/{}", kPrefix, one.identity.to_string(),
                                     to_unix_ms(one.written), one.name)};
    if (known_.contains(single.key)) {
      // Taken before, by a process that died then, or where nothing can be moved.
      singles_.push_back(std::move(single));
      continue;
    }
    if (bytes >= max_bytes) {
      batch.more = true;
      return;
    }
    auto file = FollowedFile::open(folder_ / one.name);
    if (!file || file->identity() != one.identity) continue;
    const bool is_huge = one.size > kMaxFile;
    auto text = is_huge ? Result<std::string>{std::string{}} : file->read_all(kMaxFile);
    if (!text) {
      tell_once(one.name, text.error().message);
      continue;
    }
    const bool is_whole = is_huge || read_webhook_json(*text).has_value();
    if (!is_whole && now - one.written < kStillWritten) continue;
    bytes += text->size();
    batch.progress.push_back({single.key, "taken"});
    batch.items.push_back({*std::move(text), one.name});
    singles_.push_back(std::move(single));
  }
}

// Keys of what nobody will ask for again.
void SignalFolder::forget_gone(const std::vector<Found>& found, Batch& batch) {
  const auto is_there = [&](std::string_view key) {
    return std::any_of(found.begin(), found.end(), [&](const Found& one) {
      return key.find('/' + one.identity.to_string()) != std::string_view::npos;
    });
  };
  for (const auto& entry : known_) {
    const std::string& key = entry.first;
    const bool is_open = std::any_of(followed_.begin(), followed_.end(),
                                     [&](const auto& each) { return line_key(each.first) == key; });
    if (is_open || is_there(key) || !is_of_file(key)) continue;
    const bool again = std::any_of(batch.progress.begin(), batch.progress.end(),
                                   [&](const Progress& one) { return one.key == key; });
    if (!again) batch.progress.push_back({key, ""});
  }
}

void SignalFolder::taken() {
  first_look_ = false;
  for (const Progress& each : pending_) {
    if (each.value.empty()) {
      known_.erase(each.key);
    } else {
      known_.insert_or_assign(each.key, each.value);
    }
  }
  pending_.clear();
  for (auto one = followed_.begin(); one != followed_.end();) {
    if (one->second.read) {
      one->second.file.moved(*std::exchange(one->second.read, std::nullopt));
      one->second.kept = true;
    }
    one = one->second.done ? followed_.erase(one) : std::next(one);
  }
  for (const Single& single : singles_) {
    if (!move_aside(single)) {
      tell_once("/", "files that were taken cannot be moved to .taken: they stay where they are");
    }
  }
  singles_.clear();
}

void SignalFolder::bad(const Item& item) {
  for (Single& single : singles_) {
    if (single.name == item.where) single.is_bad = true;
  }
}

bool SignalFolder::move_aside(const Single& single) const {
  const std::filesystem::path there = folder_ / fmt::format(".{}", single.is_bad ? kBad : kTaken);
  if (::mkdir(there.c_str(), 0700) != 0 && errno != EEXIST) return false;
  // Bots use a name again.
  std::string name = single.name;
  for (int number = 1; ::access((there / name).c_str(), F_OK) == 0; ++number) {
    name = fmt::format("{}.{}", single.name, number);
  }
  return ::rename((folder_ / single.name).c_str(), (there / name).c_str()) == 0 || errno == ENOENT;
}

void SignalFolder::tell_once(const std::string& what, const std::string& message) {
  std::string& told = told_[what];
  if (told == message) return;
  told = message;
  log_.warning("signals: " + (what == "/" ? folder_.string() : what) + ": " + message);
}

}  // namespace btcw
