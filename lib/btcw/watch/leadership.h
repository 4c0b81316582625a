#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/redis/leader_lease.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// What this process does among those that share a Redis.
enum class Standing {
  unknown,  ///< Redis was not asked yet
  leads,    ///< asks the exchanges, and tells the others
  follows,  ///< another does
  alone,    ///< Redis is away: asks for itself, and tells nobody
};

/// "unknown", "leads", "follows", "alone".
std::string_view to_string(Standing standing);

/// How it stands, for reports.
struct LeadershipStatus {
  Standing standing = Standing::unknown;
  std::uint64_t token = 0;     ///< of who leads
  milliseconds lease_left{0};  ///< of who leads, if it is not renewed
};

/// Takes and keeps the lease on a thread of its own, once a second. The log hears of every change.
/// Gives the lease up when it is destroyed.
class Leadership {
 public:
  static constexpr milliseconds kEvery = seconds{1};

  /// Errors: unavailable when there can be no thread. The log outlives it.
  static Result<std::unique_ptr<Leadership>> start(LeaderLeaseOptions options,
                                                   std::unique_ptr<RedisClient> client, Log& log);
  Leadership(const Leadership&) = delete;
  Leadership& operator=(const Leadership&) = delete;
  ~Leadership();

  /// Thread-safe.
  [[nodiscard]] Standing standing() const { return standing_; }
  /// Thread-safe.
  [[nodiscard]] LeadershipStatus status() const;
  /// With what the leader's writes are signed; 0 when another leads. While Redis is away it is what
  /// it was. Outlives the object, and may be called on any thread.
  [[nodiscard]] std::function<std::uint64_t()> token() const;

 private:
  Leadership(LeaderLeaseOptions options, std::unique_ptr<RedisClient> client, Log& log);
  void work();
  void tend();
  void become(Standing standing, const Error* why);

  std::unique_ptr<RedisClient> client_;
  milliseconds ttl_;
  LeaderLease lease_;
  Log& log_;
  std::atomic<Standing> standing_ = Standing::unknown;
  // Shared with whoever writes: that may go on for a moment longer.
  std::shared_ptr<std::atomic<std::uint64_t>> token_;
  mutable std::mutex mutex_;  ///< guards the two below
  SteadyTime held_until_ = SteadyTime::min();
  bool ended_ = false;
  std::condition_variable ended_changed_;
  bool told_away_ = false;  ///< of the thread alone
  std::thread thread_;
};

}  // namespace btcw
