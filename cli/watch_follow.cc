#include "watch_follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "btcw/cache/redis_price_cache.h"
#include "btcw/store/state_lock.h"
#include "btcw/watch/follow_source.h"
#include "redis_connector.h"
#include "watch_stage.h"
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
    const auto requests = requests_to_watch(arguments_, config, session_);
    if (!requests) return fail(requests.error(), session_);
    const auto connector = RedisConnector::open(config, session_);
    if (!connector) return fail(connector.error(), session_);
    const auto lock = StateLock::acquire(config.general.state_dir);
    if (!lock) return fail(lock.error(), session_);
    // What comes from Redis does not go back there.
    stage_.open_local_cache(config);
    show(*requests, config);
    auto source = FollowSource::start(
        {.channel = redis_price_channel(config.redis.prefix), .requests = *requests},
        (*connector)->connect(), stage_.log());
    if (!source) return fail(source.error(), session_);
    source_ = *std::move(source);
    const auto code = stage_.run(*source_, {.on_reload = [this] { return reload(); },
                                            .report = [this] { return report(); },
                                            .status_line = [this] { return report(); }});
    return code.value_or(ExitCode::ok);
  }

 private:
  void show(const std::vector<SymbolRequest>& requests, const Config& config) {
    const std::size_t count = requests.size();
    stage_.show(requests,
                fmt::format("btcw watch  {} symbol{}  as another host finds them", count,
                            count == 1 ? "" : "s"),
                std::max(config.cache.ttl, config.watch.interval * 3));
  }

  Flow reload() {
    const auto config = session_.load_config(SecretFetching::redis_only);
    if (!config) {
      stage_.log().error("the configuration stays as it was: " + config.error().message);
      return Flow::go_on;
    }
    // Those of the command line are read once: there may be "-" among them.
    if (!arguments_.symbols.empty()) return Flow::go_on;
    auto requests = requests_to_watch(arguments_, *config, session_);
    if (!requests) {
      stage_.log().error("the configuration stays as it was: " + requests.error().message);
      return Flow::go_on;
    }
    show(*requests, *config);
    source_->reconfigure(*std::move(requests));
    return Flow::go_on;
  }

  [[nodiscard]] std::string report() const {
    return fmt::format("watch: follows another, up {}, {} tickers, {} cache batches written",
                       to_string(std::chrono::floor<seconds>(stage_.uptime())), stage_.ticks(),
                       stage_.cache_batches());
  }

  const WatchArguments& arguments_;
  Session& session_;
  WatchStage stage_;
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
