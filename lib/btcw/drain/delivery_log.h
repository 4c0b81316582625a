#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/notify/channel.h"

namespace btcw {

/// The name of a result as it stands in the log and in the JSON output: "rate_limited".
std::string_view to_string(DeliveryResult result);
/// nullopt: none of the names.
std::optional<DeliveryResult> find_delivery_result(std::string_view name);

/// How many messages a channel takes, in sliding windows; 0: any number.
struct Caps {
  int per_minute = 0;
  int per_hour = 0;
  int per_day = 0;

  [[nodiscard]] bool any() const { return per_minute > 0 || per_hour > 0 || per_day > 0; }
};

/// One attempt to deliver one message to one channel.
struct DeliveryRecord {
  std::string id;       ///< of the message
  std::string channel;  ///< by name
  int attempt = 1;      ///< counted from 1
  DeliveryResult result = DeliveryResult::delivered;
  UtcTime at = {};  ///< when it ended
  milliseconds took = {};
  std::string detail = {};  ///< one line; never a secret

  friend bool operator==(const DeliveryRecord&, const DeliveryRecord&) = default;
};

/// What was sent where and when, and what a channel still takes: shared by all processes of one
/// state folder, and kept over restarts.
///
/// A log that fails is no reason not to deliver: every error can be passed over. One thread uses
/// an object.
class DeliveryLog {
 public:
  virtual ~DeliveryLog() = default;

  /// Keeps a record until flush(). When that fails for long, the oldest of what waits are dropped.
  virtual void record(DeliveryRecord record) = 0;
  /// Writes what was recorded, all or nothing; kept for the next call when it fails. What was
  /// written survives the end of the process; a power cut may take the last seconds of it.
  /// Errors: unavailable (disk full, read-only, I/O, locked for long); bad_data (the file is
  /// damaged). The same of all that follow.
  virtual Result<void> flush() = 0;

  /// Counts one send at `now` against the caps, across processes and restarts. nullopt: counted,
  /// it may go; else nothing is counted, and this is the first moment at which it may: a window
  /// has room again, and the channel is no longer blocked. Without caps nothing is counted.
  virtual Result<std::optional<UtcTime>> reserve(std::string_view channel, const Caps& caps,
                                                 UtcTime now) = 0;
  /// Nothing is sent to the channel before `until` (a Retry-After); a later one stays in force.
  virtual Result<void> block(std::string_view channel, UtcTime until) = 0;
  /// The end of the block that is in force at `now`.
  virtual Result<std::optional<UtcTime>> blocked_until(std::string_view channel, UtcTime now) = 0;

  /// Which records are asked for; what is not set does not matter.
  struct Query {
    std::optional<std::string> id = std::nullopt;
    std::optional<std::string> channel = std::nullopt;
    std::optional<UtcTime> since = std::nullopt;
    std::size_t max = 100;
  };
  /// Newest first; what waits for flush() is written before.
  virtual Result<std::vector<DeliveryRecord>> list(const Query& query) = 0;
  /// Removes the records from before that time, and how many they were.
  virtual Result<std::size_t> prune(UtcTime before) = 0;
};

/// Opens the log in a SQLite file, which is made (0600, its folder 0700) when it is not there.
/// Loads libbtcw-store on the first call.
/// Errors: unavailable (the module or the file cannot be opened); bad_data (not a database,
/// damaged); rejected (another program's database, one of a newer btcw, another user's, a link).
Result<std::unique_ptr<DeliveryLog>> open_delivery_log(const std::filesystem::path& file,
                                                       const Clock& clock);

}  // namespace btcw
