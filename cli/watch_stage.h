#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "btcw/cache/price_cache.h"
#include "btcw/watch/cache_feeder.h"
#include "btcw/watch/runner.h"
#include "btcw/watch/service_manager.h"
#include "redis_stage.h"
#include "render/line_writer.h"
#include "render/live_screen.h"
#include "render/screen_log.h"
#include "session.h"
#include "watch_arguments.h"

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

  /// From now on tickers go into the cache, the local one and Redis as the deployment has it. One
  /// that cannot be opened is told, and the run does without. `config` has the secrets of Redis.
  void open_cache(const Config& config);

  /// What the table shows.
  void show(std::span<const SymbolRequest> requests, std::string title, milliseconds stale_after);

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
  [[nodiscard]] milliseconds uptime() const;

 private:
  void open_redis(const Config& config);
  void tell_status(const std::string& report);
  [[nodiscard]] bool screen_covers_stderr() const;

  Options options_;
  Session& session_;
  ScreenLog log_;
  ServiceManager service_;
  std::unique_ptr<PriceCache> local_;
  std::unique_ptr<RedisStage> redis_;
  std::unique_ptr<RedisFeed> redis_feed_;
  std::unique_ptr<PriceCache> cache_;
  std::optional<CacheFeeder> feeder_;
  std::optional<LineWriter> writer_;
  std::optional<LiveScreen> screen_;
  std::optional<Runner> runner_;
};

}  // namespace btcw::cli
