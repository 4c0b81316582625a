#include "btcw/redis/redis_subscription.h"

#include <poll.h>

#include <array>
#include <utility>

#include "btcw/base/thread_start.h"

namespace btcw {
namespace {

bool is_set(const WakeEvent& event) {
  pollfd entry{.fd = event.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

}  // namespace

RedisSubscription::RedisSubscription(Options options, std::unique_ptr<RedisClient> client,
                                     Hooks hooks, WakeEvent ended)
    : options_{std::move(options)},
      client_{std::move(client)},
      hooks_{std::move(hooks)},
      ended_{std::move(ended)},
      channels_{options_.channels.begin(), options_.channels.end()} {}

Result<std::unique_ptr<RedisSubscription>> RedisSubscription::start(
    Options options, std::unique_ptr<RedisClient> client, Hooks hooks) {
  auto ended = WakeEvent::make();
  if (!ended) return std::move(ended).error();
  std::unique_ptr<RedisSubscription> one{new RedisSubscription{
      std::move(options), std::move(client), std::move(hooks), *std::move(ended)}};
  auto started = start_thread(one->thread_, [&self = *one] { self.work(); });
  if (!started) return std::move(started).error();
  return one;
}

RedisSubscription::~RedisSubscription() {
  ended_.set();
  if (thread_.joinable()) thread_.join();
}

void RedisSubscription::work() {
  const std::array end{ended_.fd()};
  while (!is_set(ended_)) {
    listen();
    if (!is_connected_) clock_.wait_until(client_->retry_at(), end);
  }
}

void RedisSubscription::listen() {
  // The first call only subscribes.
  const SteadyTime now = clock_.steady_now();
  const SteadyTime until = is_connected_ ? now + options_.silence : now;
  const auto messages = client_->listen(channels_, until, ended_.fd());
  if (!messages) {
    is_connected_ = false;
    if (hooks_.on_failure) hooks_.on_failure(messages.error());
    return;
  }
  if (!std::exchange(is_connected_, true)) {
    if (hooks_.on_connect) hooks_.on_connect();
  } else if (messages->empty() && hooks_.on_silence && clock_.steady_now() >= until) {
    hooks_.on_silence();
  }
  if (!messages->empty() && hooks_.on_messages) hooks_.on_messages(*messages);
}

}  // namespace btcw
