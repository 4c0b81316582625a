#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/config/config.h"
#include "btcw/watch/alert_dispatch.h"
#include "btcw/watch/rule_desk.h"
#include "btcw/watch/rule_judge.h"
#include "btcw/watch/tick_observer.h"
#include "watch_journal.h"

namespace btcw::cli {

/// The alerts of a `watch`: the rules, what they remember, and their way to the queue.
class WatchAlerts final : public TickObserver {
 public:
  /// Which market they are judged by.
  struct Life {
    enum class Kind {
      live,    ///< goes on where the last run ended
      demo,    ///< begins anew with each run
      replay,  ///< begins anew, but for a run that was killed
    };
    Kind kind = Kind::live;
    std::string name = {};  ///< of a replay: the same for the same tickers; empty: not told apart
    /// Whether exchanges are asked for what indicators miss of the past.
    bool asks_exchanges = false;
    /// How long what happens may wait for more of it, so that a transaction is worth it.
    milliseconds patience{0};
  };

  /// All is borrowed.
  struct Ports {
    WatchJournal& journal;
    const Clock& clock;
    Log& log;
  };
  /// Precondition: this process holds the state folder.
  /// Errors: those of compile_alerts() and WatchJournal::open().
  static Result<std::unique_ptr<WatchAlerts>> open(const Config& config, const Life& life,
                                                   RuleDesk::Seeder seeder, Ports ports);
  ~WatchAlerts() override = default;
  WatchAlerts(const WatchAlerts&) = delete;
  WatchAlerts& operator=(const WatchAlerts&) = delete;

  [[nodiscard]] RuleDesk& desk() { return *desk_; }

  /// Other alerts from now on. Errors: those of compile_alerts(): nothing has changed.
  Result<void> replace(const Config& config);

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override {
    return judge_->on_ticks(ticks);
  }
  [[nodiscard]] SteadyTime due() const override { return std::min(judge_->due(), prune_at_); }
  Result<Flow> on_time() override;
  Result<void> finish() override { return judge_->finish(); }

  /// So many tickers of the replay were judged in an earlier life.
  [[nodiscard]] std::uint64_t resumed_at() const { return skip_; }

  /// "3 alerts, 12 events": for reports.
  [[nodiscard]] std::string status() const;
  /// Of each alert and each of its symbols: see list_alerts().
  [[nodiscard]] std::string list() const;

 private:
  explicit WatchAlerts(Ports ports) : ports_{ports} {}
  Result<void> prepare(const Config& config, const Life& life, RuleDesk::Seeder seeder);
  Result<AlertDispatch::Options> options_of(const Config& config, const Life& life);
  void prune();

  Ports ports_;
  std::optional<RuleDesk> desk_;
  std::optional<AlertDispatch> dispatch_;
  std::optional<RuleJudge> judge_;
  std::uint64_t skip_ = 0;
  SteadyTime prune_at_ = SteadyTime::max();  ///< of a live market's alerts alone
};

}  // namespace btcw::cli
