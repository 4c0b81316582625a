#include "watch_alerts.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <utility>

#include "alert_listing.h"
#include "btcw/watch/state_pruning.h"

namespace btcw::cli {
namespace {

using Kind = WatchAlerts::Life::Kind;

constexpr milliseconds kPruneEvery = std::chrono::hours{24};

std::uint64_t number_of(const std::optional<std::string>& text) {
  std::uint64_t number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

}  // namespace

Result<std::unique_ptr<WatchAlerts>> WatchAlerts::open(const Config& config, const Life& life,
                                                       RuleDesk::Seeder seeder, Ports ports) {
  // Not make_unique: the constructor is private.
  std::unique_ptr<WatchAlerts> alerts{new WatchAlerts{ports}};
  auto prepared = alerts->prepare(config, life, std::move(seeder));
  if (!prepared) return std::move(prepared).error();
  return alerts;
}

Result<void> WatchAlerts::prepare(const Config& config, const Life& life, RuleDesk::Seeder seeder) {
  auto compiled = compile_alerts(config.alerts, config.general.quote);
  if (!compiled) return std::move(compiled).error();
  if (auto opened = ports_.journal.open(config); !opened) return opened;
  auto options = options_of(config, life);
  if (!options) return std::move(options).error();
  const auto states = ports_.journal.journal().states(options->scope);
  if (!states) return states.error();
  desk_.emplace(*std::move(compiled), *states, std::move(seeder));
  dispatch_.emplace(*std::move(options),
                    AlertDispatch::Ports{ports_.journal.outbox(), ports_.clock, ports_.log});
  const auto time = life.kind == Kind::replay ? RuleDesk::Time::recorded : RuleDesk::Time::real;
  judge_.emplace(*desk_, *dispatch_, RuleJudge::Options{.time = time, .skip = skip_}, ports_.clock);
  if (life.kind == Kind::live) prune();
  return {};
}

Result<AlertDispatch::Options> WatchAlerts::options_of(const Config& config, const Life& life) {
  AlertDispatch::Options options{.patience = life.patience, .ttl = config.queue.ttl};
  if (life.kind == Kind::live) return options;
  options.is_episode = true;
  options.scope = life.kind == Kind::demo ? "demo" : "replay " + life.name;
  options.expires = life.kind == Kind::demo;
  if (life.kind == Kind::replay && !life.name.empty()) {
    options.progress_key = options.scope;
    const auto done = ports_.journal.journal().progress(options.progress_key);
    if (!done) return done.error();
    skip_ = number_of(*done);
    if (skip_ > 0) {
      ports_.log.info(
          fmt::format("the replay was cut off: its alerts go on behind {} tickers", skip_));
    }
    return options;
  }
  auto dropped = ports_.journal.journal().write({.dropped = {options.scope}});
  if (!dropped) {
    return std::move(dropped).error();
  }
  return options;
}

Result<void> WatchAlerts::replace(const Config& config) {
  auto compiled = compile_alerts(config.alerts, config.general.quote);
  if (!compiled) return std::move(compiled).error();
  // It is open: this says where messages go from now on.
  if (auto opened = ports_.journal.open(config); !opened) return opened;
  // What has changed since the last transaction is remembered, too.
  dispatch_->take_changes(*desk_);
  desk_->replace(*std::move(compiled));
  if (prune_at_ != SteadyTime::max()) prune();
  return {};
}

Result<Flow> WatchAlerts::on_time() {
  if (ports_.clock.steady_now() >= prune_at_) prune();
  return judge_->on_time();
}

void WatchAlerts::prune() {
  const auto pruned = prune_states(ports_.journal.journal(), desk_->alerts(), ports_.clock.now());
  if (!pruned) ports_.log.warning("alerts: " + pruned.error().message);
  prune_at_ = ports_.clock.steady_now() + kPruneEvery;
}

std::string WatchAlerts::status() const {
  std::string text = fmt::format("{} alerts, {} events", desk_->alerts().size(), judge_->events());
  if (const std::size_t waiting = ports_.journal.outbox().waiting(); waiting > 0) {
    text += fmt::format(", {} messages wait for the queue", waiting);
  }
  return text;
}

std::string WatchAlerts::list() const { return list_alerts(*desk_, ports_.clock.now()); }

}  // namespace btcw::cli
