#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/redis/redis_pipeline.h"

namespace btcw {

/// What Redis says to one command.
struct RedisReply {
  enum class Kind { nil, integer, text, status, error, array };

  Kind kind = Kind::nil;
  std::int64_t integer = 0;
  std::string text = {};  ///< of text, status and error
  std::vector<RedisReply> items = {};

  [[nodiscard]] bool is_error() const { return kind == Kind::error; }
};

/// What was published on a channel.
struct RedisMessage {
  std::string channel;
  std::string text;
};

struct RedisClientOptions {
  milliseconds connect_timeout{500};
  milliseconds timeout{500};
  std::size_t max_reply_bytes = std::size_t{16} << 20U;
  std::string client_name = "btcw";  ///< shown by CLIENT LIST
};

/// A connection to one Redis server, made when it is needed and again when it is lost.
///
/// After a failure the next attempt may be at once, then after 50 ms, doubling up to two seconds,
/// up to half less of it. One thread uses an object.
class RedisClient {
 public:
  static constexpr milliseconds kLongestWait{2000};

  virtual ~RedisClient() = default;

  /// Sends the commands and waits for a reply to each, in their order. A reply that is an error is
  /// a reply (see read_redis_error).
  /// Errors: unavailable (no connection, time-out, connection lost, or not tried before
  /// retry_at()); rejected (user, password or database are refused); bad_data (what answers does
  /// not speak the protocol, or a reply is larger than allowed). The connection is closed then, and
  /// which of the commands took effect is not known.
  virtual Result<std::vector<RedisReply>> run(const RedisPipeline& commands) = 0;

  /// Adds what goes next to a pipeline that is empty; leaves it empty at the end.
  using Fill = std::function<void(RedisPipeline& commands)>;
  /// As run() with all that `fill` adds. It is called while the server works at what went before;
  /// the time-out is that of each piece.
  virtual Result<std::vector<RedisReply>> run_in_pieces(const Fill& fill) = 0;

  /// Waits until `until`, but no longer than until something is published on one of the channels or
  /// `wake_fd` (-1: none) can be read, and returns what was published. Subscribes first where it
  /// has to; what is published while it does not is missed. A server that is silent for some
  /// seconds is asked whether it is still there. A client that listens does nothing else, and
  /// listens to the same channels. Errors: those of run().
  virtual Result<std::vector<RedisMessage>> listen(std::span<const std::string_view> channels,
                                                   SteadyTime until, int wake_fd) = 0;
  Result<std::vector<RedisMessage>> listen(std::initializer_list<std::string_view> channels,
                                           SteadyTime until) {
    return listen(std::span{channels.begin(), channels.size()}, until, -1);
  }

  /// Before this moment run() does not try to connect, but fails with the last error.
  [[nodiscard]] virtual SteadyTime retry_at() const = 0;
  /// How many connections there have been: one more means that the server may have lost its data.
  [[nodiscard]] virtual std::uint64_t connections() const = 0;
};

}  // namespace btcw
