#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/random.h"
#include "btcw/base/result.h"
#include "btcw/base/signals.h"
#include "btcw/drain/channel_set.h"
#include "btcw/drain/delivery_log.h"
#include "btcw/queue/queue.h"

namespace btcw {

enum class Stay {
  until_done,  ///< until nothing is due that nobody holds
  follow,      ///< until told to stop; messages are delivered as they come
};

struct DrainOptions {
  Stay stay = Stay::until_done;
  std::size_t max = SIZE_MAX;          ///< messages to deal with
  std::size_t concurrency = 8;         ///< channels that are spoken to side by side
  milliseconds timeout = seconds{10};  ///< of one attempt
  int max_attempts = 10;
};

/// What became of the messages of one run.
struct DrainSummary {
  std::size_t delivered = 0;
  std::size_t deferred = 0;  ///< put off: a failure, a limit, quiet hours, a digest
  std::size_t hindered = 0;  ///< those of them that a failure or a limit put off
  std::size_t dead = 0;
};

/// What a drainer works with; all of it is borrowed.
struct DrainPorts {
  Queue& queue;
  ChannelSet& channels;
  DeliveryLog& deliveries;
  CommandRunner& commands;
  const Clock& clock;
  Random& random;
  Log& log;
  SignalSource& signals;
};

/// Brings messages from a queue to their channels: claim, route, deliver, then ack, postpone or
/// bury.
///
/// Each channel has its own line: within it messages go one after the other, in the queue's order;
/// lines move side by side, and one that hangs holds up no other. A message for several channels
/// is done when all have it; those that have it already are not told again. One thread uses an
/// object.
class Drainer {
 public:
  explicit Drainer(DrainPorts ports);
  ~Drainer();

  /// Until done or, when a signal to end comes, until what was under way has ended; what was
  /// claimed and not begun is pending again.
  /// Errors: unavailable (the queue: what was delivered may then be delivered again).
  Result<DrainSummary> run(const DrainOptions& options);
  /// Whether a signal ended the run before it was done.
  [[nodiscard]] bool stopped() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace btcw
