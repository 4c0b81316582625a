#include "watch_actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "btcw/agenda/day_past.h"
#include "btcw/agenda/digest.h"
#include "btcw/agenda/prune.h"
#include "btcw/price/price_lookup.h"
#include "btcw/queue/file_queue.h"
#include "btcw/store/backup.h"
#include "deployed_queue.h"
#include "known_history.h"
#include "set_up_check.h"
#include "shared_cache.h"
#include "state_backup.h"

namespace btcw::cli {
namespace {

std::string describe(const DrainSummary& summary) {
  return fmt::format("{} delivered, {} deferred, {} dead", summary.delivered, summary.deferred,
                     summary.dead);
}

}  // namespace

void WatchActions::set(std::shared_ptr<ActionSettings> settings) {
  const std::lock_guard lock{mutex_};
  settings_ = std::move(settings);
}

Result<std::string> WatchActions::run(const ActionRun& run) {
  std::shared_ptr<ActionSettings> settings;
  {
    const std::lock_guard lock{mutex_};
    settings = settings_;
  }
  switch (run.options.action) {
    case ScheduleAction::digest:
      return digest(run, *settings);
    case ScheduleAction::drain:
      return drain(run, *settings);
    case ScheduleAction::prune:
      return prune_all(run, *settings);
    case ScheduleAction::check:
      return check(run, *settings);
    case ScheduleAction::backup:
      return backup(run, *settings);
    case ScheduleAction::exec:
      break;
  }
  return Error{Errc::invalid_input, "exec is no action of this kind"};
}

std::vector<SymbolRequest> WatchActions::symbols_of(const ActionRun& run,
                                                    const ActionSettings& settings) const {
  return run.options.symbols.empty() ? settings.watched : run.options.symbols;
}

Result<std::string> WatchActions::digest(const ActionRun& run, ActionSettings& settings) {
  std::vector<DigestRow> rows;
  SharedCache cache{settings.config, session_.clock, log_};
  const auto history = open_known_history(settings.config, log_);
  std::size_t known = 0;
  for (const SymbolRequest& request : symbols_of(run, settings)) {
    DigestRow row{request, trail_.find(request)};
    if (!row.prices && !settings.simulated) {
      const auto cached = cache.get(std::vector{request});
      if (cached && cached->front()) row.prices = TrailPrices{*cached->front(), {}};
    }
    if (row.prices) ++known;
    if (row.prices && history) add_past(*history, settings, row);
    rows.push_back(std::move(row));
  }
  if (known == 0) return Error{Errc::unavailable, "no price is known yet"};
  const std::string title = (settings.simulated ? "DEMO: " : "") + run.options.name;
  auto sent = send(run, settings, title, make_digest_text(rows, session_.clock.now()));
  if (!sent) return std::move(sent).error();
  return fmt::format("{} of {} prices", known, rows.size());
}

void WatchActions::add_past(history::HistoryStore& store, const ActionSettings& settings,
                            DigestRow& row) {
  SymbolRequest series = row.request;
  // As the history calls what was simulated.
  if (settings.simulated) series.exchange = demo_exchange();
  const UtcTime now = session_.clock.now();
  const auto day = day_of(store, series.to_string(), now);
  if (!day) return log_.warning("digest: " + day.error().message);
  row.prices = with_past(*std::move(row.prices), *day, now);
}

Result<void> WatchActions::send(const ActionRun& run, const ActionSettings& settings,
                                std::string title, std::string body) {
  const UtcTime now = session_.clock.now();
  Notification message{.id = make_message_id(session_.clock, session_.random),
                       .title = std::move(title),
                       .body = std::move(body),
                       .priority = run.options.priority,
                       .channels = run.options.channels,
                       .tags = {std::string{to_string(run.options.action)}},
                       .created = now};
  if (settings.config.queue.ttl > milliseconds{0}) {
    message.expires = now + settings.config.queue.ttl;
  }
  auto queue = open_queue(settings.config, session_);
  if (!queue) return std::move(queue).error();
  const Queue::NewMessage batch[] = {{std::move(message), now}};
  return (*queue)->add(batch);
}

Result<std::string> WatchActions::drain(const ActionRun& run, ActionSettings& settings) {
  if (!settings.delivery) return Error{Errc::unavailable, "drained after a restart only"};
  std::unique_lock in_use{settings.delivery_in_use, std::try_to_lock};
  constexpr milliseconds kLookAgain{50};
  while (!in_use.owns_lock() && !in_use.try_lock()) {
    if (run.stop.is_raised()) return Error{Errc::unavailable, "another drain goes on"};
    session_.clock.wait_until(session_.clock.steady_now() + kLookAgain, {});
  }
  auto queue = open_queue(settings.config, session_);
  if (!queue) return std::move(queue).error();
  const auto due = (*queue)->next_due();
  if (!due) return due.error();
  if (!*due || **due > session_.clock.now()) return describe(DrainSummary{});
  const DrainPorts stage = settings.delivery->ports(**queue);
  Drainer drainer{{.queue = stage.queue,
                   .channels = stage.channels,
                   .deliveries = stage.deliveries,
                   .commands = stage.commands,
                   .clock = stage.clock,
                   .random = stage.random,
                   .log = log_,
                   .signals = run.stop}};
  const auto summary = drainer.run({.max_attempts = settings.config.queue.max_attempts});
  if (!summary) return summary.error();
  settings.delivery->adhoc().remove_unused(**queue, session_.clock);
  if (summary->hindered == 0 && summary->dead == 0) return describe(*summary);
  return Error{Errc::unavailable, describe(*summary)};
}

Result<std::string> WatchActions::prune_all(const ActionRun& run, ActionSettings& settings) {
  const Config& config = settings.config;
  PosixFiles files;
  auto queue = open_queue(config, session_);
  if (!queue) return std::move(queue).error();
  DedupIndex marks{config.queue.dir, files};
  const auto log_file = config.general.state_dir / "deliveries.db";
  std::unique_ptr<DeliveryLog> deliveries;
  std::error_code ignored;  // what is not there need not be cleaned
  if (std::filesystem::exists(log_file, ignored)) {
    auto opened = open_delivery_log(log_file, session_.clock);
    if (!opened) return std::move(opened).error();
    deliveries = *std::move(opened);
  }
  SharedCache cache{config, session_.clock, log_};
  return prune(
      {.queue = **queue,
       .marks = marks,
       .deliveries = deliveries.get(),
       .cache = std::filesystem::exists(shared_cache_file(config), ignored) ? &cache : nullptr},
      {.dead = run.options.dead_after,
       .deliveries = run.options.deliveries_after,
       .prices = config.cache.keep},
      session_.clock.now());
}

Result<std::string> WatchActions::check(const ActionRun& run, ActionSettings& settings) {
  const auto asked = settings.simulated ? std::vector<SymbolRequest>{} : symbols_of(run, settings);
  const std::vector<std::string> faults =
      check_set_up({settings.config, asked, run.options.max_pending, run.stop}, session_, log_);
  const std::string text = fmt::format("{}", fmt::join(faults, "\n"));
  bool is_news = false;
  {
    const std::lock_guard lock{mutex_};
    std::string& told = faults_told_[run.options.name];
    is_news = told != text;
    told = text;
  }
  if (is_news) {
    const std::string title = run.options.name + (faults.empty() ? ": all is well again" : "");
    auto sent = send(run, settings, title, faults.empty() ? "nothing is wrong any more" : text);
    if (!sent) log_.warning("schedule " + run.options.name + ": " + sent.error().message);
  }
  if (faults.empty()) return std::string{"nothing is wrong"};
  return Error{Errc::unavailable, fmt::format("{}", fmt::join(faults, "; "))};
}

Result<std::string> WatchActions::backup(const ActionRun& run, ActionSettings& settings) {
  const auto& state = settings.config.general.state_dir;
  const auto folder = run.options.path.empty() ? state / "backups" : run.options.path;
  return back_up_state(state, folder, static_cast<std::size_t>(run.options.keep),
                       session_.clock.now());
}

}  // namespace btcw::cli
