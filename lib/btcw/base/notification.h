#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/time.h"

namespace btcw {

/// Words, not numbers: nobody has to remember which end is up.
enum class Priority { urgent, normal, low };
std::string_view to_string(Priority priority);
/// Errors: invalid_input with the three words.
Result<Priority> parse_priority(std::string_view text);

/// One message to a person, as it lies in the queue and as a channel gets it. All text is UTF-8.
struct Notification {
  /// Stable over all attempts and the name of the message everywhere. Letters, digits, '-' and '_',
  /// at most 64.
  std::string id;
  std::string title = {};
  std::string body;
  Priority priority = Priority::normal;
  /// Channels by name; empty: as the routing says. An ad-hoc channel is "adhoc:" and the name of
  /// its file, never its URL: a URL holds secrets, and the queue holds none.
  std::vector<std::string> channels = {};
  std::vector<std::string> tags = {};
  std::vector<std::string> attachments = {};  ///< absolute paths
  std::string dedup_key = {};
  UtcTime created;
  std::optional<UtcTime> expires =
      std::nullopt;              ///< created + ttl: not delivered after it, but buried as expired
  bool maybe_duplicate = false;  ///< an attempt before this one may have arrived
  /// Members that other programs put in and we do not know: one JSON object, or empty. Kept and
  /// shown.
  std::string extra_json = {};

  friend bool operator==(const Notification&, const Notification&) = default;
};

}  // namespace btcw
