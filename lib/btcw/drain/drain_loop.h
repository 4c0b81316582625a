#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "btcw/drain/drainer.h"
#include "btcw/drain/job.h"
#include "btcw/drain/lane.h"

namespace btcw {

/// The insides of a Drainer: what is claimed, which line it stands in, and what it waits for.
class Drainer::Loop {
 public:
  explicit Loop(DrainPorts ports) : ports_{ports} {}

  Result<DrainSummary> run(const DrainOptions& options);
  [[nodiscard]] bool stopped() const { return stopping_; }

 private:
  // Claiming.
  void claim_more();
  void admit(std::unique_ptr<Claim> claim);
  void claim_parked(Lane& lane);
  Lane& lane_of(const std::string& name);
  [[nodiscard]] Lane* full_lane(const RoutePlan& plan);

  // Delivering.
  void start_lanes();
  void start_next(Lane& lane);
  /// When the lane may not send now: until when. The lane's channel is open afterwards otherwise.
  std::optional<UtcTime> hindrance(Lane& lane);
  void deliver(Lane& lane, std::vector<Stop> stops);
  void delivered(Lane& lane, const std::vector<Stop>& stops, SteadyTime begun, Delivery delivery);
  void pause(Lane& lane, UtcTime until);

  // Settling.
  void finish(Lane& lane, Stop stop, const Delivery& delivery);
  bool escalate(Lane& lane, Stop stop, const Delivery& delivery);
  void close_stop(Job& job);
  void settle(Job& job);
  void settle_unfinished(Job& job);
  void bury(Job& job, std::string reason);
  void forget(Job& job);
  void note_queue_failure(const Result<void>& result);

  // Waiting.
  void wait();
  void wait_idle();
  void drive(SteadyTime until);
  void take_signals();
  void let_go();
  void flush_log(bool force);
  [[nodiscard]] bool at_rest() const { return jobs_.empty(); }
  [[nodiscard]] UtcTime now() const { return ports_.clock.now(); }

  DrainPorts ports_;
  DrainOptions options_ = {};
  DrainSummary summary_ = {};
  std::list<Job> jobs_ = {};
  std::map<std::string, Lane, std::less<>> lanes_ = {};
  std::size_t busy_ = 0;
  std::size_t taken_ = 0;
  std::size_t taken_in_pass_ = 0;
  bool passing_ = true;  ///< a pass through the queue is under way
  bool stopping_ = false;
  std::optional<Error> failure_ = std::nullopt;  ///< of the queue: ends the run
  bool log_failed_ = false;
  std::size_t unflushed_ = 0;
  SteadyTime flushed_at_ = {};
};

}  // namespace btcw
