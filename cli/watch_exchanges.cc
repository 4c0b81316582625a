#include "watch_exchanges.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "btcw/store/state_lock.h"
#include "btcw/watch/polling_source.h"
#include "online_market.h"
#include "watch_network.h"
#include "watch_stage.h"
#include "watch_status.h"
#include "watch_symbols.h"
#include "watch_team.h"

namespace btcw::cli {
namespace {

/// The Redis that prices go to.
struct RedisInUse {
  Backing cache = Backing::local;
  Backing fan_out = Backing::local;
  Secret url = {};
  Secret password = {};
  std::string prefix = {};

  static RedisInUse of(const Config& config) {
    return {.cache = config.deployment.backing(Role::price_cache),
            .fan_out = config.deployment.backing(Role::fan_out),
            .url = config.redis.url.clone(),
            .password = config.redis.password.clone(),
            .prefix = config.redis.prefix};
  }
  [[nodiscard]] bool is(const RedisInUse& other) const {
    if (cache != other.cache || fan_out != other.fan_out) return false;
    return (cache == Backing::local && fan_out == Backing::local) ||
           (url.reveal() == other.url.reveal() && password.reveal() == other.password.reveal() &&
            prefix == other.prefix);
  }
};

/// `watch` of exchanges while it runs.
class ExchangeWatch {
 public:
  ExchangeWatch(const WatchArguments& arguments, Session& session)
      : arguments_{arguments},
        session_{session},
        stage_{{.output = output_for(arguments, session), .run_for = arguments.run_for}, session} {}

  ExitCode run(Config config);

 private:
  void open_cache(const Config& config);
  Result<PollingOptions> polling_options(const Config& config);
  void show(const PollingOptions& polling, const Config& config);
  Flow reload();
  Result<void> apply(Config config);
  void keep_folders(const Config& config);
  void keep_redis(const Config& config);
  [[nodiscard]] ExitCode exit_code_of_cycle() const;

  const WatchArguments& arguments_;
  Session& session_;
  WatchStage stage_;
  GeneralOptions general_;
  RedisInUse redis_;
  std::vector<SymbolRequest> requests_;
  // The source asks through the network: it goes first.
  std::optional<WatchNetwork> network_;
  std::optional<PollingSource> source_;
  // What it gives to the stage asks the source.
  std::unique_ptr<WatchTeam> team_;  ///< nullptr: no other host is asked
};

ExitCode ExchangeWatch::run(Config config) {
  auto polling = polling_options(config);
  if (!polling) return fail(polling.error(), session_);
  general_ = config.general;
  redis_ = RedisInUse::of(config);
  auto lock = StateLock::acquire(config.general.state_dir);
  if (!lock) {
    const ExitCode code = fail(lock.error(), session_);
    // A crontab's next turn will do what this one could not.
    return arguments_.once ? ExitCode::temporary : code;
  }
  const auto budget = request_budget_file(config);
  auto network = WatchNetwork::open({std::move(config.http), std::move(config.market), budget},
                                    session_.clock, stage_.log());
  if (!network) return fail(network.error(), session_);
  network_.emplace(*std::move(network));
  open_cache(config);
  show(*polling, config);
  source_.emplace(*std::move(polling), network_->job(),
                  PollingSource::Ports{session_.clock, stage_.log(), session_.random});
  const auto status = [this] {
    return WatchStatus{.uptime = stage_.uptime(),
                       .tickers = stage_.ticks(),
                       .cache_batches = stage_.cache_batches(),
                       .polling = source_->status(),
                       .symbols = source_->options().requests.size(),
                       .interval = source_->options().interval};
  };
  std::vector<TickerSource*> sources{&*source_};
  if (team_) sources = team_->sources(*source_);
  const auto code = stage_.run(
      sources,
      {.on_reload = [this] { return reload(); },
       .report = [this, status] { return describe(status(), session_.clock, session_.common); },
       .status_line = [status] { return summarize(status()); }});
  return code.value_or(exit_code_of_cycle());
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

Result<PollingOptions> ExchangeWatch::polling_options(const Config& config) {
  // Those of the command line are read once: there may be "-" among them.
  if (arguments_.symbols.empty() || requests_.empty()) {
    auto requests = requests_to_watch(arguments_, config, session_);
    if (!requests) return std::move(requests).error();
    requests_ = *std::move(requests);
  }
  return PollingOptions{.requests = requests_,
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
  // A terminal that is closed sends the same signal.
  const bool had_terminal = session_.in_is_terminal || session_.err_is_terminal;
  if (had_terminal && isatty(session_.in) == 0 && isatty(fileno(session_.err)) == 0) {
    return Flow::stop;
  }
  auto config = session_.load_config(SecretFetching::all_but_channels);
  const auto applied = config ? apply(*std::move(config)) : Result<void>{std::move(config).error()};
  if (!applied) {
    stage_.log().error("the configuration stays as it was: " + applied.error().message);
  } else {
    stage_.log().info("configuration read again");
  }
  return Flow::go_on;
}

Result<void> ExchangeWatch::apply(Config config) {
  auto polling = polling_options(config);
  if (!polling) return std::move(polling).error();
  keep_folders(config);
  keep_redis(config);
  if (team_) team_->reconfigure(requests_);
  show(*polling, config);
  if (network_->serves(config.http, config.market)) {
    source_->reconfigure(*std::move(polling));
    return {};
  }
  const auto budget = request_budget_file(config);
  auto network = WatchNetwork::open({std::move(config.http), std::move(config.market), budget},
                                    session_.clock, stage_.log());
  if (!network) return std::move(network).error();
  // The old one goes last: the source has let go of it by then.
  const WatchNetwork old = std::move(*network_);
  network_.emplace(*std::move(network));
  source_->reconfigure(*std::move(polling), network_->job());
  return {};
}

void ExchangeWatch::keep_folders(const Config& config) {
  if (config.general.state_dir == general_.state_dir &&
      config.general.cache_dir == general_.cache_dir) {
    return;
  }
  stage_.log().warning("other folders for state and cache are used after a restart only");
}

void ExchangeWatch::keep_redis(const Config& config) {
  if (redis_.is(RedisInUse::of(config))) return;
  stage_.log().warning("another Redis for the prices is used after a restart only");
}

// The same as of `btcw price`.
ExitCode ExchangeWatch::exit_code_of_cycle() const {
  const PollingStatus& status = source_->status();
  if (status.failed == 0) return ExitCode::ok;
  if (status.answered > 0) return ExitCode::partial;
  if (status.unavailable > 0) return ExitCode::no_data;
  if (status.rate_limited > 0) return ExitCode::rate_limited;
  return exit_code_for(*status.first_error);
}

}  // namespace

ExitCode watch_exchanges(const WatchArguments& arguments, Session& session) {
  auto config = session.load_config(SecretFetching::all_but_channels);
  if (!config) return fail(config.error(), session);
  ExchangeWatch watch{arguments, session};
  return watch.run(*std::move(config));
}

}  // namespace btcw::cli
