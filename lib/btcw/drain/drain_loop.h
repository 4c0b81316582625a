#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "btcw/drain/drainer.h"
#include "btcw/drain/job.h"
#include "btcw/drain/lane.h"

namespace btcw {

/// The insides of a Drainer: what is claimed, which line it stands in, and what it waits for.
///
/// It goes through the queue in passes. What finds its lane full is let go of and remembered, so
/// that a pass reaches what other lanes can deliver.
class Drainer::Loop {
 public:
  explicit Loop(DrainPorts ports) : ports_{ports} {}

  Result<DrainSummary> run(const DrainOptions& options);
  [[nodiscard]] std::optional<Signal> stopped_by() const { return stopped_by_; }

 private:
  // Claiming: drain_claim.cc.
  void begin_pass();
  void begin_pass_if_due();
  void end_pass();
  [[nodiscard]] bool can_claim() const;
  /// Whether to claim more although what comes may only be parked.
  [[nodiscard]] bool may_look_ahead() const;
  void claim_more();
  /// `resumed`: the lane in whose line it was parked.
  void admit(std::unique_ptr<Claim> claim, const Lane* resumed);
  /// Takes over what is known of earlier attempts.
  void recall(Job& job);
  /// What that channel said when it refused the message for good.
  std::string last_refusal(const std::string& id, const std::string& channel);
  void open_stops(Job& job);
  void park(Lane& lane, const Claim& claim);
  [[nodiscard]] bool can_resume(const Lane& lane) const;
  [[nodiscard]] bool can_resume() const;  ///< any lane
  void resume_parked(Lane& lane);
  [[nodiscard]] bool has_run_dry() const;
  Lane& lane_of(const std::string& name);
  [[nodiscard]] Lane* lane_in_the_way(const RoutePlan& plan, const Lane* resumed);
  void note_trouble(const Error& error);
  void note_well();

  // Delivering: drain_deliver.cc.
  void start_lanes();
  [[nodiscard]] bool can_start(Lane& lane) const;
  void start_next(Lane& lane);
  [[nodiscard]] bool open_channel(Lane& lane);
  [[nodiscard]] bool bury_expired(Lane& lane);
  /// Asks the delivery log, which other processes write to as well.
  void ask_for_room(Lane& lane);
  void deliver(Lane& lane, std::vector<Stop> stops);
  void delivered(Lane& lane, const std::vector<Stop>& stops, SteadyTime begun,
                 const Delivery& delivery);
  void conclude(Lane& lane, const std::vector<Stop>& stops, const Delivery& delivery);
  /// Until when the channel wants to be left alone.
  [[nodiscard]] std::optional<UtcTime> rest_after(const Delivery& delivery) const;
  void close(Lane& lane, UtcTime until);
  void put_off(Lane& lane);

  // Settling: drain_settle.cc.
  void finish(Lane& lane, Stop stop, const Delivery& delivery);
  [[nodiscard]] bool escalate(Lane& lane, Stop stop, const Delivery& delivery);
  void close_stop(Job& job);
  void settle(Job& job);
  void settle_unfinished(Job& job);
  void postpone(Job& job);
  void bury(Job& job, const std::string& reason);
  void forget(Job& job);
  void note_failure(const Result<void>& result);

  // Waiting: drain_loop.cc.
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] bool is_ending() const { return stopped_by_ || failure_; }
  [[nodiscard]] bool follows() const { return options_.stay == Stay::follow; }
  void wait();
  [[nodiscard]] SteadyTime next_event();
  [[nodiscard]] SteadyTime next_pass();
  void drive(SteadyTime until);
  void take_signals();
  void let_go();
  void flush_log();
  void flush_log_if_due();
  void prune_log();
  void note_log(const Result<void>& result);
  [[nodiscard]] UtcTime now() const { return ports_.clock.now(); }
  [[nodiscard]] SteadyTime moment() const { return ports_.clock.steady_now(); }

  DrainPorts ports_;
  DrainOptions options_ = {};
  DrainSummary summary_ = {};
  std::unordered_map<const Job*, std::unique_ptr<Job>> jobs_ = {};
  std::map<std::string, Lane, std::less<>> lanes_ = {};
  std::size_t busy_ = 0;    ///< lanes with an attempt under way
  std::size_t parked_ = 0;  ///< in all lanes
  std::size_t taken_ = 0;

  bool passing_ = false;  ///< a pass through the queue is under way
  std::size_t taken_in_pass_ = 0;
  SteadyTime pass_began_ = {};
  SteadyTime no_pass_before_ = {};
  SteadyTime no_look_before_ = {};
  std::optional<SteadyTime> pass_due_ = std::nullopt;  ///< nullopt: the queue was not asked yet
  bool woken_ = false;                                 ///< the queue says that something has come
  int troubles_ = 0;                                   ///< passes in a row that failed

  std::optional<Signal> stopped_by_ = std::nullopt;
  std::optional<Error> failure_ = std::nullopt;  ///< of the queue: ends the run

  bool log_failed_ = false;
  std::size_t unflushed_ = 0;
  SteadyTime flushed_at_ = {};
  std::optional<SteadyTime> pruned_at_ = std::nullopt;
};

}  // namespace btcw
