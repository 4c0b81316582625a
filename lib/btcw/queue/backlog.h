#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/random.h"
#include "btcw/base/time.h"
#include "btcw/queue/queue_folder.h"
#include "btcw/queue/queue_name.h"

namespace btcw {

/// The next messages of a queue folder by name, in the order of delivery: due second, priority,
/// arrival.
///
/// Holds `max_names` of a folder at a time and no more, so that a backlog of millions costs a
/// bounded amount of memory; the next scan goes on behind the last of them.
class Backlog {
 public:
  static constexpr std::size_t kMaxNames = std::size_t{16} * 1024;

  explicit Backlog(std::size_t max_names = kMaxNames) : max_names_{max_names} {}

  struct Entry {
    UtcTime due = {};
    Priority priority = Priority::normal;
    std::uint64_t sequence = 0;
    std::string file;
    std::optional<QueueName> name = std::nullopt;  ///< nullopt: another program's file
  };

  /// Reads the folder anew: what comes behind all that was popped since restart(). Another
  /// program's file is due when it was last written, at the latest at `now`. Errors: unavailable.
  Result<void> scan(Files& files, const QueueFolder& folder, UtcTime now);
  /// Whether nothing was popped since restart().
  [[nodiscard]] bool is_fresh() const { return !position_; }
  /// What pop() would give, one after the other.
  [[nodiscard]] std::span<const Entry> names() const { return std::span{entries_}.subspan(next_); }
  /// Whether the last scan left names for the next one.
  [[nodiscard]] bool more() const { return more_; }
  /// The next scan begins at the beginning.
  void restart();

  [[nodiscard]] bool empty() const { return next_ == entries_.size(); }
  [[nodiscard]] const Entry& front() const { return entries_[next_]; }
  Entry pop();
  /// Passes over up to `count` entries that are due by `now`, for turn_back(); none of those that
  /// were passed over before.
  void skip(std::size_t count, UtcTime now);
  /// What was passed over comes now, in front of the rest; false: nothing was.
  bool turn_back();

 private:
  void keep_first();

  std::size_t max_names_;
  std::vector<Entry> entries_;
  std::size_t next_ = 0;
  std::vector<Entry> passed_over_;
  std::size_t turned_back_ = 0;  ///< how many of the entries from `next_` on were passed over
  bool more_ = false;
  std::optional<Entry> position_;  ///< the last in order of all that was popped
  std::optional<Entry> cutoff_;    ///< while scanning: what comes no sooner is left to the next one
};

}  // namespace btcw
