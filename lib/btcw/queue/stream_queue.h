#pragma once

#include <functional>
#include <memory>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/queue/queue.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

struct StreamQueueOptions {
  std::string prefix = {};  ///< before every key
  std::string consumer;     ///< no other process has that name: host, process and something random
  /// So long after its holder was last heard of, a message is anybody's.
  milliseconds lease = seconds{20};
};

struct StreamQueuePorts {
  /// Makes a client of the server: one for the queue, one each for the threads that keep its claims
  /// and, once wake_fd() was asked for, hear what others add.
  std::function<std::unique_ptr<RedisClient>()> connect;
  const Clock& clock;  ///< like the log, outlives the queue
  Log& log;
};

/// The queue in Redis: streams with a consumer group for what is due, a sorted set for what is not,
/// streams for dead letters and for what was no message (see stream_scripts.h). Any number of hosts
/// share it. Urgent messages that are due come first, then normal ones, then low ones.
///
/// As durable as the server: with `appendfsync always` what add() has accepted survives kill -9 and
/// power cuts, with `everysec` all but the last second does, without a file nothing. The server
/// must not evict keys (maxmemory-policy noeviction).
///
/// A message that is added again under its id within a day after it went is not added. What a
/// process holds is its own as long as it lives, and for a lease after it was last heard of: a
/// holder that was stopped for longer may find that another has delivered it, too. What was
/// delivered, put off or buried while Redis was away is settled when it is back; that is no error.
///
/// Claims go before their queue. Errors beside those of Queue: those of RedisClient::run() and
/// read_redis_error().
class StreamQueue : public Queue {
 public:
  /// Adds a message that was in another queue, with what is known of it.
  struct Moved {
    NewMessage message;
    int attempts = 0;
    DeliveryProgress progress = {};
  };
  virtual Result<void> adopt(std::span<const Moved> messages) = 0;
};

std::unique_ptr<StreamQueue> make_stream_queue(StreamQueueOptions options, StreamQueuePorts ports);

}  // namespace btcw
