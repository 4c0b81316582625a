#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "btcw/agenda/heartbeat.h"
#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/random.h"
#include "btcw/store/journal.h"
#include "btcw/watch/outbox.h"
#include "btcw/watch/tick_observer.h"

namespace btcw {

/// Looks at the files of all heartbeats in the loop of watch, and tells when one is lost or back:
/// once each, over restarts too. Nothing that fails here ends the run.
class HeartbeatWatch final : public TickObserver {
 public:
  struct Ports {
    Journal& journal;
    Outbox& outbox;
    const Clock& clock;
    Random& random;
    Log& log;
  };
  /// All is borrowed.
  explicit HeartbeatWatch(Ports ports) : ports_{ports} {}

  /// From now on these; what is known of one of the same name stays. `ttl` of its messages: 0 for
  /// ever. Errors: those of the journal.
  Result<void> set(std::span<const HeartbeatOptions> heartbeats, milliseconds ttl);

  Result<Flow> on_ticks(std::span<const CacheEntry>) override { return Flow::go_on; }
  [[nodiscard]] SteadyTime due() const override;
  Result<Flow> on_time() override;

  /// A line about each.
  [[nodiscard]] std::string report() const;

 private:
  struct Watched {
    HeartbeatOptions options;
    Heartbeat heartbeat;
    SteadyTime due;
    std::string trouble = {};
  };
  Result<void> look(Watched& one);
  [[nodiscard]] Notification message_of(const Watched& one, const HeartbeatSight& sight,
                                        HeartbeatChange change, UtcTime now);

  Ports ports_;
  milliseconds ttl_{0};
  std::vector<Watched> watched_;
};

}  // namespace btcw
