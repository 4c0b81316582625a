// Delivering and settling: what becomes of an attempt, and of the message after its last one.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "btcw/drain/backoff.h"
#include "btcw/drain/drain_loop.h"

namespace btcw {
namespace {

/// Until when a channel rests that says "too fast" without saying how long.
constexpr milliseconds kUsualRest = std::chrono::minutes{1};
/// And when its messages are tried again after it failed several times in a row.
constexpr milliseconds kPause = seconds{30};

bool may_have_arrived(DeliveryResult result) { return result == DeliveryResult::ambiguous; }

}  // namespace

void Drainer::Loop::start_lanes() {
  for (auto& [name, lane] : lanes_) {
    while (!lane.busy && !lane.waiting.empty() && busy_ < options_.concurrency && !failure_) {
      start_next(lane);
    }
  }
}

std::optional<UtcTime> Drainer::Loop::hindrance(Lane& lane) {
  if (lane.blocked_until && *lane.blocked_until > now()) return lane.blocked_until;
  lane.blocked_until.reset();
  if (lane.route == nullptr || !lane.route->caps.any()) return std::nullopt;
  auto at = ports_.deliveries.reserve(lane.name, lane.route->caps, now());
  if (at) return *at;
  if (!log_failed_) {
    ports_.log.warning("channel '" + lane.name +
                       "': its caps cannot be kept: " + at.error().message);
  }
  log_failed_ = true;
  return std::nullopt;
}

void Drainer::Loop::start_next(Lane& lane) {
  if (lane.channel == nullptr) {
    auto channel = ports_.channels.open(lane.name);
    if (!channel) {
      const Stop stop = lane.waiting.front();
      lane.waiting.pop_front();
      const bool later = channel.error().code == Errc::unavailable;
      return finish(lane, stop,
                    {.result = later ? DeliveryResult::transient : DeliveryResult::permanent,
                     .detail = channel.error().message});
    }
    lane.channel = *channel;
    if (const auto blocked = ports_.deliveries.blocked_until(lane.name, now()); blocked) {
      lane.blocked_until = *blocked;
    }
  }
  if (const auto until = hindrance(lane)) return pause(lane, *until);
  deliver(lane, lane.pop(now()));
}

void Drainer::Loop::deliver(Lane& lane, std::vector<Stop> stops) {
  lane.busy = true;
  ++busy_;
  const SteadyTime begun = ports_.clock.steady_now();
  Notification message = make_digest(stops);
  message.maybe_duplicate = message.maybe_duplicate || stops.front().job->ambiguous;
  lane.channel->deliver(message, options_.timeout,
                        [this, &lane, stops = std::move(stops), begun](Delivery delivery) {
                          delivered(lane, stops, begun, std::move(delivery));
                        });
}

void Drainer::Loop::delivered(Lane& lane, const std::vector<Stop>& stops, SteadyTime begun,
                              Delivery delivery) {
  lane.busy = false;
  --busy_;
  const auto took = std::chrono::duration_cast<milliseconds>(ports_.clock.steady_now() - begun);
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
  if (delivery.result == DeliveryResult::rate_limited) {
    lane.blocked_until = delivery.retry_at.value_or(now() + kUsualRest);
    const auto blocked = ports_.deliveries.block(lane.name, *lane.blocked_until);
    if (!blocked) ports_.log.warning("the delivery log: " + blocked.error().message);
  }
  const bool down =
      delivery.result == DeliveryResult::transient || may_have_arrived(delivery.result);
  lane.failures = down ? lane.failures + 1 : 0;
  for (const Stop& stop : stops) finish(lane, stop, delivery);
  if (lane.blocked_until && *lane.blocked_until > now()) pause(lane, *lane.blocked_until);
  if (lane.failures >= Lane::kMostFailures) pause(lane, now() + kPause);
}

void Drainer::Loop::pause(Lane& lane, UtcTime until) {
  lane.blocked_until = until;
  while (!lane.waiting.empty()) {
    Job& job = *lane.waiting.front().job;
    lane.waiting.pop_front();
    job.hindered = true;
    job.wait_until(until);
    close_stop(job);
  }
}

void Drainer::Loop::finish(Lane& lane, Stop stop, const Delivery& delivery) {
  Job& job = *stop.job;
  if (delivery.result == DeliveryResult::delivered) {
    job.delivered |= std::uint32_t{1} << stop.channel;
    return close_stop(job);
  }
  job.reason = lane.name + ": " + delivery.detail;
  job.ambiguous = job.ambiguous || may_have_arrived(delivery.result);
  if (escalate(lane, stop, delivery)) return;
  switch (delivery.result) {
    case DeliveryResult::rate_limited:
      job.hindered = true;
      job.wait_until(delivery.retry_at.value_or(now() + kUsualRest));
      break;
    case DeliveryResult::transient:
    case DeliveryResult::ambiguous:
      job.failed = true;
      job.hindered = true;
      job.wait_until(now() + retry_delay(job.claim->attempts() + 1, ports_.random));
      break;
    case DeliveryResult::permanent:
      job.failed = true;
      break;
    case DeliveryResult::delivered:
      break;
  }
  close_stop(job);
}

bool Drainer::Loop::escalate(Lane& lane, Stop stop, const Delivery& delivery) {
  Job& job = *stop.job;
  if (lane.route == nullptr || lane.route->escalate_to.empty()) return false;
  if (job.message().priority != Priority::urgent) return false;
  const UtcTime due = job.message().created + lane.route->escalate_after;
  if (delivery.result != DeliveryResult::permanent && now() < due) {
    job.wait_until(std::max(due, now() + seconds{1}));
    return false;
  }
  Lane& next = lane_of(lane.route->escalate_to);
  // A circle of channels that all fail ends with the first that was asked before.
  const auto& asked = job.plan.channels[stop.channel];
  if (next.route == nullptr || next.name == asked || job.escalations >= RoutePlan::kMostChannels) {
    return false;
  }
  ++job.escalations;
  ports_.log.warning("channel '" + lane.name + "' failed, '" + next.name +
                     "' gets the message: " + delivery.detail);
  next.waiting.push_back(stop);
  return true;
}

void Drainer::Loop::close_stop(Job& job) {
  if (--job.open == 0) settle(job);
}

void Drainer::Loop::settle(Job& job) {
  if (!job.complete()) return settle_unfinished(job);
  ++summary_.delivered;
  note_queue_failure(ports_.queue.ack(std::move(job.claim)));
  forget(job);
}

void Drainer::Loop::settle_unfinished(Job& job) {
  if (!job.retry_at) return bury(job, job.reason.empty() ? "no channel takes it" : job.reason);
  if (stopping_ && !job.failed && !job.hindered && *job.retry_at <= now() && job.delivered == 0) {
    return forget(job);
  }
  const int attempts = job.claim->attempts() + 1;
  if (job.failed && attempts >= options_.max_attempts) {
    return bury(job, fmt::format("given up after {} attempts: {}", attempts, job.reason));
  }
  const auto& expires = job.message().expires;
  if (expires && *job.retry_at >= *expires) {
    return bury(job, job.reason.empty() ? "expired before it could be delivered"
                                        : "expires before the next attempt: " + job.reason);
  }
  if (job.failed) {
    ports_.log.warning(fmt::format("{}: attempt {} failed, next at {}: {}", job.message().id,
                                   attempts, to_rfc3339(*job.retry_at), job.reason));
  }
  ++summary_.deferred;
  if (job.hindered) ++summary_.hindered;
  using Attempt = Queue::Attempt;
  const Attempt kind = job.ambiguous ? Attempt::counts_as_ambiguous
                       : job.failed  ? Attempt::counts
                                     : Attempt::does_not_count;
  const DeliveryProgress progress{job.delivered, job.plan.hash};
  note_queue_failure(ports_.queue.postpone(std::move(job.claim), *job.retry_at, kind, progress));
  forget(job);
}

void Drainer::Loop::bury(Job& job, std::string reason) {
  ++summary_.dead;
  ports_.log.error("given up: " + job.message().id + ": " + reason);
  const DeliveryProgress progress{job.delivered, job.plan.hash};
  note_queue_failure(ports_.queue.bury(std::move(job.claim), reason, progress));
  forget(job);
}

void Drainer::Loop::forget(Job& job) {
  const auto found =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& other) { return &other == &job; });
  if (found != jobs_.end()) jobs_.erase(found);
}

Drainer::Drainer(DrainPorts ports) : loop_{std::make_unique<Loop>(ports)} {}
Drainer::~Drainer() = default;
Result<DrainSummary> Drainer::run(const DrainOptions& options) { return loop_->run(options); }
bool Drainer::stopped() const { return loop_->stopped(); }

}  // namespace btcw
