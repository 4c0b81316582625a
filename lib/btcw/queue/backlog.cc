#include "btcw/queue/backlog.h"

#include <fcntl.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace btcw {
namespace {

bool comes_before(const Backlog::Entry& a, const Backlog::Entry& b) {
  return std::tie(a.due, a.priority, a.sequence, a.file) <
         std::tie(b.due, b.priority, b.sequence, b.file);
}

/// The entry of another program's file: what it wants stands inside, so its time of writing has to
/// do; a clock that was ahead does not hold it back.
std::optional<Backlog::Entry> foreign_entry(Files& files, const QueueFolder& folder,
                                            std::string file, UtcTime now) {
  struct stat found {};
  if (files.stat_at(folder.pending.fd(), file.c_str(), found, AT_SYMLINK_NOFOLLOW) < 0)
    return std::nullopt;
  const auto written = std::max<std::int64_t>(found.st_mtim.tv_sec, 0);
  const auto sequence = static_cast<std::uint64_t>(written) * 1'000'000U +
                        static_cast<std::uint64_t>(found.st_mtim.tv_nsec) / 1000U;
  const auto latest = std::chrono::floor<seconds>(now).time_since_epoch().count();
  return Backlog::Entry{UtcTime{seconds{std::min<std::int64_t>(written, latest)}}, Priority::normal,
                        sequence, std::move(file)};
}

}  // namespace

void Backlog::restart() {
  entries_.clear();
  next_ = 0;
  passed_over_.clear();
  turned_back_ = 0;
  more_ = false;
  position_.reset();
}

void Backlog::keep_first() {
  more_ = true;
  const auto middle = entries_.begin() + static_cast<std::ptrdiff_t>(max_names_);
  std::nth_element(entries_.begin(), middle, entries_.end(), comes_before);
  entries_.resize(max_names_);
}

Result<void> Backlog::scan(Files& files, const QueueFolder& folder, UtcTime now) {
  entries_.clear();
  next_ = 0;
  passed_over_.clear();
  turned_back_ = 0;
  more_ = false;
  const auto is_behind = [this](const Entry& entry) {
    return !position_ || comes_before(*position_, entry);
  };
  const int listed = files.list(folder.pending.fd(), [&](std::string_view file) {
    if (!file.ends_with(".json") || file.front() == '.') return;
    if (auto name = QueueName::parse(file)) {
      Entry entry{name->due, name->priority, name->sequence, std::string{file}, std::move(name)};
      if (is_behind(entry)) entries_.push_back(std::move(entry));
    } else if (auto entry = foreign_entry(files, folder, std::string{file}, now)) {
      if (is_behind(*entry)) entries_.push_back(*std::move(entry));
    }
    if (entries_.size() >= 2 * max_names_) keep_first();
  });
  if (listed < 0) {
    entries_.clear();
    return file_error(folder.path, "cannot list the folder", listed);
  }
  if (entries_.size() > max_names_) keep_first();
  std::sort(entries_.begin(), entries_.end(), comes_before);
  return {};
}

Backlog::Entry Backlog::pop() {
  Entry entry = std::move(entries_[next_++]);
  if (turned_back_ > 0) --turned_back_;
  if (!position_ || comes_before(*position_, entry)) {
    position_ = Entry{entry.due, entry.priority, entry.sequence, entry.file};
  }
  return entry;
}

void Backlog::skip(std::size_t count, UtcTime now) {
  if (turned_back_ > 0) return;
  for (; count > 0 && !empty() && front().due <= now; --count) {
    passed_over_.push_back(std::move(entries_[next_++]));
  }
}

bool Backlog::turn_back() {
  if (passed_over_.empty()) return false;
  turned_back_ = passed_over_.size();
  passed_over_.insert(
      passed_over_.end(),
      std::make_move_iterator(entries_.begin() + static_cast<std::ptrdiff_t>(next_)),
      std::make_move_iterator(entries_.end()));
  entries_ = std::exchange(passed_over_, {});
  next_ = 0;
  return true;
}

}  // namespace btcw
