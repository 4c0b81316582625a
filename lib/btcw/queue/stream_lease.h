#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// Says to Redis every now and then that what this process holds is still held, on a thread and a
/// connection of its own: a delivery may take longer than a lease.
class StreamLease {
 public:
  struct Options {
    std::string base;      ///< of the queue's keys
    std::string consumer;  ///< whose entries they are
    milliseconds every;
  };
  using Connect = std::function<std::unique_ptr<RedisClient>()>;

  StreamLease(Options options, Connect connect);
  StreamLease(const StreamLease&) = delete;
  StreamLease& operator=(const StreamLease&) = delete;
  ~StreamLease();

  /// From now on the entry with that ticket is kept. The first call starts the thread.
  /// Errors: unavailable when there can be none.
  Result<void> hold(const std::string& ticket);
  void let_go(const std::string& ticket);

 private:
  void work();
  void renew(RedisClient& redis, const std::set<std::string>& held) const;

  Options options_;
  Connect connect_;
  std::mutex mutex_;  ///< guards the two below
  std::condition_variable ended_changed_;
  std::set<std::string> held_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace btcw
