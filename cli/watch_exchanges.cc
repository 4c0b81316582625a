#include "watch_exchanges.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agenda_stage.h"
#include "btcw/watch/polling_source.h"
#include "btcw/watch/stream_source.h"
#include "exchange_past.h"
#include "online_market.h"
#include "redis_in_use.h"
#include "watch_network.h"
#include "watch_reload.h"
#include "watch_stage.h"
#include "watch_status.h"
#include "watch_symbols.h"
#include "watch_team.h"

namespace btcw::cli {
namespace {

// Most exchanges say something of a pair that is traded every second or two.
constexpr milliseconds kShortestQuiet = seconds{5};

/// `watch` of exchanges while it runs.
class ExchangeWatch {
 public:
  ExchangeWatch(const WatchArguments& arguments, Session& session)
      : arguments_{arguments},
        session_{session},
        stage_{{.output = output_for(arguments, session), .run_for = arguments.run_for}, session} {}

  ExitCode run(const Config& config);

 private:
  void open_cache(const Config& config);
  [[nodiscard]] Result<std::vector<SymbolRequest>> requests_of(const Config& config);
  [[nodiscard]] PollingOptions polling_options(const Config& config,
                                               std::vector<SymbolRequest> requests) const;
  Result<void> set_alerts(const Config& config);
  [[nodiscard]] bool streams() const { return !arguments_.once && !arguments_.no_stream; }
  void open_streams(const PollingOptions& polling, std::vector<ExchangeName> preference);
  void stream_through(const WatchNetwork::StreamPorts& ports, const PollingOptions& polling,
                      std::vector<ExchangeName> preference);
  [[nodiscard]] StreamOptions stream_options(const PollingOptions& polling,
                                             std::vector<ExchangeName> preference) const;
  [[nodiscard]] WatchStatus status() const;
  void show(const PollingOptions& polling, const Config& config);
  Flow reload();
  Result<void> apply(const Config& config);
  /// nullopt: the one that is there serves on.
  Result<std::optional<OtherNetwork>> open_other_network(const Config& config);
  void use_network(std::optional<OtherNetwork> other, PollingOptions polling,
                   std::vector<ExchangeName> preference);
  void tell_what_stays(const Config& config);

