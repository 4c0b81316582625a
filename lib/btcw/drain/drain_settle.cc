// Settling: what becomes of a message when its channels have been heard of.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "btcw/drain/backoff.h"
#include "btcw/drain/drain_loop.h"

namespace btcw {

void Drainer::Loop::finish(Lane& lane, Stop stop, const Delivery& delivery) {
  Job& job = *stop.job;
  if (delivery.result == DeliveryResult::delivered) {
    job.delivered |= std::uint32_t{1} << stop.channel;
    return close_stop(job);
  }
  job.blame(lane.name + ": " + delivery.detail);
  job.ambiguous = job.ambiguous || delivery.result == DeliveryResult::ambiguous;
  if (escalate(lane, stop, delivery)) return;
  const auto rest = rest_after(delivery);
  switch (delivery.result) {
    case DeliveryResult::rate_limited:
      job.hindered = true;
      job.wait_until(*rest);
      break;
    case DeliveryResult::transient:
    case DeliveryResult::ambiguous: {
      job.failed = true;
      job.hindered = true;
      const UtcTime later = now() + retry_delay(job.claim->attempts() + 1, ports_.random);
      job.wait_until(rest ? std::max(*rest, later) : later);
      break;
    }
    case DeliveryResult::permanent:
      job.failed = true;
      job.refused |= std::uint32_t{1} << stop.channel;
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
  const std::string& to = lane.route->escalate_to;
  // A circle of channels that all fail ends where it began.
  if (job.has_asked(stop.channel, to)) return false;
  const UtcTime due = job.message().created + lane.route->escalate_after;
  if (delivery.result != DeliveryResult::permanent && now() < due) {
    job.wait_until(std::max(due, now() + seconds{1}));
    return false;
  }
  Lane& next = lane_of(to);
  if (next.route == nullptr || !next.route->enabled) return false;
  job.escalations.push_back({.channel = stop.channel, .to = to});
  ports_.log.warning("channel '" + lane.name + "' failed, '" + to +
                     "' gets the message: " + delivery.detail);
  next.waiting.push_back(stop);
  return true;
}

void Drainer::Loop::close_stop(Job& job) {
  if (--job.open == 0) settle(job);
}

void Drainer::Loop::settle(Job& job) {
  if (!job.is_complete()) return settle_unfinished(job);
  ++summary_.delivered;
  note_failure(ports_.queue.ack(std::move(job.claim)));
  forget(job);
}

void Drainer::Loop::settle_unfinished(Job& job) {
  if (job.let_go && job.is_untouched()) return forget(job);
  if (!job.retry_at) return bury(job, job.reason);
  const int attempts = job.claim->attempts() + 1;
  if (job.failed && attempts >= options_.max_attempts) {
    return bury(job, fmt::format("given up after {} attempts: {}", attempts, job.reason));
  }
  if (job.is_expired(*job.retry_at)) {
    return bury(job, job.reason.empty() ? "expires before it may be delivered"
                                        : "expires before the next attempt: " + job.reason);
  }
  if (job.failed) {
    ports_.log.warning(fmt::format("{}: attempt {} failed, next at {}: {}", job.message().id,
                                   attempts, to_rfc3339(*job.retry_at), job.reason));
  }
  postpone(job);
}

void Drainer::Loop::postpone(Job& job) {
  using Attempt = Queue::Attempt;
  ++summary_.deferred;
  if (job.hindered) ++summary_.hindered;
  const Attempt kind = job.ambiguous ? Attempt::counts_as_ambiguous
                       : job.failed  ? Attempt::counts
                                     : Attempt::does_not_count;
  const DeliveryProgress progress = job.progress();
  note_failure(ports_.queue.postpone(std::move(job.claim), *job.retry_at, kind, progress));
  forget(job);
}

void Drainer::Loop::bury(Job& job, const std::string& reason) {
  ++summary_.dead;
  ports_.log.error("given up: " + job.message().id + ": " + reason);
  const DeliveryProgress progress = job.progress();
  note_failure(ports_.queue.bury(std::move(job.claim), reason, progress));
  forget(job);
}

void Drainer::Loop::forget(Job& job) { jobs_.erase(&job); }

void Drainer::Loop::note_failure(const Result<void>& result) {
  if (!result && !failure_) failure_ = result.error();
}

}  // namespace btcw
