#include "agenda_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "btcw/notify/json_writer.h"
#include "btcw/online/online.h"
#include "watch_network.h"

namespace btcw::cli {
namespace {

std::string describe_json(const ScheduleRunner::Status& one) {
  const RunRecord& record = one.record;
  const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  JsonObject object;
  object.text("schedule", one.state.name);
  one.state.next ? object.text("next", to_rfc3339(*one.state.next)) : object.raw("next", "null");
  if (record.last_start) {
    object.text("last_start", to_rfc3339(*record.last_start))
        .number("last_exit_code", record.last_exit_code)
        .number("last_took_ms", record.last_took.count());
  }
  return object.number("runs", number(record.runs))
      .number("failed", number(record.failures))
      .number("missed", number(record.missed))
      .number("skipped", number(record.skipped))
      .number("running", number(one.state.running))
      .str();
}

constexpr std::string_view kRecords = "schedules";

bool has(const std::vector<ScheduleOptions>& schedules, ScheduleAction action) {
  return std::any_of(schedules.begin(), schedules.end(),
                     [action](const ScheduleOptions& one) { return one.action == action; });
}

std::string describe(const ScheduleRunner::Status& one) {
  const RunRecord& record = one.record;
  std::string line = fmt::format("schedule {}: next {}", one.state.name,
                                 one.state.next ? to_rfc3339(*one.state.next) : "never");
  if (record.last_start) {
    line += fmt::format(", last {} (exit code {}, {})", to_rfc3339(*record.last_start),
                        record.last_exit_code, to_string(record.last_took));
  }
  line += fmt::format(", {} runs, {} failed, {} missed, {} skipped", record.runs, record.failures,
                      record.missed, record.skipped);
  if (one.state.running > 0) line += fmt::format(", {} running", one.state.running);
  return line;
}

}  // namespace

struct AgendaStage::Plan {
  std::shared_ptr<ActionSettings> settings;
  HttpOptions http;  ///< for pings
};

AgendaStage::AgendaStage(Market market, WatchJournal& journal, Session& session, Log& log)
    : market_{market},
      journal_{journal},
      session_{session},
      log_{log},
      actions_{trail_, session, log},
      alive_{session.clock} {}

Result<std::shared_ptr<AgendaStage::Plan>> AgendaStage::prepare(
    std::vector<SymbolRequest> watched) {
  auto config = session_.load_config(SecretFetching::all_but_channels);
  if (!config) return std::move(config).error();
  auto plan = std::make_shared<Plan>();
  plan->http = clone(config->http);
  const bool drains = has(config->schedules, ScheduleAction::drain);
  plan->settings = std::make_shared<ActionSettings>(*std::move(config));
  plan->settings->watched = std::move(watched);
  plan->settings->simulated = market_ == Market::simulated;
  if (!drains) return plan;
  auto with_channels = session_.load_config(SecretFetching::deliveries);
  if (!with_channels) return std::move(with_channels).error();
  plan->settings->delivery = std::make_unique<DeliveryStage>(*std::move(with_channels), session_);
  return plan;
}

bool AgendaStage::has_work(const Plan& plan) {
  const Config& config = plan.settings->config;
  return !config.schedules.empty() || !config.heartbeats.empty() || config.signals.enabled();
}

const std::filesystem::path& AgendaStage::state_dir(const Plan& plan) {
  return plan.settings->config.general.state_dir;
}

Result<void> AgendaStage::start(const std::shared_ptr<Plan>& plan) {
  const Config& config = plan->settings->config;
  const auto make_http = [this, plan]() -> Result<std::unique_ptr<HttpTransport>> {
    const auto online = load_online();
    if (!online) return online.error();
    return std::unique_ptr<HttpTransport>{
        (*online)->make_http(clone(plan->http), session_.clock, log_)};
  };
  auto pings = PingThread::start(make_http, session_.clock, log_);
  if (!pings) return std::move(pings).error();
  pings_ = *std::move(pings);
  book_.emplace(config.general.state_dir / kRecords, files_);
  use(*plan);
  auto runner = ScheduleRunner::start(
      config.schedules,
      {.grace = config.watch.grace,
       .variables = {{"BTCW_STATE_DIR", config.general.state_dir.string()}}},
      {session_.clock, log_, session_.environment, actions_, *pings_, *book_});
  if (!runner) return std::move(runner).error();
  runner_ = *std::move(runner);
  set_journal_users(*plan);
  return {};
}

std::vector<TickObserver*> AgendaStage::observers() {
  return {&trail_, &alive_, &signal_slot_, &heartbeat_slot_};
}

Result<void> AgendaStage::open_journal_users(const Config& config) {
  if (auto opened = journal_.open(config); !opened) return opened;
  if (signals_) return {};
  Journal& journal = journal_.journal();
  Outbox& outbox = journal_.outbox();
  signals_.emplace(SignalIntake::Ports{journal, outbox, session_.clock, session_.random, log_});
  heartbeats_.emplace(
      HeartbeatWatch::Ports{journal, outbox, session_.clock, session_.random, log_});
  signal_slot_.put(*signals_);
  heartbeat_slot_.put(*heartbeats_);
  return {};
}

void AgendaStage::set_journal_users(const Plan& plan) {
  const Config& config = plan.settings->config;
  const bool any = !config.heartbeats.empty() || config.signals.enabled();
  if (!any && !signals_) return;
  // A state folder that cannot be written to is no reason not to show prices.
  if (auto opened = open_journal_users(config); !opened) {
    return log_.error("going on without signals and heartbeats: " + opened.error().message);
  }
  if (auto set = signals_->set(config.signals, config.queue.ttl); !set) {
    log_.error("signals: " + set.error().message);
  }
  if (auto set = heartbeats_->set(config.heartbeats, config.queue.ttl); !set) {
    log_.error("heartbeats: " + set.error().message);
  }
}

void AgendaStage::change(const std::shared_ptr<Plan>& plan) {
  if (!runner_) {
    if (auto started = start(plan); !started) log_.error(started.error().message);
    return;
  }
  use(*plan);
  // prepare() has refused what set() would refuse.
  if (auto set = runner_->set(plan->settings->config.schedules); !set) {
    log_.error(set.error().message);
  }
  set_journal_users(*plan);
}

void AgendaStage::use(const Plan& plan) {
  const Config& config = plan.settings->config;
  trail_.keep(has(config.schedules, ScheduleAction::digest) ? PriceTrail::Keeping::prices
                                                            : PriceTrail::Keeping::nothing);
  alive_.set(config.watch.ping_url, config.watch.ping_every, *pings_);
  actions_.set(plan.settings);
}

std::string AgendaStage::report() const {
  std::string text;
  if (!runner_) return text;
  const bool as_json = session_.common.log_format == LogFormat::json;
  for (const ScheduleRunner::Status& one : runner_->status()) {
    text += '\n' + (as_json ? describe_json(one) : describe(one));
  }
  if (as_json) return text;
  if (heartbeats_) text += heartbeats_->report();
  if (signals_ && signals_->signals() > 0) {
    text += fmt::format("\nsignals: {} read, {} told", signals_->signals(), signals_->messages());
  }
  return text;
}

void AgendaStage::stop() {
  if (runner_) runner_->stop();
  runner_.reset();
  pings_.reset();
}

}  // namespace btcw::cli