  const WatchArguments& arguments_;
  Session& session_;
  WatchStage stage_;
  AgendaStage agenda_{AgendaStage::Market::real, stage_.journal(), session_, stage_.log()};
  GeneralOptions general_;
  RedisInUse redis_;
  std::vector<SymbolRequest> requests_;
  // The sources ask through the network: they go first.
  std::optional<WatchNetwork> network_;
  std::optional<StreamSource> stream_;
  std::optional<PollingSource> source_;
  ExchangePast past_{stage_, session_};
  // What it gives to the stage asks the source.
  std::unique_ptr<WatchTeam> team_;  ///< nullptr: no other host is asked
};

ExitCode ExchangeWatch::run(const Config& config) {
  auto requests = requests_of(config);
  if (!requests) return fail(requests.error(), session_);
  requests_ = *std::move(requests);
  PollingOptions polling = polling_options(config, requests_);
  general_ = config.general;
  redis_ = RedisInUse::of(config);
  if (auto held = stage_.hold_state(config.general.state_dir); !held) {
    const ExitCode code = fail(held.error(), session_);
    // A crontab's next turn will do what this one could not.
    return arguments_.once ? ExitCode::temporary : code;
  }
  stage_.set_history(config);
  if (auto alerts = set_alerts(config); !alerts) return fail(alerts.error(), session_);
  tell_unwatched_alerts(config, requests_, arguments_.exchanges, stage_.log());
  auto network =
      WatchNetwork::open({clone(config.http), config.market, request_budget_file(config)},
                         session_.clock, stage_.log());
  if (!network) return fail(network.error(), session_);
  network_.emplace(*std::move(network));
  open_cache(config);
  show(polling, config);
  if (streams()) open_streams(polling, config.market.order);
  source_.emplace(std::move(polling), network_->job(),
                  PollingSource::Ports{session_.clock, stage_.log(), session_.random,
                                       stream_ ? &*stream_ : nullptr});
  const auto status = [this] { return this->status(); };
  if (!arguments_.once) {
    auto plan = agenda_.prepare(requests_);
    if (!plan) return fail(plan.error(), session_);
    if (auto begun = agenda_.start(*std::move(plan)); !begun) return fail(begun.error(), session_);
    for (TickObserver* const each : agenda_.observers()) stage_.add_observer(*each);
    stage_.add_observer(past_.observer());
  }
  std::vector<TickerSource*> sources{&*source_};
  if (team_) sources = team_->sources(*source_, stream_ ? &*stream_ : nullptr);
  if (stream_) sources.push_back(&*stream_);
  const auto code = stage_.run(
      sources, {.on_reload = [this] { return reload(); },
                .report =
                    [this, status] {
                      return describe(status(), session_.clock, session_.common) + agenda_.report();
                    },
                .status_line = [status] { return summarize(status()); }});
  agenda_.stop();
  return code.value_or(exit_code_of(source_->status()));
}

Result<void> ExchangeWatch::set_alerts(const Config& config) {
  // One cycle would be over before the past is there.
  auto set = stage_.set_alerts(config, {.asks_exchanges = !arguments_.once});
  if (set) past_.configure(config);
  return set;
}

void ExchangeWatch::open_cache(const Config& config) {
  // One cycle is over before it is clear who leads.
  if (config.deployment.backing(Role::fan_out) == Backing::local || arguments_.once) {
    return stage_.open_cache(config);
  }
  auto team = WatchTeam::join(config, requests_, session_, stage_.log());
  if (!team) {
    stage_.log().warning("going on without the other hosts: " + team.error().message);
    return stage_.open_cache(config);
  }
  team_ = *std::move(team);
  stage_.open_cache(config, team_->token());
}

void ExchangeWatch::open_streams(const PollingOptions& polling,
                                 std::vector<ExchangeName> preference) {
  const auto ports = network_->open_streams(session_.clock, stage_.log());
  if (!ports) return stage_.log().warning("going on without streams: " + ports.error().message);
  stream_through(*ports, polling, std::move(preference));
}

void ExchangeWatch::stream_through(const WatchNetwork::StreamPorts& ports,
                                   const PollingOptions& polling,
                                   std::vector<ExchangeName> preference) {
  stream_.emplace(
      stream_options(polling, std::move(preference)),
      StreamFleet::Ports{ports.sockets, ports.http, session_.clock, session_.random, stage_.log()});
}

StreamOptions ExchangeWatch::stream_options(const PollingOptions& polling,
                                            std::vector<ExchangeName> preference) const {
  return {.requests = polling.requests,
          .order = polling.order,
          .preference = std::move(preference),
          .exchanges = network_->streamed_exchanges(),
          .quiet_after = std::max<milliseconds>(polling.interval, kShortestQuiet)};
}

WatchStatus ExchangeWatch::status() const {
  WatchStatus status{.uptime = stage_.uptime(),
                     .tickers = stage_.ticks(),
                     .cache_batches = stage_.cache_batches(),
                     .polling = source_->status(),
                     .symbols = source_->options().requests.size(),
                     .interval = source_->options().interval,
                     .alerts = stage_.alert_status()};
  if (session_.common.log_format == LogFormat::json) status.alert_list = stage_.alert_list();
  if (stream_) {
    status.streams = stream_->status();
    status.streamed = stream_->streamed();
    status.stream_tickers = stream_->ticks();
  }
  status.redis = status_of(redis_, stage_, team_.get());
  return status;
}

// Those of the command line are read once: there may be "-" among them.
Result<std::vector<SymbolRequest>> ExchangeWatch::requests_of(const Config& config) {
  if (!arguments_.symbols.empty() && !requests_.empty()) return requests_;
  return requests_to_watch(arguments_, config, session_);
}

PollingOptions ExchangeWatch::polling_options(const Config& config,
                                              std::vector<SymbolRequest> requests) const {
  return {.requests = std::move(requests),
          .order = arguments_.exchanges,
          .interval = arguments_.interval.value_or(config.watch.interval),
          .once = arguments_.once};
}

void ExchangeWatch::show(const PollingOptions& polling, const Config& config) {
  const std::size_t count = polling.requests.size();
  stage_.show(polling.requests,
              fmt::format("btcw watch  {} symbol{}  every {}", count, count == 1 ? "" : "s",
                          to_string(polling.interval)),
              std::max(config.cache.ttl, polling.interval * 3));
}

Flow ExchangeWatch::reload() {
  return reload_watch(session_, stage_.log(), [this]() -> Result<void> {
    auto config = session_.load_config(SecretFetching::all_but_channels);
    if (!config) return std::move(config).error();
    return apply(*config);
  });
}

// All that can fail comes first: a configuration that cannot be used changes nothing.
Result<void> ExchangeWatch::apply(const Config& config) {
  auto requests = requests_of(config);
  if (!requests) return std::move(requests).error();
  auto plan = agenda_.prepare(*requests);
  if (!plan) return std::move(plan).error();
  auto network = open_other_network(config);
  if (!network) return std::move(network).error();
  if (auto alerts = set_alerts(config); !alerts) return alerts;
  requests_ = *std::move(requests);
  tell_unwatched_alerts(config, requests_, arguments_.exchanges, stage_.log());
  stage_.set_history(config);
  tell_what_stays(config);
  if (team_) team_->reconfigure(requests_);
  PollingOptions polling = polling_options(config, requests_);
  show(polling, config);
  if (!arguments_.once) agenda_.change(*std::move(plan));
  use_network(*std::move(network), std::move(polling), config.market.order);
  return {};
}

Result<std::optional<OtherNetwork>> ExchangeWatch::open_other_network(const Config& config) {
  if (network_->serves(config.http, config.market)) return std::optional<OtherNetwork>{};
  auto network =
      WatchNetwork::open({clone(config.http), config.market, request_budget_file(config)},
                         session_.clock, stage_.log());
  if (!network) return std::move(network).error();
  OtherNetwork other{.network = *std::move(network), .streams = std::nullopt};
  if (stream_) {
    auto ports = other.network.open_streams(session_.clock, stage_.log());
    if (!ports) return std::move(ports).error();
    other.streams.emplace(*ports);
  }
  return std::optional{std::move(other)};
}

void ExchangeWatch::use_network(std::optional<OtherNetwork> other, PollingOptions polling,
                                std::vector<ExchangeName> preference) {
  if (!other) {
    if (stream_) stream_->reconfigure(stream_options(polling, std::move(preference)));
    return source_->reconfigure(std::move(polling));
  }
  // The old one goes last: the sources have let go of it by then.
  const WatchNetwork old = std::move(*network_);
  network_.emplace(std::move(other->network));
  if (other->streams) stream_through(*other->streams, polling, std::move(preference));
  source_->reconfigure(std::move(polling), network_->job());
}

void ExchangeWatch::tell_what_stays(const Config& config) {
  if (config.general.state_dir != general_.state_dir ||
      config.general.cache_dir != general_.cache_dir) {
    stage_.log().warning("other folders for state and cache are used after a restart only");
  }
  if (!redis_.is(RedisInUse::of(config))) {
    stage_.log().warning("another Redis for the prices is used after a restart only");
  }
}

}  // namespace

ExitCode watch_exchanges(const WatchArguments& arguments, Session& session) {
  const auto config = session.load_config(SecretFetching::all_but_channels);
  if (!config) return fail(config.error(), session);
  ExchangeWatch watch{arguments, session};
  return watch.run(*config);
}

}  // namespace btcw::cli
