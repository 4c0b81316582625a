#include "btcw/queue/backlog.h"

#include <fcntl.h>

#include <algorithm>
#include <tuple>

namespace btcw {
namespace {

bool comes_before(const Backlog::Entry& a, const Backlog::Entry& b) {
  return std::tie(a.due, a.priority, a.sequence, a.file) <
         std::tie(b.due, b.priority, b.sequence, b.file);
}

/// The entry of another program's file: what it wants stands inside, so its time of writing has to
/// do.
std::optional<Backlog::Entry> foreign_entry(Files& files, const QueueFolder& folder,
                                            std::string file) {
  struct stat found {};
  if (files.stat_at(folder.pending.fd(), file.c_str(), found, AT_SYMLINK_NOFOLLOW) < 0)
    return std::nullopt;
  const auto sequence = static_cast<std::uint64_t>(found.st_mtim.tv_sec) * 1'000'000U +
                        static_cast<std::uint64_t>(found.st_mtim.tv_nsec) / 1000U;
  return Backlog::Entry{UtcTime{seconds{found.st_mtim.tv_sec}}, Priority::normal, sequence,
                        std::move(file)};
}

}  // namespace

Result<void> Backlog::scan(Files& files, const QueueFolder& folder) {
  const bool behind_last = more_;
  entries_.clear();
  next_ = 0;
  more_ = false;
  const auto keep_first = [this] {
    more_ = true;
    const auto middle = entries_.begin() + static_cast<std::ptrdiff_t>(kMaxNames);
    std::nth_element(entries_.begin(), middle, entries_.end(), comes_before);
    entries_.resize(kMaxNames);
  };
  const int listed = files.list(folder.pending.fd(), [&](std::string_view file) {
    if (!file.ends_with(".json") || file.front() == '.') return;
    if (auto name = QueueName::parse(file)) {
      entries_.push_back(
          {name->due, name->priority, name->sequence, std::string{file}, std::move(name)});
    } else if (auto entry = foreign_entry(files, folder, std::string{file})) {
      entries_.push_back(*std::move(entry));
    }
    if (!entries_.empty() && behind_last && !comes_before(last_, entries_.back())) {
      entries_.pop_back();
    }
    if (entries_.size() >= 2 * kMaxNames) keep_first();
  });
  if (listed < 0) return file_error(folder.path, "cannot list the folder", listed);
  if (entries_.size() > kMaxNames) keep_first();
  std::sort(entries_.begin(), entries_.end(), comes_before);
  if (more_) last_ = entries_.back();
  return {};
}

void Backlog::skip(std::size_t count, UtcTime now) {
  for (; count > 0 && !empty() && front().due <= now; --count) ++next_;
}

}  // namespace btcw
