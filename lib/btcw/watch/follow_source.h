#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "btcw/base/log.h"
#include "btcw/base/wake_event.h"
#include "btcw/redis/redis_client.h"
#include "btcw/redis/redis_subscription.h"
#include "btcw/watch/ticker_source.h"

namespace btcw {

/// Takes the tickers that another host's `watch` publishes in Redis, on a thread of its own.
///
/// What comes while nobody takes it is kept, the last of each symbol and exchange. A ticker that is
/// not laid out as append_json() does is passed over, and told once. The log hears once when Redis
/// goes, and once when it is back.
class FollowSource final : public TickerSource {
 public:
  struct Options {
    std::string channel = {};                  ///< see redis_price_channel()
    std::vector<SymbolRequest> requests = {};  ///< only these
    /// Of what is told when Redis goes and is back.
    LogLevel level = LogLevel::warning;
  };
  /// The log outlives it. Errors: unavailable when there can be no thread or descriptor.
  static Result<std::unique_ptr<FollowSource>> start(Options options,
                                                     std::unique_ptr<RedisClient> client, Log& log);
  FollowSource(const FollowSource&) = delete;
  FollowSource& operator=(const FollowSource&) = delete;
  ~FollowSource() override = default;

  /// From now on these.
  void reconfigure(std::vector<SymbolRequest> requests);

  /// The requests that nothing has come for since `since`, or since await_all(): the leader may not
  /// ask for them, or in vain.
  [[nodiscard]] std::vector<SymbolRequest> missing(SteadyTime since) const;
  /// As if for each of them something had come at `now`.
  void await_all(SteadyTime now);

  [[nodiscard]] int fd() const override { return wake_.fd(); }
  [[nodiscard]] SteadyTime due() const override { return SteadyTime::max(); }
  Result<SourceState> take(TickSink sink) override;
  [[nodiscard]] bool settled() const override;

 private:
  FollowSource(Options options, WakeEvent wake, Log& log);
  /// The first attempt to listen is over, well or not.
  void settle();
  void connected();
  void failed(const Error& error);
  void keep(const std::vector<RedisMessage>& messages);
  /// Whether it answers a request; notes that.
  [[nodiscard]] bool is_wanted(const CacheEntry& entry, SteadyTime now);

  Options options_;
  Log& log_;
  WakeEvent wake_;
  std::vector<CacheEntry> batch_;
  std::map<SymbolRequest, SteadyTime> came_;  ///< when the last answer to each request came
  mutable std::mutex mutex_;                  ///< guards the two below
  std::vector<CacheEntry> waiting_;
  bool listened_ = false;  ///< the first attempt is over
  // Of the subscription's thread alone.
  bool is_away_ = false;
  bool told_foreign_ = false;
  std::unique_ptr<RedisSubscription> subscription_;  ///< goes first: it calls the others
};

}  // namespace btcw
