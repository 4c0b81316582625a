#include "watch_demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "btcw/watch/demo_source.h"
#include "watch_stage.h"
#include "watch_symbols.h"

namespace btcw::cli {
namespace {

constexpr milliseconds kInterval = seconds{1};

/// The symbols alone: every exchange is "demo" here, whichever was named.
std::vector<Symbol> symbols_of(const std::vector<SymbolRequest>& requests) {
  std::vector<Symbol> symbols;
  for (const SymbolRequest& request : requests) {
    if (std::find(symbols.begin(), symbols.end(), request.symbol) == symbols.end()) {
      symbols.push_back(request.symbol);
    }
  }
  return symbols;
}

/// `watch --demo` while it runs.
class DemoWatch {
 public:
  DemoWatch(const WatchArguments& arguments, Session& session)
      : arguments_{arguments},
        session_{session},
        seed_{arguments.seed ? *arguments.seed
                             : session.random.below(std::numeric_limits<std::uint32_t>::max())},
        stage_{{.output = output_for(arguments, session), .run_for = arguments.run_for}, session} {}

  ExitCode run(const Config& config) {
    const auto requests = requests_to_watch(arguments_, config, session_);
    if (!requests) return fail(requests.error(), session_);
    say_what_it_is();
    stage_.open_cache(config);
    stage_.set_history(config);
    if (auto alerts = set_alerts(config); !alerts) return fail(alerts.error(), session_);
    const std::vector<Symbol> symbols = symbols_of(*requests);
    show(symbols);
    source_.emplace(
        DemoOptions{
            .symbols = symbols, .interval = interval(), .seed = seed_, .once = arguments_.once},
        session_.clock);
    const auto code = stage_.run(*source_, {.on_reload = [this] { return reload(); },
                                            .report = [this] { return report(); },
                                            .status_line = [this] { return report(); }});
    return code.value_or(ExitCode::ok);
  }

 private:
  [[nodiscard]] milliseconds interval() const { return arguments_.interval.value_or(kInterval); }

  Result<void> set_alerts(const Config& config) {
    return stage_.set_alerts(config, {.kind = WatchAlerts::Life::Kind::demo});
  }

  [[nodiscard]] std::string banner() const {
    return fmt::format("DEMO: simulated prices, not a market's (seed {})", seed_);
  }

  void say_what_it_is() const {
    if (session_.err_is_terminal && !session_.common.quiet) {
      fmt::print(session_.err, "{}\n", banner());
    }
  }

  void show(const std::vector<Symbol>& symbols) {
    std::vector<SymbolRequest> rows;
    for (const Symbol& symbol : symbols) rows.push_back({symbol});
    stage_.show(rows, fmt::format("btcw watch  {}  every {}", banner(), to_string(interval())),
                std::max<milliseconds>(seconds{10}, interval() * 3));
  }

  Flow reload() {
    const auto config = session_.load_config(SecretFetching::all_but_channels);
    auto requests = config
                        ? (arguments_.symbols.empty()
                               ? requests_to_watch(arguments_, *config, session_)
                               : Result<std::vector<SymbolRequest>>{std::vector<SymbolRequest>{}})
                        : Result<std::vector<SymbolRequest>>{config.error()};
    const auto changed = requests ? set_alerts(*config) : Result<void>{requests.error()};
    if (!changed) {
      stage_.log().error("the configuration stays as it was: " + changed.error().message);
      return Flow::go_on;
    }
    if (requests->empty()) return Flow::go_on;
    const std::vector<Symbol> symbols = symbols_of(*requests);
    show(symbols);
    source_->reconfigure(symbols, interval());
    return Flow::go_on;
  }

  [[nodiscard]] std::string report() const {
    return fmt::format("watch: {}, up {}, {} tickers, {} cache batches written", banner(),
                       to_string(std::chrono::floor<seconds>(stage_.uptime())), stage_.ticks(),
                       stage_.cache_batches());
  }

  const WatchArguments& arguments_;
  Session& session_;
  std::uint64_t seed_;
  WatchStage stage_;
  std::optional<DemoSource> source_;
};

}  // namespace

ExitCode watch_demo(const WatchArguments& arguments, Session& session) {
  const auto config = session.load_config(SecretFetching::redis_only);
  if (!config) return fail(config.error(), session);
  DemoWatch watch{arguments, session};
  return watch.run(*config);
}

}  // namespace btcw::cli
