// Claiming: which messages the loop holds, and which it only remembers.
#include <algorithm>
#include <utility>

#include "btcw/drain/drain_loop.h"

namespace btcw {
namespace {

/// Claims held at a time; each is an open file.
constexpr std::size_t kMostJobs = 1024;
/// Few enough that the first is on its way before the next are read.
constexpr std::size_t kTakeAtOnce = 16;
/// Tickets in memory, of 100 bytes or so each; what comes behind them is found by a later pass.
constexpr std::size_t kMostParked = 65'536;
/// A pass costs a look at every file: between two that the same messages cause, so many times as
/// long is left for delivering.
constexpr int kPauseAfterPass = 4;
/// What is parked is read twice: past a lane that is full but quick, so many times as long is left
/// for delivering as looking ahead takes.
constexpr int kPauseAfterLook = 49;
constexpr milliseconds kFirstPause = seconds{1};
constexpr milliseconds kLongestPause = std::chrono::minutes{1};

}  // namespace

void Drainer::Loop::begin_pass() {
  // It meets everything anew that is parked.
  for (auto& [name, lane] : lanes_) {
    lane.parked.clear();
    lane.overflowed = false;
  }
  parked_ = 0;
  passing_ = true;
  taken_in_pass_ = 0;
  pass_began_ = moment();
  pass_due_.reset();
  woken_ = false;
}

void Drainer::Loop::begin_pass_if_due() {
  if (passing_ || taken_ >= options_.max) return;
  if (!follows()) {
    if (jobs_.empty() || has_run_dry()) begin_pass();
    return;
  }
  if (moment() < no_pass_before_) return;
  if (woken_ || has_run_dry() || (pass_due_ && *pass_due_ <= moment())) begin_pass();
}

void Drainer::Loop::end_pass() {
  passing_ = false;
  no_pass_before_ = moment() + kPauseAfterPass * (moment() - pass_began_);
}

bool Drainer::Loop::has_run_dry() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const auto& entry) {
    const Lane& lane = entry.second;
    return lane.overflowed && lane.parked.empty() && lane.wants_more();
  });
}

bool Drainer::Loop::can_claim() const {
  return passing_ && !is_ending() && jobs_.size() < kMostJobs && taken_ < options_.max;
}

bool Drainer::Loop::may_look_ahead() const {
  bool is_any_full = false;
  for (const auto& [name, lane] : lanes_) {
    if (!lane.is_full() && !lane.has_line()) continue;
    if (lane.is_slow(moment())) return true;
    is_any_full = true;
  }
  return !is_any_full || moment() >= no_look_before_;
}

void Drainer::Loop::claim_more() {
  if (taken_ >= options_.max) passing_ = false;
  if (!can_claim() || !may_look_ahead()) return;
  const SteadyTime begun = moment();
  const std::size_t wanted = std::min(kTakeAtOnce, options_.max - taken_);
  auto claims = ports_.queue.take(now(), wanted);
  if (!claims) return note_trouble(claims.error());
  if (claims->empty()) note_well();
  if (claims->size() < wanted) end_pass();
  for (auto& claim : *claims) admit(std::move(claim), nullptr);
  no_look_before_ = moment() + kPauseAfterLook * (moment() - begun);
}

void Drainer::Loop::note_trouble(const Error& error) {
  passing_ = false;
  if (!follows()) {
    failure_ = error;
    return;
  }
  if (troubles_ == 0) ports_.log.error("the queue cannot be read, tried on: " + error.message);
  const int doublings = std::min(troubles_++, 6);
  pass_due_ = moment() + std::min(kFirstPause * (1 << doublings), kLongestPause);
}

// Only a pass that finds nothing tells: one that claims something may have passed over what it
// could not read.
void Drainer::Loop::note_well() {
  if (troubles_ > 0) ports_.log.info("the queue can be read again");
  troubles_ = 0;
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
    ports_.log.error("channel '" + lane.name + "': quiet: " + quiet.error().message);
  }
  return lane;
}

Lane* Drainer::Loop::lane_in_the_way(const RoutePlan& plan, const Lane* resumed) {
  for (const std::string& name : plan.channels) {
    Lane& lane = lane_of(name);
    if (lane.is_full() || (&lane != resumed && lane.has_line())) return &lane;
  }
  return nullptr;
}

void Drainer::Loop::park(Lane& lane, const Claim& claim) {
  // Once one was passed over, so are all behind it, or they would overtake it.
  if (lane.overflowed || parked_ >= kMostParked) {
    lane.overflowed = true;
    return;
  }
  lane.parked.push_back(claim.ticket());
  ++parked_;
}

bool Drainer::Loop::can_resume(const Lane& lane) const {
  return !lane.parked.empty() && lane.wants_more() && !is_ending() && jobs_.size() < kMostJobs &&
         taken_ < options_.max;
}

bool Drainer::Loop::can_resume() const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [this](const auto& entry) { return can_resume(entry.second); });
}

void Drainer::Loop::resume_parked(Lane& lane) {
  while (can_resume(lane)) {
    const std::string ticket = std::move(lane.parked.front());
    lane.parked.pop_front();
    --parked_;
    if (auto claim = ports_.queue.take_again(ticket, now())) admit(std::move(claim), &lane);
  }
}

void Drainer::Loop::admit(std::unique_ptr<Claim> claim, const Lane* resumed) {
  RoutePlan plan = plan_routes(claim->message(), ports_.channels.routes());
  if (Lane* const lane = lane_in_the_way(plan, resumed)) return park(*lane, *claim);
  ++taken_;
  ++taken_in_pass_;
  auto made = std::make_unique<Job>(Job{.claim = std::move(claim), .plan = std::move(plan)});
  Job& job = *made;
  jobs_.emplace(&job, std::move(made));
  recall(job);
  if (job.plan.channels.empty() && job.plan.unknown.empty()) job.blame("no channel takes it");
  for (const std::string& name : job.plan.unknown) {
    job.blame("no channel '" + name + "' is configured");
  }
  if (job.is_expired(now())) return bury(job, "expired before it could be delivered");
  open_stops(job);
}

void Drainer::Loop::recall(Job& job) {
  const DeliveryProgress progress = job.claim->progress();
  if (progress.plan != job.plan.hash) return;
  job.delivered = progress.delivered;
  job.refused = progress.refused;
  for (std::size_t i = 0; i < job.plan.channels.size(); ++i) {
    if ((job.refused >> i & 1U) == 0) continue;
    const std::string& name = job.plan.channels[i];
    job.blame(name + ": " + last_refusal(job.message().id, name));
  }
}

std::string Drainer::Loop::last_refusal(const std::string& id, const std::string& channel) {
  const auto records = ports_.deliveries.list({.id = id, .channel = channel, .max = 1});
  // Another host's log may have it, or it was in vain that this one was written.
  if (!records || records->empty() || records->front().result != DeliveryResult::permanent) {
    return "refused at an earlier attempt";
  }
  return records->front().detail;
}

void Drainer::Loop::open_stops(Job& job) {
  job.open = 1;  // Kept open until all of its stops are known.
  for (std::size_t i = 0; i < job.plan.channels.size(); ++i) {
    if (job.is_done_with(i)) continue;
    Lane& lane = lane_of(job.plan.channels[i]);
    if (const auto until = lane.hold(job.message(), now())) {
      job.wait_until(*until);
      continue;
    }
    ++job.open;
    lane.waiting.push_back({&job, i});
  }
  close_stop(job);
}

}  // namespace btcw
