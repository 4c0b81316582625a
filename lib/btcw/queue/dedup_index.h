#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/store/files.h"
#include "btcw/store/open_file.h"

namespace btcw {

/// Remembers the messages that were sent under a key: a small file a key in QUEUE/.dedup, held with
/// flock(2) while its message is being added, so that of any number of processes one sends.
class DedupIndex {
 public:
  DedupIndex(std::filesystem::path queue, Files& files) : queue_{std::move(queue)}, files_{files} {}

  /// A key that is held until this goes.
  class Held {
   public:
    /// Writes down which message has the key now, once it is in the queue.
    void sent(std::string_view id, UtcTime now);
    /// The message that has it, when a second one is not to be sent: one that is younger than the
    /// window, or still pending. Empty otherwise.
    [[nodiscard]] const std::string& taken_by() const { return taken_by_; }

   private:
    friend class DedupIndex;
    Files* files_ = nullptr;
    OpenFile file_ = {};
    milliseconds window_{0};
    std::string taken_by_ = {};
  };

  /// Waits while another process sends under the same key. `window` counts from the last message
  /// to `now`, and of the next one until prune().
  /// Errors: unavailable.
  Result<Held> hold(std::string_view key, milliseconds window, UtcTime now);

  /// Forgets the keys whose window is over, but for those that are held and those whose message is
  /// still pending. Returns how many; no folder: none.
  /// Errors: unavailable.
  Result<std::size_t> prune(UtcTime now);

 private:
  /// nullopt: it was forgotten in the meantime.
  [[nodiscard]] Result<std::optional<OpenFile>> open_held(const std::filesystem::path& path);
  [[nodiscard]] bool is_worn(int fd, UtcTime now, std::optional<std::set<std::string>>& pending);
  [[nodiscard]] bool is_pending(std::string_view id);
  [[nodiscard]] std::set<std::string> pending_ids();

  std::filesystem::path queue_;
  Files& files_;
};

}  // namespace btcw
