#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "btcw/drain/channel_route.h"
#include "btcw/drain/job.h"
#include "btcw/schedule/quiet_hours.h"

namespace btcw {

/// One channel's line of messages.
struct Lane {
  static constexpr std::size_t kMostInDigest = 50;
  static constexpr milliseconds kQuick{10};
  /// Of the texts that wait in it; one more may be in it.
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

  std::string name;
  const ChannelRoute* route = nullptr;
  Channel* channel = nullptr;
  std::optional<QuietHours> quiet = std::nullopt;
  std::deque<Stop> waiting = {};
  /// Messages that found it full, by ticket and in order; let go of until there is room.
  std::deque<std::string> parked = {};
  bool overflowed = false;                             ///< more of them came than are kept track of
  std::optional<UtcTime> closed_until = std::nullopt;  ///< nothing is sent before
  std::optional<SteadyTime> block_asked_at = std::nullopt;
  int failures = 0;  ///< attempts in a row that found it down
  int refusals = 0;  ///< "too fast" in a row that was waited out
  bool busy = false;
  SteadyTime busy_since = {};  ///< of the last attempt

  /// How many claims wait in it.
  [[nodiscard]] std::size_t window() const;
  [[nodiscard]] bool is_full() const;
  /// Whether it has taken what it holds down so far that more may come.
  [[nodiscard]] bool wants_more() const;
  /// Whether messages stand behind those that wait in it.
  [[nodiscard]] bool has_line() const { return overflowed || !parked.empty(); }
  /// Whether its messages may take a while to be gone, so that others should not wait for them.
  [[nodiscard]] bool is_slow(SteadyTime now) const { return now - busy_since >= kQuick; }
  [[nodiscard]] bool is_closed(UtcTime now) const { return closed_until && *closed_until > now; }
  [[nodiscard]] bool is_digest() const { return route != nullptr && route->batch > milliseconds{}; }

  /// Whether the message is one of those that are gathered.
  [[nodiscard]] bool gathers(const Notification& message) const;
  /// Until when the message has to wait for the clock: quiet hours, or the end of the time in which
  /// messages are gathered. nullopt: it may go.
  [[nodiscard]] std::optional<UtcTime> hold(const Notification& message, UtcTime now) const;
  /// The next message to be sent, with all that go along with it.
  std::vector<Stop> pop(UtcTime now);
};

/// Several messages in one: their titles and texts in order.
Notification make_digest(const std::vector<Stop>& stops);

}  // namespace btcw
