#include "watch_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "btcw/cache/local_cache.h"
#include "btcw/cache/memory_cache.h"
#include "btcw/watch/history_seed.h"
#include "shared_cache.h"
#include "startup_pages.h"
#include "terminal_mode.h"

namespace btcw::cli {
namespace {

ScreenLog::Stderr place_of_stderr(WatchOutput output, const Session& session) {
  const bool covered = output == WatchOutput::table && session.err_is_terminal;
  return covered ? ScreenLog::Stderr::same_terminal : ScreenLog::Stderr::elsewhere;
}

}  // namespace

WatchOutput output_for(const WatchArguments& arguments, const Session& session) {
  if (session.common.quiet) return WatchOutput::none;
  if (arguments.ndjson || !session.out_is_terminal) return WatchOutput::ndjson;
  const bool dumb = session.environment.get("TERM").value_or("dumb") == "dumb";
  // A table of one cycle would be gone before it is read; one in the background would take the
  // terminal from whoever is in front.
  if (dumb || arguments.once || !in_foreground(fileno(session.out))) return WatchOutput::plain;
  return WatchOutput::table;
}

WatchStage::WatchStage(Options options, Session& session)
    : options_{options},
      session_{session},
      log_{session.log, place_of_stderr(options.output, session)},
      journal_{session, log_} {
  release_startup_pages();
  // From here on a signal ends the run in good order.
  static_cast<void>(session.signals.fd());
  auto service = ServiceManager::from(session.environment);
  if (service) {
    service_ = *std::move(service);
  } else {
    log_.warning(service.error().message);
  }
  const int out = fileno(session.out);
  switch (options.output) {
    case WatchOutput::none:
      break;
    case WatchOutput::ndjson:
      writer_.emplace(out, LineWriter::Options{append_json, options.flush}, session.clock);
      break;
    case WatchOutput::plain:
      writer_.emplace(out, LineWriter::Options{append_plain_line, options.flush}, session.clock);
      break;
    case WatchOutput::table:
      break;
  }
}

void WatchStage::open_local_cache(const Config& config) {
  auto local =
      btcw::open_local_cache(shared_cache_file(config), config.cache, session_.clock, session_.log);
  if (local) {
    cache_ = *std::move(local);
  } else {
    log_.warning("going on without the cache: " + local.error().message);
  }
  feed_cache();
}

void WatchStage::open_cache(const Config& config) {
  open_local_cache(config);
  if (config.deployment.backing(Role::price_cache) == Backing::redis) open_redis(config, {});
  feed_cache();
}

void WatchStage::open_cache(const Config& config, std::function<std::uint64_t()> leader_token) {
  open_local_cache(config);
  open_redis(config, std::move(leader_token));
  feed_cache();
}

void WatchStage::feed_cache() {
  if (cache_) feeder_.emplace(*cache_, session_.clock, log_);
}

Result<void> WatchStage::set_alerts(const Config& config, const WatchAlerts::Life& life) {
  const bool before = std::exchange(asks_exchanges_, life.asks_exchanges && config.history.seed);
  auto set = alerts_ ? alerts_->replace(config) : open_alerts(config, life);
  if (!set) asks_exchanges_ = before;
  return set;
}

Result<void> WatchStage::open_alerts(const Config& config, const WatchAlerts::Life& life) {
  const bool any = std::any_of(config.alerts.begin(), config.alerts.end(),
                               [](const AlertOptions& alert) { return alert.enabled; });
  if (!any) return {};
  if (auto held = hold_state(config.general.state_dir).within("alerts"); !held) return held;
  // An indicator need not wait for its past, where it is known; a recording brings its own.
  RuleDesk::Seeder seeder;
  if (life.kind == WatchAlerts::Life::Kind::live) {
    seeder = [this](const SymbolRequest& about, std::span<const IndicatorRequest> requests) {
      return known_past(about, requests);
    };
  }
  auto opened =
      WatchAlerts::open(config, life, std::move(seeder), {journal_, session_.clock, log_});
  if (!opened) return std::move(opened).error();
  alerts_ = *std::move(opened);
  alert_slot_.put(*alerts_);
  return {};
}

KnownPast WatchStage::known_past(const SymbolRequest& about,
                                 std::span<const IndicatorRequest> requests) const {
  const std::vector<PastNeed> needs = needs_of(requests);
  const UtcTime now = session_.clock.now();
  KnownPast past;
  if (history_) past.candles = past_from_history(*history_, about, needs, now);
  if (asks_exchanges_) past.open = open_needs(needs, past.candles, now);
  return past;
}

RuleDesk* WatchStage::rule_desk() const { return alerts_ ? &alerts_->desk() : nullptr; }

void WatchStage::set_history(const Config& config) {
  if (!config.history.enabled) {
    if (auto closed = close_history(); !closed) log_.warning(closed.error().message);
    return;
  }
  if (history_feeder_) return history_feeder_->set_options(config.history);
  auto store = history::open_history_store(history::history_file(config.general.state_dir));
  if (!store) {
    log_.warning("prices are not remembered: " + store.error().message);
    return;
  }
  history_ = *std::move(store);
  history_feeder_.emplace(config.history, HistoryFeeder::Ports{*history_, session_.clock, log_});
  history_slot_.put(*history_feeder_);
}

Result<void> WatchStage::close_history() {
  auto finished = history_slot_.finish();
  history_slot_.clear();
  history_feeder_.reset();
  history_.reset();
  return finished;
}

std::uint64_t WatchStage::resumed_at() const { return alerts_ ? alerts_->resumed_at() : 0; }

std::string WatchStage::alert_status() const { return alerts_ ? alerts_->status() : std::string{}; }

std::string WatchStage::alert_list() const { return alerts_ ? alerts_->list() : "[]"; }

void WatchStage::open_redis(const Config& config, std::function<std::uint64_t()> leader_token) {
  auto redis = RedisStage::open(config, session_, log_, std::move(leader_token));
  if (!redis) {
    log_.warning("going on without Redis: " + redis.error().message);
    return;
  }
  auto feed =
      make_redis_feed({.cache = (*redis)->cache(), .client = (*redis)->client(), .log = log_});
  if (!feed) {
    log_.warning("going on without Redis: " + feed.error().message);
    return;
  }
  redis_ = *std::move(redis);
  redis_feed_ = *std::move(feed);
  local_ = cache_ ? std::move(cache_) : make_memory_cache(session_.clock);
  cache_ = make_fed_cache(*local_, *redis_feed_);
}

void WatchStage::show(std::span<const SymbolRequest> requests, std::string title,
                      milliseconds stale_after) {
  if (options_.output != WatchOutput::table) return;
  if (!screen_) {
    screen_.emplace(LiveScreen::Options{.out = fileno(session_.out),
                                        .keys = session_.in_is_terminal ? session_.in : -1,
                                        .color = session_.color_out(),
                                        .ages = options_.ages},
                    session_.clock, log_);
  }
  screen_->show(requests, std::move(title), stale_after);
}

Result<void> WatchStage::hold_state(const std::filesystem::path& folder) {
  if (state_) return {};
  auto lock = StateLock::acquire(folder);
  if (!lock) return std::move(lock).error();
  state_.emplace(*std::move(lock));
  journal_.settle_in(folder);
  return {};
}

std::optional<ExitCode> WatchStage::run(std::span<TickerSource* const> sources, Hooks hooks) {
  release_startup_pages();
  std::vector<TickObserver*> observers{&alert_slot_, &history_slot_};
  if (feeder_) observers.push_back(&*feeder_);
  if (writer_) observers.push_back(&*writer_);
  if (screen_) observers.push_back(&*screen_);
  observers.insert(observers.end(), more_.begin(), more_.end());
  RunnerOptions options{.run_for = options_.run_for,
                        .on_reload = std::move(hooks.on_reload),
                        .status_line = std::move(hooks.status_line)};
  if (hooks.report) {
    options.on_status = [this, report = std::move(hooks.report)] { tell_status(report()); };
  }
  runner_.emplace(sources, observers, std::move(options),
                  Runner::Ports{session_.clock, session_.signals, service_});
  const auto end = runner_->run();
  journal_.finish();
  if (!end) return fail(end.error(), session_);
  if (writer_ && writer_->reader_gone()) return ExitCode::closed_pipe;
  switch (*end) {
    case RunEnd::stopped:
    case RunEnd::observer:
      return ExitCode::ok;
    case RunEnd::time_over:
      return ticks() > 0 ? ExitCode::ok : ExitCode::no_data;
    case RunEnd::source_ended:
      break;
  }
  return std::nullopt;
}

milliseconds WatchStage::uptime() const {
  if (!runner_) return milliseconds{0};
  return std::chrono::floor<milliseconds>(session_.clock.steady_now() - runner_->started());
}

bool WatchStage::screen_covers_stderr() const {
  return screen_.has_value() && session_.err_is_terminal;
}

void WatchStage::tell_status(const std::string& report) {
  if (screen_covers_stderr()) {
    log_.error(report);
    return;
  }
  fmt::print(session_.err, "{}\n", report);
  std::fflush(session_.err);
}

}  // namespace btcw::cli
