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

/// How long a channel is left alone at most, whatever its Retry-After says: a service that names
/// next year is asked again tomorrow.
inline constexpr milliseconds kLongestRest = std::chrono::hours{24};
/// And at least once it has said "too fast".
inline constexpr milliseconds kShortestRest = seconds{1};
/// A rest that is not longer is waited out with the messages in hand; in a longer one they are put
/// off, so that other processes and a later run may have them.
inline constexpr milliseconds kWaitedOut = seconds{5};
/// Older records of deliveries are removed on the way.
inline constexpr milliseconds kDeliveriesKept = std::chrono::hours{24 * 90};

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
/// lines move side by side, and one that hangs or is told to wait holds up no other. A message for
/// several channels is done when all have it; those that have it are not told again, those that
/// have not are tried again with it, and it stands in the line of one that is behind, so that it
/// may come later to the others than messages that are not for that one.
///
/// What a channel says about when it will take more (DeliveryResult::rate_limited, or `retry_at`
/// with any other result) holds for all of its messages, and for other processes by way of the
/// delivery log, up to kLongestRest. A channel that is down three times in a row rests from 30 s to
/// 5 minutes. One thread uses an object.
class Drainer {
 public:
  explicit Drainer(DrainPorts ports);
  ~Drainer();
  Drainer(const Drainer&) = delete;
  Drainer& operator=(const Drainer&) = delete;

  /// Until done or, when a signal to end comes, until what was under way has ended; what was
  /// claimed and not begun is pending again. With Stay::follow a queue that cannot be read is tried
  /// again after 1 s to 1 minute, or when something comes.
  /// Errors: unavailable (the queue; when a message that is dealt with cannot be moved, it may be
  /// delivered again).
  Result<DrainSummary> run(const DrainOptions& options);
  /// The signal that ended the last run before it was done: stop or interrupt.
  [[nodiscard]] std::optional<Signal> stopped_by() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace btcw
