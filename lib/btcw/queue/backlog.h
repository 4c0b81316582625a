#pragma once

#include <cstddef>
#include <optional>
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
/// Holds kMaxNames of a folder at a time and no more, so that a backlog of millions costs a bounded
/// amount of memory; the next scan goes on behind the last of them.
class Backlog {
 public:
  static constexpr std::size_t kMaxNames = 16 * 1024;

  struct Entry {
    UtcTime due = {};
    Priority priority = Priority::normal;
    std::uint64_t sequence = 0;
    std::string file;
    std::optional<QueueName> name = std::nullopt;  ///< nullopt: another program's file
  };

  /// Reads the folder anew: what comes behind the names that the last scan gave, or from the
  /// beginning when it gave all there were. Another program's file is due when it was last written.
  /// Errors: unavailable.
  Result<void> scan(Files& files, const QueueFolder& folder);
  /// Whether the last scan left names for the next one.
  [[nodiscard]] bool more() const { return more_; }
  /// The next scan begins at the beginning.
  void restart() {
    more_ = false;
    entries_.clear();
    next_ = 0;
  }

  [[nodiscard]] bool empty() const { return next_ == entries_.size(); }
  [[nodiscard]] const Entry& front() const { return entries_[next_]; }
  Entry pop() { return std::move(entries_[next_++]); }
  /// Passes over up to `count` entries that are due by `now`; they come again with the next scan.
  void skip(std::size_t count, UtcTime now);

 private:
  std::vector<Entry> entries_;
  std::size_t next_ = 0;
  bool more_ = false;
  Entry last_ = {};  ///< of the scan before, while more_
};

}  // namespace btcw
