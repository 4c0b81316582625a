#include "btcw/watch/follow_source.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "btcw/base/blocked_signals.h"
#include "btcw/base/quoted.h"
#include "btcw/base/ticker_layout.h"
#include "btcw/cache/price_cache.h"

namespace btcw {
namespace {

/// How long it takes at most to notice that all is over.
constexpr milliseconds kListen{200};

}  // namespace

FollowSource::FollowSource(Options options, std::unique_ptr<RedisClient> client, WakeEvent wake,
                           Log& log)
    : options_{std::move(options)}, client_{std::move(client)}, log_{log}, wake_{std::move(wake)} {}

Result<std::unique_ptr<FollowSource>> FollowSource::start(Options options,
                                                          std::unique_ptr<RedisClient> client,
                                                          Log& log) {
  auto wake = WakeEvent::make();
  if (!wake) return std::move(wake).error();
  std::unique_ptr<FollowSource> source{
      new FollowSource{std::move(options), std::move(client), *std::move(wake), log}};
  if (auto launched = source->launch(); !launched) return std::move(launched).error();
  return source;
}

FollowSource::~FollowSource() {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  ended_changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Result<void> FollowSource::launch() {
  const BlockedSignals blocked;
  try {
    thread_ = std::thread{[this] { work(); }};
  } catch (const std::system_error& error) {
    return Error{Errc::unavailable, std::string{"cannot start a thread: "} + error.what()};
  }
  return {};
}

void FollowSource::work() {
  for (;;) {
    listen();
    std::unique_lock lock{mutex_};
    if (!std::exchange(listened_, true)) wake_.set();
    const SteadyTime pause = is_away_ ? client_->retry_at() : SteadyTime::min();
    if (ended_changed_.wait_until(lock, pause, [this] { return ended_; })) return;
  }
}

void FollowSource::listen() {
  const std::string all = options_.channel + ":exchange";
  const auto messages =
      client_->listen({options_.channel, all}, std::chrono::steady_clock::now() + kListen);
  if (!messages && !is_away_) {
    log_.write(options_.level, "Redis is away, no prices come from it",
               {{"why", messages.error().message}});
  }
  if (messages && is_away_) {
    log_.write(options_.level, "Redis is back, prices come from it again", {});
  }
  is_away_ = !messages;
  if (messages && !messages->empty()) keep(*messages);
}

void FollowSource::keep(const std::vector<RedisMessage>& messages) {
  const std::lock_guard lock{mutex_};
  for (const RedisMessage& message : messages) {
    const auto ticker = read_own_layout(message.text);
    if (!ticker || !is_cacheable(*ticker)) {
      if (!std::exchange(told_foreign_, true)) {
        log_.warning("what came through Redis is no price", {{"text", btcw::quoted(message.text)}});
      }
      continue;
    }
    const CacheScope scope =
        message.channel == options_.channel ? CacheScope::any : CacheScope::exchange;
    const auto known = std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& entry) {
      return entry.scope == scope && entry.ticker.symbol == ticker->symbol &&
             entry.ticker.exchange == ticker->exchange;
    });
    if (known != waiting_.end()) {
      known->ticker = *ticker;
    } else {
      waiting_.push_back({*ticker, scope});
    }
  }
  wake_.set();
}

bool FollowSource::is_wanted(const CacheEntry& entry, SteadyTime now) {
  bool wanted = false;
  for (const SymbolRequest& request : options_.requests) {
    if (request.symbol != entry.ticker.symbol) continue;
    const bool answers = request.exchange ? *request.exchange == entry.ticker.exchange
                                          : entry.scope == CacheScope::any;
    if (!answers) continue;
    came_.insert_or_assign(request, now);
    wanted = true;
  }
  return wanted;
}

void FollowSource::reconfigure(std::vector<SymbolRequest> requests) {
  options_.requests = std::move(requests);
}

std::vector<SymbolRequest> FollowSource::missing(SteadyTime since) const {
  std::vector<SymbolRequest> missing;
  for (const SymbolRequest& request : options_.requests) {
    const auto came = came_.find(request);
    if (came == came_.end() || came->second < since) missing.push_back(request);
  }
  return missing;
}

void FollowSource::await_all(SteadyTime now) {
  for (const SymbolRequest& request : options_.requests) came_.insert_or_assign(request, now);
}

Result<SourceState> FollowSource::take(TickSink sink) {
  wake_.clear();
  {
    const std::lock_guard lock{mutex_};
    batch_.clear();
    std::swap(batch_, waiting_);
  }
  const SteadyTime now = std::chrono::steady_clock::now();
  std::erase_if(batch_, [&](const CacheEntry& entry) { return !is_wanted(entry, now); });
  if (!batch_.empty()) sink(batch_);
  return SourceState::running;
}

bool FollowSource::settled() const {
  const std::lock_guard lock{mutex_};
  return listened_;
}

}  // namespace btcw
