#include "btcw/watch/leadership.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "btcw/base/thread_start.h"

namespace btcw {

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::leads:
      return "leads";
    case Standing::follows:
      return "follows";
    case Standing::alone:
      return "alone";
    case Standing::unknown:
      break;
  }
  return "unknown";
}

Leadership::Leadership(LeaderLeaseOptions options, std::unique_ptr<RedisClient> client, Log& log)
    : client_{std::move(client)},
      ttl_{options.ttl},
      lease_{std::move(options), *client_},
      log_{log},
      token_{std::make_shared<std::atomic<std::uint64_t>>(0)} {}

Result<std::unique_ptr<Leadership>> Leadership::start(LeaderLeaseOptions options,
                                                      std::unique_ptr<RedisClient> client,
                                                      Log& log) {
  std::unique_ptr<Leadership> one{new Leadership{std::move(options), std::move(client), log}};
  auto started = start_thread(one->thread_, [&self = *one] { self.work(); });
  if (!started) return std::move(started).error();
  return one;
}

Leadership::~Leadership() {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  ended_changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::function<std::uint64_t()> Leadership::token() const {
  return [token = token_] { return token->load(); };
}

void Leadership::work() {
  for (;;) {
    tend();
    std::unique_lock lock{mutex_};
    if (ended_changed_.wait_for(lock, kEvery, [this] { return ended_; })) break;
  }
  *token_ = 0;
  // Where that fails the lease goes by itself.
  if (standing_ == Standing::leads) static_cast<void>(lease_.resign());
}

LeadershipStatus Leadership::status() const {
  const Standing standing = standing_;
  if (standing != Standing::leads) return {.standing = standing};
  const std::lock_guard lock{mutex_};
  const auto left =
      std::chrono::floor<milliseconds>(held_until_ - std::chrono::steady_clock::now());
  return {.standing = standing, .token = *token_, .lease_left = std::max(left, milliseconds{0})};
}

void Leadership::tend() {
  const SteadyTime asked = std::chrono::steady_clock::now();
  const auto token = lease_.tend();
  // A leader keeps its token: the server refuses it where another leads by now, and the feed, which
  // writes on, is who tells that Redis went.
  if (!token) return become(Standing::alone, &token.error());
  *token_ = *token;
  {
    const std::lock_guard lock{mutex_};
    held_until_ = asked + ttl_;
  }
  become(*token != 0 ? Standing::leads : Standing::follows, nullptr);
}

void Leadership::become(Standing standing, const Error* why) {
  const Standing before = standing_.exchange(standing);
  if (before == standing) return;
  // Who has read that Redis went waits for this.
  const LogLevel level = std::exchange(told_away_, false) ? LogLevel::warning : LogLevel::info;
  switch (standing) {
    case Standing::leads:
      return log_.write(level, "this watch leads: it asks the exchanges for all", {});
    case Standing::follows:
      return log_.write(level, "another watch leads: prices come from there", {});
    case Standing::alone:
      // For a leader nothing changes, and its feed tells.
      told_away_ = before != Standing::leads;
      return log_.write(told_away_ ? LogLevel::warning : LogLevel::info,
                        "Redis is away, this watch asks the exchanges itself",
                        {{"why", why == nullptr ? "" : std::string_view{why->message}}});
    case Standing::unknown:
      return;
  }
}

}  // namespace btcw
