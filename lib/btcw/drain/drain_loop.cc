// The loop itself: what it sleeps on, and how it ends.
#include "btcw/drain/drain_loop.h"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace btcw {
namespace {

/// How soon what another process holds is looked at again: it may have died.
constexpr milliseconds kLookAgain{500};
/// The longest sleep while something is due later: the wall clock may be set meanwhile.
constexpr milliseconds kLongestSleep = std::chrono::minutes{1};
/// How often a queue is looked at that cannot tell when something comes.
constexpr milliseconds kBlindSleep = seconds{1};
constexpr std::size_t kFlushAfter = 256;
constexpr milliseconds kFlushEvery{200};
constexpr milliseconds kPruneEvery = std::chrono::hours{24};

bool is_readable(int fd) {
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  return fd >= 0 && ::poll(&entry, 1, 0) == 1;
}

}  // namespace

Result<DrainSummary> Drainer::Loop::run(const DrainOptions& options) {
  options_ = options;
  summary_ = {};
  taken_ = 0;
  stopping_ = false;
  failure_.reset();
  flushed_at_ = moment();
  // From here on a signal to end is a word to this loop, not the end of the process.
  static_cast<void>(ports_.signals.fd());
  // And what comes after the first look at the queue is heard of.
  if (follows()) static_cast<void>(ports_.queue.wake_fd());
  begin_pass();
  while (!is_over()) {
    take_signals();
    if (is_ending()) {
      let_go();
    } else {
      begin_pass_if_due();
    }
    for (auto& [name, lane] : lanes_) resume_parked(lane);
    claim_more();
    start_lanes();
    flush_log_if_due();
    wait();
  }
  flush_log();
  if (failure_) return *failure_;
  return summary_;
}

bool Drainer::Loop::is_over() const {
  if (!jobs_.empty()) return false;
  if (is_ending()) return true;
  if (passing_) return false;
  if (taken_ >= options_.max) return true;
  return !follows() && taken_in_pass_ == 0 && parked_ == 0 && !has_run_dry();
}

void Drainer::Loop::let_go() {
  passing_ = false;
  for (auto& [name, lane] : lanes_) {
    while (!lane.waiting.empty()) {
      Job& job = *lane.waiting.front().job;
      lane.waiting.pop_front();
      job.let_go = true;
      job.wait_until(now());
      close_stop(job);
    }
    lane.parked.clear();
    lane.overflowed = false;
  }
  parked_ = 0;
}

void Drainer::Loop::take_signals() {
  while (const auto signal = ports_.signals.take()) {
    if (*signal == Signal::stop) stopping_ = true;
  }
}

void Drainer::Loop::wait() {
  if (jobs_.empty() && (!follows() || is_ending())) return;
  const SteadyTime until = next_event();
  if (busy_ == 0 && until <= moment()) return;
  drive(until);
}

SteadyTime Drainer::Loop::next_event() {
  if (can_claim()) return moment();
  SteadyTime until = SteadyTime::max();
  if (unflushed_ > 0) until = flushed_at_ + kFlushEvery;
  for (const auto& [name, lane] : lanes_) {
    if (lane.busy || lane.waiting.empty() || !lane.closed_until) continue;
    if (busy_ < options_.concurrency) {
      until = std::min(until, moment() + (*lane.closed_until - now()));
    }
  }
  if (passing_ || is_ending() || taken_ >= options_.max) return until;
  if (can_resume()) return moment();
  if (follows()) return std::min(until, next_pass());
  return has_run_dry() ? moment() : until;
}

SteadyTime Drainer::Loop::next_pass() {
  if (woken_ || has_run_dry()) return no_pass_before_;
  if (!pass_due_) {
    const auto due = ports_.queue.next_due();
    if (!due) {
      note_trouble(due.error());
    } else if (!*due) {
      pass_due_ = SteadyTime::max();
    } else {
      const milliseconds left = **due > now() ? **due - now() : kLookAgain;
      pass_due_ = moment() + std::min(left, kLongestSleep);
    }
    if (ports_.queue.wake_fd() < 0) pass_due_ = std::min(*pass_due_, moment() + kBlindSleep);
  }
  return std::max(*pass_due_, no_pass_before_);
}

void Drainer::Loop::drive(SteadyTime until) {
  std::vector<int> fds;
  if (ports_.signals.fd() >= 0) fds.push_back(ports_.signals.fd());
  // It stays readable up to the next pass: no use in hearing of it twice.
  const int wake_fd = follows() && !woken_ && !passing_ ? ports_.queue.wake_fd() : -1;
  if (wake_fd >= 0) fds.push_back(wake_fd);
  ports_.commands.add_wake_fds(fds);
  until = std::min(until, ports_.commands.next_deadline());
  NetTransport* const network = ports_.channels.network();
  // A network with nothing to do and nothing to listen to would not wait.
  if (network != nullptr && (busy_ > 0 || !fds.empty())) {
    network->drive(until, fds);
  } else {
    ports_.clock.wait_until(until, fds);
  }
  ports_.commands.poll();
  if (is_readable(wake_fd)) woken_ = true;
}

void Drainer::Loop::flush_log_if_due() {
  if (unflushed_ >= kFlushAfter || (unflushed_ > 0 && moment() - flushed_at_ >= kFlushEvery)) {
    flush_log();
  }
}

void Drainer::Loop::flush_log() {
  if (unflushed_ == 0) return;
  unflushed_ = 0;
  flushed_at_ = moment();
  note_log(ports_.deliveries.flush());
  if (!pruned_at_ || moment() - *pruned_at_ >= kPruneEvery) prune_log();
}

void Drainer::Loop::prune_log() {
  pruned_at_ = moment();
  const auto pruned = ports_.deliveries.prune(now() - kDeliveriesKept);
  note_log(pruned ? Result<void>{} : Result<void>{pruned.error()});
}

/// What is delivered is delivered: the queue goes on, and the log says once that it does not.
void Drainer::Loop::note_log(const Result<void>& result) {
  if (!result && !log_failed_) {
    ports_.log.warning("the delivery log fails, caps may not be kept: " + result.error().message);
  }
  if (result && log_failed_) ports_.log.info("the delivery log works again");
  log_failed_ = !result;
}

Drainer::Drainer(DrainPorts ports) : loop_{std::make_unique<Loop>(ports)} {}
Drainer::~Drainer() = default;
Result<DrainSummary> Drainer::run(const DrainOptions& options) { return loop_->run(options); }
bool Drainer::stopped() const { return loop_->stopped(); }

}  // namespace btcw
