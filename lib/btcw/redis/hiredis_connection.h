#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/redis/hiredis_lookup.h"
#include "btcw/redis/hiredis_replies.h"
#include "btcw/redis/redis_client.h"
#include "btcw/redis/redis_url.h"

struct redisContext;

namespace btcw {

/// One connection to a Redis server: commands out, replies in, each within the time there is for
/// it. It knows nothing of what they mean. After any error it is to be closed.
class HiredisConnection {
 public:
  /// `options` and `clock` are borrowed.
  HiredisConnection(const RedisClientOptions& options, const Clock& clock);

  /// Errors: unavailable.
  Result<void> open(const RedisUrl& url);
  [[nodiscard]] bool is_open() const { return context_ != nullptr; }
  void close() { context_.reset(); }

  /// A server that went, or sends what nobody asked for: known before anything is sent that would
  /// then be in doubt. Precondition of this and all that follow: is_open().
  [[nodiscard]] bool has_ended() const;

  /// A reply to each of the commands.
  /// Errors: unavailable; bad_data for what is not the protocol, more replies among it.
  Result<std::vector<RedisReply>> exchange(const RedisPipeline& commands);
  /// Likewise to `first`, and to what `fill` adds until it adds nothing.
  Result<std::vector<RedisReply>> exchange_in_pieces(RedisPipeline first,
                                                     const RedisClient::Fill& fill);
  /// As exchange(), with what came behind the replies already.
  Result<std::vector<RedisReply>> exchange_at_least(const RedisPipeline& commands);

  struct Woken {
    bool by_peer = false;
    bool by_caller = false;
  };
  /// Waits until `until`, something to read or `wake_fd` (-1: none).
  Result<Woken> wait_for_either(SteadyTime until, int wake_fd);
  /// Sends what there is room for, and takes that from `unsent`.
  Result<void> send_some(std::string_view& unsent);
  /// Adds the replies that have come.
  Result<void> receive_some(std::vector<RedisReply>& replies);

 private:
  struct Free {
    void operator()(redisContext* context) const;
  };

  /// Commands on their way: what is not sent yet, and how many they are.
  struct Outgoing {
    std::string_view unsent;
    std::size_t count;
  };
  /// Sends `begin`, and then what `next` gives until that is empty.
  template <typename Next>
  Result<std::vector<RedisReply>> send_and_receive(Outgoing begin, Next next);
  Result<void> open_socket(const RedisUrl& url);
  Result<int> wait(SteadyTime until, int events);

  const RedisClientOptions& options_;
  const Clock& clock_;
  HiredisReplies replies_;
  std::string buffer_;
  std::unique_ptr<redisContext, Free> context_ = nullptr;
  HostLookup lookup_;
};

}  // namespace btcw
