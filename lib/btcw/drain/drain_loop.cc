// Claiming and waiting: which messages the loop holds, and what it sleeps on.
#include "btcw/drain/drain_loop.h"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

/// Claims held at a time; each is an open file.
constexpr std::size_t kMostJobs = 512;
constexpr std::size_t kTakeAtOnce = 32;
/// How soon what another process holds is looked at again: it may have died.
constexpr milliseconds kLookAgain{500};
constexpr std::size_t kFlushAfter = 256;
constexpr milliseconds kFlushEvery{200};

bool is_readable(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return fd >= 0 && ::poll(&entry, 1, 0) == 1;
}

}  // namespace

Result<DrainSummary> Drainer::Loop::run(const DrainOptions& options) {
  options_ = options;
  summary_ = {};
  flushed_at_ = ports_.clock.steady_now();
  for (;;) {
    take_signals();
    if (stopping_ || failure_) let_go();
    claim_more();
    for (auto& [name, lane] : lanes_) claim_parked(lane);
    start_lanes();
    if (!at_rest()) {
      if (busy_ > 0) wait();
      continue;
    }
    if (stopping_ || failure_) break;
    if (passing_) continue;
    const bool done = taken_ >= options_.max;
    if (options_.stay == Stay::until_done && (done || taken_in_pass_ == 0)) break;
    if (done) break;
    if (options_.stay == Stay::follow && taken_in_pass_ == 0) wait_idle();
    taken_in_pass_ = 0;
    passing_ = true;
  }
  flush_log(true);
  if (failure_) return *failure_;
  return summary_;
}

void Drainer::Loop::claim_more() {
  while (passing_ && !stopping_ && !failure_ && jobs_.size() < kMostJobs) {
    if (taken_ >= options_.max) {
      passing_ = false;
      return;
    }
    const std::size_t wanted = std::min(kTakeAtOnce, options_.max - taken_);
    auto claims = ports_.queue.take(now(), wanted);
    if (!claims) {
      failure_ = std::move(claims).error();
      return;
    }
    if (claims->size() < wanted) passing_ = false;
    for (auto& claim : *claims) admit(std::move(claim));
    // What was taken is begun before more is: the first delivery does not wait for the last claim.
    if (busy_ < options_.concurrency && !claims->empty()) return;
  }
}

Lane& Drainer::Loop::lane_of(const std::string& name) {
  const auto [found, is_new] = lanes_.try_emplace(name);
  Lane& lane = found->second;
  if (!is_new) return lane;
  lane.name = name;
  lane.route = ports_.channels.route(name);
  if (lane.route == nullptr || lane.route->quiet.empty()) return lane;
  auto zone = TimeZone::find(lane.route->timezone);
  auto quiet = zone ? QuietHours::parse(lane.route->quiet, *std::move(zone))
                    : Result<QuietHours>{zone.error()};
  if (quiet) {
    lane.quiet = *std::move(quiet);
  } else {
    ports_.log.error("channel '" + name + "': quiet: " + quiet.error().message);
  }
  return lane;
}

Lane* Drainer::Loop::full_lane(const RoutePlan& plan) {
  for (const std::string& name : plan.channels) {
    Lane& lane = lane_of(name);
    if (lane.is_full()) return &lane;
  }
  return nullptr;
}

void Drainer::Loop::admit(std::unique_ptr<Claim> claim) {
  RoutePlan plan = plan_routes(claim->message(), ports_.channels.routes());
  if (Lane* const lane = full_lane(plan); lane != nullptr) {
    if (lane->parked_tickets.insert(claim->ticket()).second) {
      lane->parked.push_back(claim->ticket());
    }
    return;
  }
  ++taken_;
  ++taken_in_pass_;
  Job& job = jobs_.emplace_back(Job{.claim = std::move(claim), .plan = std::move(plan)});
  const DeliveryProgress progress = job.claim->progress();
  if (progress.plan == job.plan.hash) job.delivered = progress.delivered;
  if (!job.plan.unknown.empty()) {
    job.reason = "no channel '" + job.plan.unknown.front() + "' is configured";
  }
  const auto& expires = job.message().expires;
  if (expires && *expires <= now()) return bury(job, "expired before it could be delivered");
  job.open = 1;  // Kept open until all of its stops are known.
  for (std::size_t i = 0; i < job.plan.channels.size(); ++i) {
    if ((job.delivered >> i & 1U) != 0) continue;
    Lane& lane = lane_of(job.plan.channels[i]);
    if (const auto until = lane.route == nullptr ? std::nullopt : lane.hold(job.message(), now())) {
      job.wait_until(*until);
      continue;
    }
    ++job.open;
    lane.waiting.push_back({&job, i});
  }
  close_stop(job);
}

