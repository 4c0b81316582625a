#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "btcw/cache/price_cache.h"
#include "btcw/history/history_store.h"
#include "btcw/store/state_lock.h"
#include "btcw/watch/cache_feeder.h"
#include "btcw/watch/history_feeder.h"
#include "btcw/watch/runner.h"
#include "btcw/watch/service_manager.h"
#include "observer_slot.h"
#include "redis_stage.h"
#include "render/line_writer.h"
#include "render/live_screen.h"
#include "render/screen_log.h"
#include "session.h"
#include "watch_alerts.h"
#include "watch_arguments.h"
#include "watch_journal.h"

namespace btcw::cli {

/// How `watch` shows what comes.
enum class WatchOutput {
  none,    ///< --quiet
  ndjson,  ///< one JSON object a line
  plain,   ///< one readable line a ticker: a terminal that can do no more
  table,   ///< the live table
};

WatchOutput output_for(const WatchArguments& arguments, const Session& session);

/// What the kinds of `watch` have in common, wherever their tickers come from: the log, the cache,
/// what is shown, the loop.
class WatchStage {
 public:
  struct Options {
    WatchOutput output;
    Ages ages = Ages::clock;
    Flush flush = Flush::at_once;
    std::optional<milliseconds> run_for = std::nullopt;
  };
  WatchStage(Options options, Session& session);

  /// Where everything is to be told that happens meanwhile.
  [[nodiscard]] Log& log() { return log_; }
  /// Of all parts that have something to tell. Precondition of using it: hold_state().
  [[nodiscard]] WatchJournal& journal() { return journal_; }

  /// From now on tickers go into the cache, the local one and Redis as the deployment has it. One
  /// that cannot be opened is told, and the run does without. `config` has the secrets of Redis.
  void open_cache(const Config& config);
  /// Likewise; to Redis as the leader, and to those who follow it.
  void open_cache(const Config& config, std::function<std::uint64_t()> leader_token);
  /// Into the local one alone.
  void open_local_cache(const Config& config);

  /// From now on the alerts of `config` are judged, or others than before; without any nothing is
  /// opened. Errors: those of hold_state(), WatchAlerts::open() and replace(): all stays as it was.
  Result<void> set_alerts(const Config& config, const WatchAlerts::Life& life);

  /// nullptr: there are no alerts so far.
  [[nodiscard]] RuleDesk* rule_desk() const;

  /// From now on tickers are remembered, as long as `config` says, or no longer. A history that
  /// cannot be opened is told, and the run does without.
  void set_history(const Config& config);

  /// What the table shows.
  void show(std::span<const SymbolRequest> requests, std::string title, milliseconds stale_after);

  /// Makes this process the one that writes to the state folder, for as long as the stage is there;
  /// further calls do nothing.
  /// Errors: those of StateLock::acquire().
  Result<void> hold_state(const std::filesystem::path& folder);

  /// One more that gets every ticker and the time. Borrowed; before run().
  void add_observer(TickObserver& observer) { more_.push_back(&observer); }

  struct Hooks {
    std::function<Flow()> on_reload = {};
    /// Tells the report of Signal::status.
    std::function<std::string()> report = {};
    std::function<std::string()> status_line = {};
  };
  /// The exit code of a run that ended before its sources did, or failed (which is told); nullopt:
  /// the sources have come to their end.
  std::optional<ExitCode> run(std::span<TickerSource* const> sources, Hooks hooks);
  std::optional<ExitCode> run(TickerSource& source, Hooks hooks) {
    TickerSource* const sources[] = {&source};
    return run(sources, std::move(hooks));
  }

  [[nodiscard]] std::uint64_t ticks() const { return runner_ ? runner_->ticks() : 0; }
  [[nodiscard]] std::uint64_t cache_batches() const { return feeder_ ? feeder_->batches() : 0; }
  /// So many tickers of a replay were judged before it was killed.
  [[nodiscard]] std::uint64_t resumed_at() const;
  /// Of the alerts, for reports; empty: there are none.
  [[nodiscard]] std::string alert_status() const;
  /// As JSON: see list_alerts().
  [[nodiscard]] std::string alert_list() const;
  [[nodiscard]] milliseconds uptime() const;
  /// Of the connection that prices go over; nullopt: there is none.
  [[nodiscard]] std::optional<RedisLink> redis_link() const {
    return redis_ ? std::optional{redis_->link()} : std::nullopt;
  }

 private:
  Result<void> open_alerts(const Config& config, const WatchAlerts::Life& life);
  [[nodiscard]] KnownPast known_past(const SymbolRequest& about,
                                     std::span<const IndicatorRequest> requests) const;
  void open_redis(const Config& config, std::function<std::uint64_t()> leader_token);
  void feed_cache();
  Result<void> close_history();
  void tell_status(const std::string& report);
  [[nodiscard]] bool screen_covers_stderr() const;

  Options options_;
  Session& session_;
  ScreenLog log_;
  ServiceManager service_;
  std::optional<StateLock> state_;  ///< goes after all that it guards
  std::unique_ptr<PriceCache> local_;
  std::unique_ptr<RedisStage> redis_;
  std::unique_ptr<RedisFeed> redis_feed_;
  std::unique_ptr<PriceCache> cache_;
  bool asks_exchanges_ = false;
  std::unique_ptr<history::HistoryStore> history_;
  std::optional<HistoryFeeder> history_feeder_;
  ObserverSlot history_slot_;
  WatchJournal journal_;
  std::unique_ptr<WatchAlerts> alerts_;
  ObserverSlot alert_slot_;
  std::optional<CacheFeeder> feeder_;
  std::optional<LineWriter> writer_;
  std::optional<LiveScreen> screen_;
  std::vector<TickObserver*> more_;
  std::optional<Runner> runner_;
};

}  // namespace btcw::cli
