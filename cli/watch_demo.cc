#include "watch_demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "agenda_stage.h"
#include "btcw/watch/demo_source.h"
#include "watch_reload.h"
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

std::vector<SymbolRequest> rows_of(const std::vector<Symbol>& symbols) {
  std::vector<SymbolRequest> rows;
  for (const Symbol& symbol : symbols) rows.push_back({symbol});
  return rows;
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
    symbols_ = symbols_of(*requests);
    tell_unwatched_alerts(config, rows_of(symbols_), {}, stage_.log());
    show(symbols_);
    if (!arguments_.once) {
      for (TickObserver* const each : agenda_.observers()) stage_.add_observer(*each);
      const auto started = start_agenda();
      if (!started) return fail(started.error(), session_);
    }
    source_.emplace(
        DemoOptions{
            .symbols = symbols_, .interval = interval(), .seed = seed_, .once = arguments_.once},
        session_.clock);
    const auto code =
        stage_.run(*source_, {.on_reload = [this] { return reload(); },
                              .report = [this] { return report() + agenda_.report(); },
                              .status_line = [this] { return report(); }});
    agenda_.stop();
    return code.value_or(ExitCode::ok);
  }

 private:
  Result<void> start_agenda() {
    auto plan = agenda_.prepare(rows_of(symbols_));
    if (!plan) return std::move(plan).error();
    if (AgendaStage::has_work(**plan)) {
      const auto held = stage_.hold_state(AgendaStage::state_dir(**plan));
      if (!held) {
        stage_.log().warning("going on without schedules: " + held.error().message);
        return {};
      }
    }
    return agenda_.start(*std::move(plan));
  }

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
    stage_.show(rows_of(symbols),
                fmt::format("btcw watch  {}  every {}", banner(), to_string(interval())),
                std::max<milliseconds>(seconds{10}, interval() * 3));
  }

  Flow reload() {
    return reload_watch(session_, stage_.log(), [this] { return apply(); });
  }

  Result<void> apply() {
    const auto config = session_.load_config(SecretFetching::all_but_channels);
    if (!config) return config.error();
    std::vector<Symbol> symbols = symbols_;
    if (arguments_.symbols.empty()) {
      const auto requests = requests_to_watch(arguments_, *config, session_);
      if (!requests) return requests.error();
      symbols = symbols_of(*requests);
    }
    auto plan = agenda_.prepare(rows_of(symbols));
    if (!plan) return std::move(plan).error();
    if (AgendaStage::has_work(**plan)) {
      auto held = stage_.hold_state(AgendaStage::state_dir(**plan));
      if (!held) return held;
    }
    if (auto alerts = set_alerts(*config); !alerts) return alerts;
    symbols_ = std::move(symbols);
    tell_unwatched_alerts(*config, rows_of(symbols_), {}, stage_.log());
    show(symbols_);
    source_->reconfigure(symbols_, interval());
    if (!arguments_.once) agenda_.change(*std::move(plan));
    return {};
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
  AgendaStage agenda_{AgendaStage::Market::simulated, stage_.journal(), session_, stage_.log()};
  std::vector<Symbol> symbols_;
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
