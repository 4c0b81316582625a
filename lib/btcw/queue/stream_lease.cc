#include "btcw/queue/stream_lease.h"

#include <utility>
#include <vector>

#include "btcw/base/thread_start.h"
#include "btcw/queue/stream_entry.h"
#include "btcw/queue/stream_scripts.h"

namespace btcw {

StreamLease::StreamLease(Options options, Connect connect)
    : options_{std::move(options)}, connect_{std::move(connect)} {}

StreamLease::~StreamLease() {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  ended_changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<void> StreamLease::hold(const std::string& ticket) {
  {
    const std::lock_guard lock{mutex_};
    held_.insert(ticket);
  }
  if (thread_.joinable()) return {};
  return start_thread(thread_, [this] { work(); });
}

void StreamLease::let_go(const std::string& ticket) {
  const std::lock_guard lock{mutex_};
  held_.erase(ticket);
}

void StreamLease::work() {
  std::unique_ptr<RedisClient> redis;
  for (;;) {
    std::set<std::string> held;
    {
      std::unique_lock lock{mutex_};
      ended_changed_.wait_for(lock, options_.every, [this] { return ended_; });
      if (ended_) return;
      held = held_;
    }
    if (held.empty()) continue;
    if (redis == nullptr) redis = connect_();
    renew(*redis, held);
  }
}

void StreamLease::renew(RedisClient& redis, const std::set<std::string>& held) const {
  std::vector<std::string> words;
  for (const std::string& ticket : held) {
    const StreamPlace place = StreamPlace::from_ticket(ticket);
    words.push_back(std::to_string(place.lane));
    words.push_back(place.entry);
  }
  const std::string script = whole_script(stream_script::kRenew);
  std::vector<std::string_view> all{"EVAL", script, "1", options_.base, options_.consumer};
  all.insert(all.end(), words.begin(), words.end());
  RedisPipeline pipeline;
  pipeline.add(all);
  // Where that fails it is tried again; the queue itself tells that Redis is away.
  static_cast<void>(redis.run(pipeline));
}

}  // namespace btcw
