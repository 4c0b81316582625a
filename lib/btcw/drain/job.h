#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/drain/routing.h"
#include "btcw/queue/queue.h"

namespace btcw {

/// A claimed message on its way to its channels.
struct Job {
  std::unique_ptr<Claim> claim;
  RoutePlan plan = {};
  std::uint32_t delivered = 0;  ///< a bit for each of the plan's channels
  std::uint32_t refused = 0;    ///< likewise, by those that are not asked again
  std::size_t open = 0;         ///< channels that have not been heard of yet
  /// When to try again what failed or had to wait; the earliest of them.
  std::optional<UtcTime> retry_at = std::nullopt;
  bool failed = false;     ///< an attempt was made and did not succeed
  bool ambiguous = false;  ///< and it may have arrived
  bool hindered = false;   ///< a failure or a limit is why it waits, not the clock alone
  bool let_go = false;     ///< the end of the run came before it was its turn
  /// The channels that were asked in another's place.
  struct Escalation {
    std::size_t channel;  ///< the number within the plan
    std::string to;
  };
  std::vector<Escalation> escalations = {};
  std::string reason = {};  ///< what went wrong, by channel: "telegram: chat not found"

  [[nodiscard]] const Notification& message() const { return claim->message(); }
  [[nodiscard]] DeliveryProgress progress() const { return {delivered, plan.hash, refused}; }
  /// Whether that channel of the plan has the message, or will never take it.
  [[nodiscard]] bool is_done_with(std::size_t channel) const;
  /// Whether every channel that the message is for has it.
  [[nodiscard]] bool is_complete() const;
  /// Whether nothing has happened to it since it was claimed.
  [[nodiscard]] bool is_untouched() const;
  [[nodiscard]] bool is_expired(UtcTime now) const;
  /// Whether `to` was asked in that channel's place already, or is it.
  [[nodiscard]] bool has_asked(std::size_t channel, std::string_view to) const;
  /// Waits until `at`, or an earlier moment that was asked for already.
  void wait_until(UtcTime at);
  /// Adds to the reason, each text once.
  void blame(std::string_view why);
};

/// One channel of one job.
struct Stop {
  Job* job;
  std::size_t channel;  ///< the number within the plan
};

}  // namespace btcw
