#include "btcw/cache/redis_feed.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>

#include "btcw/base/thread_start.h"
#include "btcw/redis/redis_error.h"

namespace btcw {
namespace {

/// How long after the first failure it is tried again, doubling up to the client's longest wait: a
/// server that is full still has to read all that it refuses.
constexpr milliseconds kFirstPause{100};

using Key = std::tuple<Symbol, ExchangeName, CacheScope>;
using Entries = std::map<Key, CacheEntry>;

class FeedThread final : public RedisFeed {
 public:
  explicit FeedThread(RedisFeedPorts ports) : ports_{ports} {}
  FeedThread(const FeedThread&) = delete;
  FeedThread& operator=(const FeedThread&) = delete;
  ~FeedThread() override {
    {
      const std::lock_guard lock{mutex_};
      ended_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> launch() {
    return start_thread(thread_, [this] { work(); });
  }

  void offer(std::span<const CacheEntry> entries) override {
    {
      const std::lock_guard lock{mutex_};
      for (const CacheEntry& entry : entries) {
        waiting_.insert_or_assign({entry.ticker.symbol, entry.ticker.exchange, entry.scope}, entry);
      }
    }
    changed_.notify_one();
  }

  [[nodiscard]] bool is_away() const override { return is_away_; }

 private:
  void work() {
    while (take()) write();
    if (!is_away_ && !taken_.empty()) write();
  }

  /// Waits for entries, or, while Redis is away, for the next attempt, and takes what waits. False:
  /// it is over.
  bool take() {
    std::unique_lock lock{mutex_};
    if (is_away_) {
      changed_.wait_until(lock, try_again_, [this] { return ended_; });
    } else {
      changed_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    }
    taken_ = std::exchange(waiting_, {});
    return !ended_;
  }

  void write() {
    for (const auto& [key, entry] : taken_) latest_.insert_or_assign(key, entry);
    const std::uint64_t connections = ports_.client.connections();
    auto written = is_away_ ? put_again() : put(taken_);
    // One connection more: what the server knew may be gone with the old one.
    const bool is_new = connections != 0 && ports_.client.connections() != connections;
    if (written && !is_away_ && is_new) written = put(latest_);
    if (written) {
      pause_ = kFirstPause;
    } else {
      try_again_ = std::max(std::chrono::steady_clock::now() + pause_, ports_.client.retry_at());
      pause_ = std::min(pause_ * 2, RedisClient::kLongestWait);
    }
    report(written);
  }

  Result<void> put_again() {
    // There may be nothing left that is young enough to be put: that says nothing about Redis.
    RedisPipeline ping;
    ping.add({"PING"});
    const auto replies = ports_.client.run(ping);
    if (!replies) return replies.error();
    if (replies->front().is_error()) return read_redis_error(replies->front().text);
    return put(latest_);
  }

  Result<void> put(const Entries& entries) {
    std::vector<CacheEntry> batch;
    batch.reserve(entries.size());
    for (const auto& [key, entry] : entries) batch.push_back(entry);
    return ports_.cache.put(batch);
  }

  void report(const Result<void>& written) {
    if (!written && !is_away_) {
      ports_.log.warning("Redis is away, prices go on through the local cache",
                         {{"why", written.error().message}});
    }
    // As loud as the other: who has read that one waits for this one.
    if (written && is_away_) ports_.log.warning("Redis is back, and has the prices again");
    is_away_ = !written;
  }

  RedisFeedPorts ports_;
  std::mutex mutex_;  ///< guards the three below
  std::condition_variable changed_;
  Entries waiting_;
  bool ended_ = false;
  std::atomic<bool> is_away_ = false;
  // Of the thread alone.
  Entries taken_;
  Entries latest_;
  SteadyTime try_again_ = SteadyTime::min();
  milliseconds pause_ = kFirstPause;
  std::thread thread_;
};

class FedCache final : public PriceCache {
 public:
  FedCache(PriceCache& local, RedisFeed& feed) : local_{local}, feed_{feed} {}

  Result<void> put(std::span<const CacheEntry> entries) override {
    feed_.offer(entries);
    return local_.put(entries);
  }
  Result<std::vector<std::optional<Ticker>>> get(std::span<const SymbolRequest> requests) override {
    return local_.get(requests);
  }
  Result<std::vector<Ticker>> list() override { return local_.list(); }
  Result<std::size_t> remove_older(UtcTime before) override { return local_.remove_older(before); }

 private:
  PriceCache& local_;
  RedisFeed& feed_;
};

}  // namespace

Result<std::unique_ptr<RedisFeed>> make_redis_feed(RedisFeedPorts ports) {
  auto feed = std::make_unique<FeedThread>(ports);
  auto launched = feed->launch();
  if (!launched) return std::move(launched).error();
  return std::unique_ptr<RedisFeed>{std::move(feed)};
}

std::unique_ptr<PriceCache> make_fed_cache(PriceCache& local, RedisFeed& feed) {
  return std::make_unique<FedCache>(local, feed);
}

}  // namespace btcw
