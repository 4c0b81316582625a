#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/base/signals.h"
#include "btcw/watch/service_manager.h"
#include "btcw/watch/tick_observer.h"
#include "btcw/watch/ticker_source.h"

namespace btcw {

/// Why a run came to its end, well.
enum class RunEnd {
  stopped,       ///< Signal::stop or interrupt
  time_over,     ///< RunnerOptions::run_for
  source_ended,  ///< every source has, and the observers have got rid of what they held
  observer,      ///< an observer said Flow::stop
};

struct RunnerOptions {
  /// nullopt: until told otherwise.
  std::optional<milliseconds> run_for = std::nullopt;
  /// Called for Signal::reload, on the runner's thread; Flow::stop ends the run as Signal::stop
  /// does.
  std::function<Flow()> on_reload = {};
  /// Called for Signal::status, on the runner's thread.
  std::function<void()> on_status = {};
  /// The line for `systemctl status`; asked for with every sign of life.
  std::function<std::string()> status_line = {};
};

/// The loop of `watch`: waits for sources, observers, signals and deadlines at once, and hands what
/// the sources bring to the observers, in their order.
///
/// Everything runs on the thread that calls run(). Allocates nothing while tickers pass.
class Runner {
 public:
  struct Ports {
    const Clock& clock;
    SignalSource& signals;
    const ServiceManager& service;
  };
  /// All is borrowed.
  Runner(std::span<TickerSource* const> sources, std::span<TickObserver* const> observers,
         RunnerOptions options, Ports ports);

  /// Runs to the end; every observer's finish() is called, whatever happens.
  /// Errors: the first one of a source or an observer.
  Result<RunEnd> run();

  [[nodiscard]] std::uint64_t ticks() const { return ticks_; }
  [[nodiscard]] SteadyTime started() const { return started_; }

 private:
  /// nullopt: not at the end yet.
  using Step = Result<std::optional<RunEnd>>;

  Result<RunEnd> loop();
  void wait();
  Step step();
  std::optional<RunEnd> take_signals();
  Step take_ticks();
  Step tend_observers();
  void tend_service();
  void hand_to_observers(std::span<const CacheEntry> ticks);
  [[nodiscard]] bool any_observer(Load load) const;

  std::vector<TickerSource*> sources_;
  std::vector<TickObserver*> observers_;
  RunnerOptions options_;
  Ports ports_;
  std::vector<int> wake_fds_;
  std::uint64_t ticks_ = 0;
  SteadyTime started_{};
  SteadyTime stop_at_ = SteadyTime::max();
  SteadyTime alive_due_ = SteadyTime::max();
  std::optional<Error> failure_;  ///< of an observer, while a source hands over
  bool stop_asked_ = false;       ///< by an observer, while a source hands over
  bool told_ready_ = false;
  bool draining_ = false;  ///< the sources have ended
};

}  // namespace btcw
