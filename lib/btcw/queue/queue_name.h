#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/notification.h"
#include "btcw/base/time.h"
#include "btcw/queue/queue.h"

namespace btcw {

/// The name of a message's file, "20261122T100000Z-1-0006a3f2b1c4d5e6-k3x9q2m7p1-a00.json": due
/// second, priority (0 urgent, 1 normal, 2 low), sequence, id, and the number of attempts behind an
/// 'a', or behind a 'd' once an attempt may have arrived; then, once some of several channels have
/// it, which ones: "-a01.5.9c3e.json" (bits and plan, see DeliveryProgress), and behind that once
/// some have refused it: "-a01.5.9c3e.2.json". All that changes while a message waits stands in its
/// name, so that putting it off is a rename. Names sort as messages are to be delivered, and hold
/// only letters, digits, '-', '_' and '.'.
struct QueueName {
  UtcTime due;  ///< whole seconds: 1970 to 9999
  Priority priority = Priority::normal;
  std::uint64_t sequence =
      0;  ///< microseconds since 1970 at arrival, made to increase within a producer
  std::string id;
  bool maybe_duplicate = false;
  int attempts = 0;  ///< 0 to 99; more stay 99
  DeliveryProgress progress = {};

  [[nodiscard]] std::string to_string() const;
  /// nullopt: not a name of this form (another program's).
  static std::optional<QueueName> parse(std::string_view name);

  friend bool operator==(const QueueName&, const QueueName&) = default;
};

/// The second of a name for a message that is due at `due`: never before it, unless it is due now;
/// from 1970 to the end of 9999.
UtcTime whole_second(UtcTime due, UtcTime now);

/// Whether `id` can be a message's id: 1 to 64 letters, digits, '-' and '_'.
bool is_message_id(std::string_view id);

/// An id out of another program's file name: what is allowed of it, and a hash of the whole where
/// something is lost.
std::string message_id_from(std::string_view file_name);

}  // namespace btcw