void Drainer::Loop::claim_parked(Lane& lane) {
  if (stopping_ || failure_) return;
  while (!lane.parked.empty() && lane.waiting.size() < Lane::kWindow / 2 &&
         jobs_.size() < kMostJobs && taken_ < options_.max) {
    const std::string ticket = std::move(lane.parked.front());
    lane.parked.pop_front();
    lane.parked_tickets.erase(ticket);
    auto claim = ports_.queue.take_again(ticket, now());
    if (claim == nullptr) continue;
    // The line has room, and the rest of what is parked does not count against this one.
    std::deque<std::string> others;
    std::swap(others, lane.parked);
    admit(std::move(claim));
    for (std::string& added : lane.parked) others.push_back(std::move(added));
    std::swap(others, lane.parked);
  }
}

void Drainer::Loop::let_go() {
  passing_ = false;
  for (auto& [name, lane] : lanes_) {
    while (!lane.waiting.empty()) {
      Job& job = *lane.waiting.front().job;
      lane.waiting.pop_front();
      // Nothing was tried here: it is pending as it was, unless another channel has it by now.
      job.wait_until(now());
      close_stop(job);
    }
    lane.parked.clear();
    lane.parked_tickets.clear();
  }
}

void Drainer::Loop::take_signals() {
  while (const auto signal = ports_.signals.take()) {
    if (*signal == Signal::stop) stopping_ = true;
  }
}

void Drainer::Loop::wait() {
  SteadyTime until = ports_.clock.steady_now() + seconds{1};
  if (unflushed_ > 0) until = std::min(until, flushed_at_ + kFlushEvery);
  drive(until);
  flush_log(false);
  if (options_.stay == Stay::follow && is_readable(ports_.queue.wake_fd())) passing_ = true;
}

void Drainer::Loop::wait_idle() {
  flush_log(true);
  const auto due = ports_.queue.next_due();
  if (!due) {
    failure_ = due.error();
    return;
  }
  SteadyTime until = SteadyTime::max();
  if (*due) {
    until = ports_.clock.steady_now() + (**due > now() ? **due - now() : kLookAgain);
  }
  drive(until);
}

void Drainer::Loop::drive(SteadyTime until) {
  std::vector<int> fds;
  if (ports_.signals.fd() >= 0) fds.push_back(ports_.signals.fd());
  if (options_.stay == Stay::follow && ports_.queue.wake_fd() >= 0) {
    fds.push_back(ports_.queue.wake_fd());
  }
  ports_.commands.add_wake_fds(fds);
  until = std::min(until, ports_.commands.next_deadline());
  if (NetTransport* const network = ports_.channels.network(); network != nullptr) {
    network->drive(until, fds);
  } else {
    ports_.clock.wait_until(until, fds);
  }
  ports_.commands.poll();
}

void Drainer::Loop::flush_log(bool force) {
  const SteadyTime moment = ports_.clock.steady_now();
  if (unflushed_ == 0) return;
  if (!force && unflushed_ < kFlushAfter && moment - flushed_at_ < kFlushEvery) return;
  unflushed_ = 0;
  flushed_at_ = moment;
  const auto flushed = ports_.deliveries.flush();
  // What is delivered is delivered: the queue goes on, and the log says once that it does not.
  if (!flushed && !log_failed_) {
    ports_.log.warning("the delivery log cannot be written: " + flushed.error().message);
  }
  log_failed_ = !flushed;
}

void Drainer::Loop::note_queue_failure(const Result<void>& result) {
  if (!result && !failure_) failure_ = result.error();
}

}  // namespace btcw
