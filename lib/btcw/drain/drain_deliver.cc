// Delivering: which lane may send, and what an attempt says about its channel.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "btcw/drain/backoff.h"
#include "btcw/drain/drain_loop.h"

namespace btcw {
namespace {

/// Until when a channel rests that says "too fast" without saying how long.
constexpr milliseconds kUsualRest = std::chrono::minutes{1};
/// Attempts in a row that find a channel down; then the rest is put off without a try.
constexpr int kMostFailures = 3;
constexpr milliseconds kLongestPause = std::chrono::minutes{5};
/// How many times in a row "too fast" is waited out.
constexpr int kMostRefusals = 3;
/// How often the log is asked whether another process has closed a channel.
constexpr milliseconds kAskEvery = seconds{1};

bool is_down(DeliveryResult result) {
  return result == DeliveryResult::transient || result == DeliveryResult::ambiguous;
}

}  // namespace

void Drainer::Loop::start_lanes() {
  for (auto& [name, lane] : lanes_) {
    // What was admitted since it closed.
    if (lane.is_closed(now() + kWaitedOut) && !lane.waiting.empty()) put_off(lane);
    while (can_start(lane)) start_next(lane);
  }
}

bool Drainer::Loop::can_start(Lane& lane) const {
  if (lane.busy || lane.waiting.empty() || failure_ || busy_ >= options_.concurrency) return false;
  // A digest is made of all that are there.
  if (lane.is_digest() && can_claim() && lane.waiting.size() < Lane::kMostInDigest) return false;
  return !lane.is_closed(now());
}

void Drainer::Loop::start_next(Lane& lane) {
  lane.closed_until.reset();
  if (bury_expired(lane) || !open_channel(lane)) return;
  ask_for_room(lane);
  if (!lane.is_closed(now())) deliver(lane, lane.pop(now()));
}

bool Drainer::Loop::bury_expired(Lane& lane) {
  const Stop stop = lane.waiting.front();
  if (!stop.job->is_expired(now())) return false;
  lane.waiting.pop_front();
  stop.job->blame("expired before it could be delivered");
  close_stop(*stop.job);
  return true;
}

bool Drainer::Loop::open_channel(Lane& lane) {
  if (lane.channel != nullptr) return true;
  const auto channel = ports_.channels.open(lane.name);
  if (channel) {
    lane.channel = *channel;
    return true;
  }
  const bool may_pass = channel.error().code == Errc::unavailable;
  const Stop stop = lane.waiting.front();
  lane.waiting.pop_front();
  delivered(lane, {stop}, moment(),
            {.result = may_pass ? DeliveryResult::transient : DeliveryResult::permanent,
             .detail = channel.error().message});
  return false;
}

void Drainer::Loop::ask_for_room(Lane& lane) {
  const bool has_caps = lane.route != nullptr && lane.route->caps.any();
  if (!has_caps && lane.block_asked_at && moment() - *lane.block_asked_at < kAskEvery) return;
  lane.block_asked_at = moment();
  const auto until = has_caps ? ports_.deliveries.reserve(lane.name, lane.route->caps, now())
                              : ports_.deliveries.blocked_until(lane.name, now());
  note_log(until ? Result<void>{} : Result<void>{until.error()});
  if (until && *until) close(lane, **until);
}

void Drainer::Loop::deliver(Lane& lane, std::vector<Stop> stops) {
  lane.busy = true;
  ++busy_;
  const SteadyTime begun = moment();
  Notification message = make_digest(stops);
  for (const Stop& stop : stops) {
    message.maybe_duplicate = message.maybe_duplicate || stop.job->ambiguous;
  }
  lane.channel->deliver(message, options_.timeout,
                        [this, &lane, stops = std::move(stops), begun](const Delivery& delivery) {
                          lane.busy = false;
                          --busy_;
                          delivered(lane, stops, begun, delivery);
                        });
}

void Drainer::Loop::delivered(Lane& lane, const std::vector<Stop>& stops, SteadyTime begun,
                              const Delivery& delivery) {
  const auto took = std::chrono::duration_cast<milliseconds>(moment() - begun);
  for (const Stop& stop : stops) {
    ports_.deliveries.record({.id = stop.job->message().id,
                              .channel = lane.name,
                              .attempt = stop.job->claim->attempts() + 1,
                              .result = delivery.result,
                              .at = now(),
                              .took = took,
                              .detail = delivery.detail});
    ++unflushed_;
  }
  conclude(lane, stops, delivery);
}

void Drainer::Loop::conclude(Lane& lane, const std::vector<Stop>& stops, const Delivery& delivery) {
  const bool is_refused = delivery.result == DeliveryResult::rate_limited;
  const auto rest = rest_after(delivery);
  if (is_refused && *rest <= now() + kWaitedOut && lane.refusals < kMostRefusals) {
    ++lane.refusals;
    lane.closed_until = *rest;
    lane.waiting.insert(lane.waiting.begin(), stops.begin(), stops.end());
    return;
  }
  if (!is_refused) lane.refusals = 0;
  lane.failures = is_down(delivery.result) ? lane.failures + 1 : is_refused ? lane.failures : 0;
  for (const Stop& stop : stops) finish(lane, stop, delivery);
  if (rest) {
    if (*rest > now() + kWaitedOut) note_log(ports_.deliveries.block(lane.name, *rest));
    close(lane, *rest);
  }
  if (lane.failures >= kMostFailures) {
    const int pauses = lane.failures - kMostFailures + 1;
    close(lane, now() + std::min(retry_delay(pauses, ports_.random), kLongestPause));
  }
}

std::optional<UtcTime> Drainer::Loop::rest_after(const Delivery& delivery) const {
  auto until = delivery.retry_at;
  if (!until && delivery.result == DeliveryResult::rate_limited) until = now() + kUsualRest;
  if (!until || *until <= now()) {
    if (delivery.result != DeliveryResult::rate_limited) return std::nullopt;
    // Told to come back at once: not in a circle.
    return now() + kShortestRest;
  }
  return std::min(*until, now() + kLongestRest);
}

void Drainer::Loop::close(Lane& lane, UtcTime until) {
  until = std::min(until, now() + kLongestRest);
  lane.closed_until = lane.closed_until ? std::max(*lane.closed_until, until) : until;
  if (lane.is_closed(now() + kWaitedOut)) put_off(lane);
}

void Drainer::Loop::put_off(Lane& lane) {
  const UtcTime until = *lane.closed_until;
  const Delivery delivery{
      .result = DeliveryResult::transient,
      .detail = fmt::format("nothing is sent there before {}", to_rfc3339(until))};
  for (const Stop& stop : std::exchange(lane.waiting, {})) {
    stop.job->hindered = true;
    if (escalate(lane, stop, delivery)) continue;
    stop.job->wait_until(until);
    close_stop(*stop.job);
  }
}

}  // namespace btcw
