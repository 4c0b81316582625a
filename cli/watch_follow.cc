#include "watch_follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agenda_stage.h"
#include "btcw/cache/redis_price_cache.h"
#include "btcw/watch/follow_source.h"
#include "redis_connector.h"
#include "redis_status.h"
#include "watch_reload.h"
#include "watch_stage.h"
#include "watch_status.h"
#include "watch_symbols.h"

namespace btcw::cli {
namespace {

/// `watch --follow-redis` while it runs.
class FollowWatch {
 public:
  FollowWatch(const WatchArguments& arguments, Session& session)
      : arguments_{arguments},
        session_{session},
        stage_{{.output = output_for(arguments, session), .run_for = arguments.run_for}, session} {}

  ExitCode run(const Config& config) {
    auto requests = requests_to_watch(arguments_, config, session_);
    if (!requests) return fail(requests.error(), session_);
    requests_ = *std::move(requests);
    const auto connector = RedisConnector::open(config, RedisInstance::prices, session_);
    if (!connector) return fail(connector.error(), session_);
    const auto held = stage_.hold_state(config.general.state_dir);
    if (!held) return fail(held.error(), session_);
    stage_.set_history(config);
    if (auto alerts = stage_.set_alerts(config, {}); !alerts) return fail(alerts.error(), session_);
    tell_unwatched_alerts(config, requests_, {}, stage_.log());
    // What comes from Redis does not go back there.
    stage_.open_local_cache(config);
    show(requests_, config);
    auto source = FollowSource::start(
        {.channel = redis_price_channel(config.redis.prefix), .requests = requests_},
        make_recorded_client((*connector)->connect(), link_, session_.clock), stage_.log());
    if (!source) return fail(source.error(), session_);
    source_ = *std::move(source);
    if (auto started = start_agenda(); !started) return fail(started.error(), session_);
    const auto code =
        stage_.run(*source_, {.on_reload = [this] { return reload(); },
                              .report = [this] { return status() + agenda_.report(); },
                              .status_line = [this] { return report(); }});
    agenda_.stop();
    return code.value_or(ExitCode::ok);
  }

 private:
  Result<void> start_agenda() {
    auto plan = agenda_.prepare(requests_);
    if (!plan) return std::move(plan).error();
    auto started = agenda_.start(*std::move(plan));
    if (!started) return started;
    for (TickObserver* const each : agenda_.observers()) stage_.add_observer(*each);
    return {};
  }

  void show(const std::vector<SymbolRequest>& requests, const Config& config) {
    const std::size_t count = requests.size();
    stage_.show(requests,
                fmt::format("btcw watch  {} symbol{}  as another host finds them", count,
                            count == 1 ? "" : "s"),
                std::max(config.cache.ttl, config.watch.interval * 3));
  }

  Flow reload() {
    return reload_watch(session_, stage_.log(), [this] { return apply(); });
  }

  Result<void> apply() {
    const auto config = session_.load_config(SecretFetching::redis_only);
    if (!config) return config.error();
    // Those of the command line are read once: there may be "-" among them.
    auto requests = arguments_.symbols.empty() ? requests_to_watch(arguments_, *config, session_)
                                               : Result<std::vector<SymbolRequest>>{requests_};
    if (!requests) return std::move(requests).error();
    auto plan = agenda_.prepare(*requests);
    if (!plan) return std::move(plan).error();
    if (auto alerts = stage_.set_alerts(*config, {}); !alerts) return alerts;
    requests_ = *std::move(requests);
    tell_unwatched_alerts(*config, requests_, {}, stage_.log());
    stage_.set_history(*config);
    show(requests_, *config);
    source_->reconfigure(requests_);
    agenda_.change(*std::move(plan));
    return {};
  }

  [[nodiscard]] std::string status() const {
    const RedisStatus redis{.roles = {to_string(Role::fan_out)},
                            .connections = {{"follow", link_->link()}}};
    switch (session_.common.log_format) {
      case LogFormat::text:
        break;
      case LogFormat::json:
        return fmt::format(
            R"({{"time":"{}","level":"info","msg":"status","uptime":{},"symbols":{},"tickers":{},)"
            R"("cache_batches":{},"redis":{},"alerts":{},"resident_bytes":{}}})",
            to_rfc3339(session_.clock.now()), stage_.uptime().count() / 1000, requests_.size(),
            stage_.ticks(), stage_.cache_batches(), as_json(redis), stage_.alert_list(),
            resident_bytes());
    }
    std::string text = report() + as_text(redis);
    if (const auto alerts = stage_.alert_status(); !alerts.empty()) text += "\n  alerts: " + alerts;
    return text;
  }

  [[nodiscard]] std::string report() const {
    return fmt::format("watch: follows another, up {}, {} tickers, {} cache batches written",
                       to_string(std::chrono::floor<seconds>(stage_.uptime())), stage_.ticks(),
                       stage_.cache_batches());
  }

  const WatchArguments& arguments_;
  Session& session_;
  WatchStage stage_;
  AgendaStage agenda_{AgendaStage::Market::real, stage_.journal(), session_, stage_.log()};
  std::vector<SymbolRequest> requests_;
  // Shared with the client, which writes it on the thread that uses it.
  std::shared_ptr<RedisLinkRecord> link_ = std::make_shared<RedisLinkRecord>();
  std::unique_ptr<FollowSource> source_;
};

}  // namespace

ExitCode watch_follow(const WatchArguments& arguments, Session& session) {
  const auto config = session.load_config(SecretFetching::redis_only);
  if (!config) return fail(config.error(), session);
  if (config->deployment.backing(Role::fan_out) == Backing::local) {
    return fail_usage(
        "watch: --follow-redis needs deployment.fan_out = \"redis\", or plan \"full\"", "watch",
        session);
  }
  FollowWatch watch{arguments, session};
  return watch.run(*config);
}

}  // namespace btcw::cli
