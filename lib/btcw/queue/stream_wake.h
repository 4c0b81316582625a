#pragma once

#include <memory>
#include <string>

#include "btcw/base/result.h"
#include "btcw/base/wake_event.h"
#include "btcw/redis/redis_client.h"
#include "btcw/redis/redis_subscription.h"

namespace btcw {

/// Hears on a connection of its own that somebody has added to a queue in Redis.
class StreamWake {
 public:
  /// What other programs add without saying so, and what was said while nobody could hear it, is
  /// looked for so often.
  static constexpr milliseconds kLookAnyway = seconds{5};

  /// `channel`: what the queue's scripts publish on. Errors: those of RedisSubscription::start().
  static Result<std::unique_ptr<StreamWake>> start(std::string channel,
                                                   std::unique_ptr<RedisClient> client);

  /// Readable when there is a reason to look, until clear(): something was added, the connection
  /// came about or failed, or kLookAnyway has passed without either.
  [[nodiscard]] int fd() const { return event_.fd(); }
  void clear() { event_.clear(); }

 private:
  explicit StreamWake(WakeEvent event) : event_{std::move(event)} {}

  WakeEvent event_;
  std::unique_ptr<RedisSubscription> subscription_;  ///< goes first: it sets the event
};

}  // namespace btcw
