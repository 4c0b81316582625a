#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "btcw/drain/routing.h"
#include "btcw/queue/queue.h"

namespace btcw {

/// A claimed message on its way to its channels.
struct Job {
  std::unique_ptr<Claim> claim;
  RoutePlan plan = {};
  std::uint32_t delivered = 0;  ///< a bit for each of the plan's channels
  std::size_t open = 0;         ///< channels that have not been heard of yet
  /// When to try again what failed or had to wait; the earliest of them.
  std::optional<UtcTime> retry_at = std::nullopt;
  bool failed = false;     ///< an attempt was made and did not succeed
  bool ambiguous = false;  ///< and it may have arrived
  bool hindered = false;   ///< a failure or a limit is why it waits, not the clock alone
  std::size_t escalations = 0;
  std::string reason = {};  ///< of the last failure: "telegram: chat not found"

  [[nodiscard]] const Notification& message() const { return claim->message(); }
  [[nodiscard]] bool complete() const;
  /// Waits until `at`, or an earlier moment that was asked for already.
  void wait_until(UtcTime at);
};

/// One channel of one job.
struct Stop {
  Job* job;
  std::size_t channel;  ///< the number within the plan
};

}  // namespace btcw
