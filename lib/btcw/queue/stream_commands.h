#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// Runs the scripts of a queue in Redis. What must not get lost when Redis is away for a while
/// waits here, and goes before whatever comes next. One thread uses an object.
class StreamCommands {
 public:
  /// `base` is what every key begins with. Both ports outlive it.
  StreamCommands(RedisClient& redis, std::string base, Log& log)
      : redis_{redis}, base_{std::move(base)}, log_{log} {}

  /// The reply of one script, after all that waits has been done.
  /// Errors: those of RedisClient::run() and read_redis_error().
  Result<RedisReply> run(std::string_view script, std::span<const std::string_view> words);
  Result<RedisReply> run(std::string_view script, std::initializer_list<std::string_view> words) {
    return run(script, std::span{words.begin(), words.size()});
  }
  /// The reply of one command, likewise.
  Result<RedisReply> command(std::span<const std::string_view> words);
  Result<RedisReply> command(std::initializer_list<std::string_view> words) {
    return command(std::span{words.begin(), words.size()});
  }

  /// Adds a script that may be run twice to what waits; `ticket` is what it is about.
  void later(std::string_view script, std::vector<std::string> words, std::string ticket);
  /// Does all that waits. Where Redis is away it waits on, which is no error, and is told once.
  /// Errors: what Redis refuses; that is not tried again.
  Result<void> settle();

  /// Of what waits, the tickets.
  [[nodiscard]] std::vector<std::string> waiting() const;
  [[nodiscard]] std::string key(std::string_view name) const { return base_ + std::string{name}; }

 private:
  struct Waiting {
    std::string_view script;
    std::vector<std::string> words;
    std::string ticket;
  };

  void add_script(std::string_view script, std::span<const std::string_view> words);
  void add_waiting();
  /// Reads the replies to what waited, and forgets what is done.
  Result<void> take_replies(std::span<const RedisReply> replies);
  Result<RedisReply> send();
  /// Once when something has to wait, and once when all is done.
  void tell(std::string_view why);

  RedisClient& redis_;
  std::string base_;
  Log& log_;
  RedisPipeline pipeline_;
  std::vector<Waiting> waiting_;
  bool is_away_ = false;
};

}  // namespace btcw
