#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/queue/queue.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// Which entry of which stream: "2/1790000000000-0" as a ticket.
struct StreamPlace {
  int lane = 1;  ///< 1 to 3, in the order of Priority
  std::string entry = {};

  [[nodiscard]] std::string ticket() const;
  /// Precondition: `ticket` comes from ticket().
  static StreamPlace from_ticket(std::string_view ticket);
};

int lane_of(Priority priority);
Priority priority_of_lane(int lane);

/// What changes while a message waits: "ATTEMPTS DELIVERED PLAN DUPLICATE", and behind that REFUSED
/// where that is not 0.
struct StreamState {
  int attempts = 0;
  DeliveryProgress progress = {};
  bool maybe_duplicate = false;

  [[nodiscard]] std::string to_string() const;
  /// What is not of this form is that of a new message.
  static StreamState parse(std::string_view text);
};

/// The members of an entry, as XRANGE and the scripts give them.
struct StreamFields {
  std::string entry;
  std::string due = {};
  std::string state = {};
  std::string message = {};
  std::string id = {};      ///< of dead ones
  std::string lane = {};    ///< of dead ones
  std::string reason = {};  ///< of dead and corrupt ones
  std::string buried = {};  ///< of dead and corrupt ones
  std::string content = {};

  /// Errors: bad_data for a reply that is no entry.
  static Result<StreamFields> from(const RedisReply& reply);
};

/// An entry with what stands in it.
struct StreamEntry {
  StreamPlace place;
  UtcTime due;
  StreamState state;
  std::string bytes;  ///< the message as it was put in
  Notification message;

  /// Entries that other programs put in may hold only a message, in any form that
  /// decode_message() reads; the others' members have usual values.
  /// Errors: bad_data with why it is no message.
  static Result<StreamEntry> read(int lane, StreamFields fields);
};

/// A time as it stands in an entry; `otherwise` for what is none.
UtcTime read_stream_time(std::string_view text, UtcTime otherwise);
/// When an entry was added, by the server's clock.
UtcTime time_of_entry(std::string_view entry);

}  // namespace btcw
