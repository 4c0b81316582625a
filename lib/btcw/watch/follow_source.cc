#include "btcw/watch/follow_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/base/ticker_layout.h"
#include "btcw/cache/price_cache.h"

namespace btcw {

FollowSource::FollowSource(Options options, WakeEvent wake, Log& log)
    : options_{std::move(options)}, log_{log}, wake_{std::move(wake)} {}

Result<std::unique_ptr<FollowSource>> FollowSource::start(Options options,
                                                          std::unique_ptr<RedisClient> client,
                                                          Log& log) {
  auto wake = WakeEvent::make();
  if (!wake) return std::move(wake).error();
  std::unique_ptr<FollowSource> source{new FollowSource{std::move(options), *std::move(wake), log}};
  FollowSource* const self = source.get();
  const std::string& channel = source->options_.channel;
  auto subscription = RedisSubscription::start(
      {.channels = {channel, channel + ":exchange"}}, std::move(client),
      {.on_connect = [self] { self->connected(); },
       .on_messages = [self](const std::vector<RedisMessage>& messages) { self->keep(messages); },
       .on_failure = [self](const Error& error) { self->failed(error); }});
  if (!subscription) return std::move(subscription).error();
  source->subscription_ = *std::move(subscription);
  return source;
}

void FollowSource::settle() {
  const std::lock_guard lock{mutex_};
  if (!std::exchange(listened_, true)) wake_.set();
}

void FollowSource::connected() {
  if (std::exchange(is_away_, false)) {
    log_.write(options_.level, "Redis is back, prices come from it again", {});
  }
  settle();
}

void FollowSource::failed(const Error& error) {
  if (!std::exchange(is_away_, true)) {
    log_.write(options_.level, "Redis is away, no prices come from it", {{"why", error.message}});
  }
  settle();
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
