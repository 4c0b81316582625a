#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/base/wake_event.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// Listens to channels of Redis on a thread of its own, and again as soon as it can after Redis was
/// away. What is published meanwhile is missed.
class RedisSubscription {
 public:
  /// All are called on the thread of the subscription, one at a time, until it is destroyed; what
  /// is not set is not told.
  struct Hooks {
    std::function<void()> on_connect = {};  ///< from now on nothing is missed
    std::function<void(const std::vector<RedisMessage>& messages)> on_messages = {};
    std::function<void()> on_silence = {};  ///< nothing was published for Options::silence
    /// An attempt or a connection; it is tried again at RedisClient::retry_at().
    std::function<void(const Error& error)> on_failure = {};
  };
  struct Options {
    std::vector<std::string> channels;
    milliseconds silence = std::chrono::hours{1};
  };

  /// Errors: unavailable when there can be no thread or descriptor.
  static Result<std::unique_ptr<RedisSubscription>> start(Options options,
                                                          std::unique_ptr<RedisClient> client,
                                                          Hooks hooks);
  RedisSubscription(const RedisSubscription&) = delete;
  RedisSubscription& operator=(const RedisSubscription&) = delete;
  /// At once, but for an attempt to connect that is under way.
  ~RedisSubscription();

 private:
  RedisSubscription(Options options, std::unique_ptr<RedisClient> client, Hooks hooks,
                    WakeEvent ended);
  void work();
  void listen();

  Options options_;
  std::unique_ptr<RedisClient> client_;
  Hooks hooks_;
  WakeEvent ended_;  ///< set when all is over
  // Of the thread alone.
  SystemClock clock_;
  std::vector<std::string_view> channels_;
  bool is_connected_ = false;
  std::thread thread_;
};

}  // namespace btcw
