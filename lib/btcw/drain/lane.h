#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "btcw/drain/channel_route.h"
#include "btcw/drain/job.h"
#include "btcw/drain/quiet_hours.h"

namespace btcw {

/// One channel's line of messages.
struct Lane {
  static constexpr std::size_t kWindow = 64;  ///< claims that wait in it
  /// In a row; then the rest is put off without a try.
  static constexpr int kMostFailures = 3;
  static constexpr std::size_t kMostInDigest = 50;

  std::string name;
  const ChannelRoute* route = nullptr;
  Channel* channel = nullptr;
  std::optional<QuietHours> quiet = std::nullopt;
  std::deque<Stop> waiting = {};
  /// Messages that found the window full, by ticket; let go of until there is room.
  std::deque<std::string> parked = {};
  std::set<std::string, std::less<>> parked_tickets = {};
  std::optional<UtcTime> blocked_until = std::nullopt;
  int failures = 0;  ///< in a row
  bool busy = false;

  [[nodiscard]] bool is_full() const { return waiting.size() >= kWindow || !parked.empty(); }

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
