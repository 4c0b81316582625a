#include "watch_replay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "alert_lines.h"
#include "btcw/base/quoted.h"
#include "btcw/online/online.h"
#include "btcw/watch/replay_source.h"
#include "btcw/watch/rule_judge.h"
#include "symbol_arguments.h"
#include "watch_explain.h"
#include "watch_stage.h"

namespace btcw::cli {
namespace {

constexpr milliseconds kPatienceAtFullSpeed{50};

/// The recording: a file of its own, or stdin, which is borrowed.
class Recording {
 public:
  static Result<Recording> open(const std::string& name, int in) {
    if (name == "-") return Recording{in, Owner::session};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is declared so.
    const int fd = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd >= 0) return Recording{fd, Owner::self};
    const std::string reason = std::error_code{errno, std::generic_category()}.message();
    return Error{Errc::invalid_input,
                 fmt::format("cannot open {}: {}", btcw::quoted(name), reason)};
  }
  Recording(Recording&& other) noexcept
      : fd_{other.fd_}, owner_{std::exchange(other.owner_, Owner::session)} {}
  Recording& operator=(Recording&&) = delete;
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording() {
    if (owner_ == Owner::self) close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  enum class Owner { self, session };
  Recording(int fd, Owner owner) : fd_{fd}, owner_{owner} {}

  int fd_;
  Owner owner_;
};

Result<ReplayOptions> replay_options(const WatchArguments& arguments, const Config& config,
                                     Session& session) {
  ReplayOptions options{.speed = arguments.replay_speed.value_or(ReplaySpeed{}),
                        .exchanges = arguments.exchanges};
  if (arguments.symbols.empty()) return options;
  auto symbols = read_symbols(arguments.symbols, config, session);
  if (!symbols) return std::move(symbols).error();
  options.only = std::move(symbols->requests);
  return options;
}

ExitCode exit_code_of(const ReplayStatus& status) {
  if (status.tickers == 0) return ExitCode::no_data;
  return status.bad_lines > 0 ? ExitCode::partial : ExitCode::ok;
}

/// What tells this replay from all others, so that one that was killed goes on; empty: nothing
/// does.
std::string name_of(const WatchArguments& arguments, int recording) {
  struct stat status {};
  if (*arguments.replay == "-" || ::fstat(recording, &status) != 0) return {};
  std::string name = fmt::format("{} {} {}.{}", status.st_ino, status.st_size,
                                 status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  for (const std::string& symbol : arguments.symbols) name += " " + symbol;
  for (const ExchangeName& exchange : arguments.exchanges) {
    name.append(" @").append(exchange.text());
  }
  return name;
}

/// A replay that stores nothing: the alerts are judged from nothing, for somebody to see.
class Rehearsal {
 public:
  Rehearsal(std::vector<Alert> alerts, AlertReceiver& receiver, const Clock& clock)
      : desk_{std::move(alerts)},
        judge_{desk_, receiver, {.time = RuleDesk::Time::recorded}, clock} {}

  [[nodiscard]] const RuleDesk& desk() const { return desk_; }
  [[nodiscard]] TickObserver& observer() { return judge_; }

 private:
  RuleDesk desk_;
  RuleJudge judge_;
};

/// The time of the last ticker.
class LastTime final : public TickObserver {
 public:
  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override {
    if (!ticks.empty()) time_ = ticks.back().ticker.received;
    return Flow::go_on;
  }
  [[nodiscard]] UtcTime time() const { return time_; }

 private:
  UtcTime time_{};
};

/// `watch --replay` while it runs.
class Replay {
 public:
  Replay(const WatchArguments& arguments, const Config& config, Session& session)
      : arguments_{arguments}, config_{config}, session_{session} {}

  ExitCode run();

 private:
  [[nodiscard]] bool is_rehearsal() const {
    return arguments_.alerts_only || arguments_.explain.has_value();
  }
  [[nodiscard]] WatchOutput output() const {
    return is_rehearsal() ? WatchOutput::none : output_for(arguments_, session_);
  }
  Result<void> rehearse();
  [[nodiscard]] std::string report() const;
  ExitCode end(std::optional<ExitCode> code);

  const WatchArguments& arguments_;
  const Config& config_;
  Session& session_;
  std::optional<WatchStage> stage_;
  std::optional<AlertLines> lines_;
  std::optional<Rehearsal> rehearsal_;
  LastTime last_;
  std::optional<ReplaySource> source_;
};

ExitCode Replay::run() {
  auto options = replay_options(arguments_, config_, session_);
  if (!options) return fail(options.error(), session_);
  const auto recording = Recording::open(*arguments_.replay, session_.in);
  if (!recording) return fail(recording.error(), session_);
  const auto online = load_online();
  if (!online) return fail(online.error(), session_);
  const auto reader = (*online)->make_ticker_reader();

  const ReplaySpeed speed = options->speed;
  stage_.emplace(WatchStage::Options{.output = output(),
                                     .ages = Ages::recording,
                                     .flush = speed.unlimited() ? Flush::when_full : Flush::at_once,
                                     .run_for = arguments_.run_for},
                 session_);
  Result<void> alerts;
  if (is_rehearsal()) {
    alerts = rehearse();
  } else {
    stage_->open_cache(config_);
    alerts = stage_->set_alerts(
        config_, {.kind = WatchAlerts::Life::Kind::replay,
                  .name = name_of(arguments_, recording->fd()),
                  .patience = speed.unlimited() ? kPatienceAtFullSpeed : milliseconds{0}});
    options->resume_at = stage_->resumed_at();
  }
  if (!alerts) return fail(alerts.error(), session_);
  stage_->show(options->only, fmt::format("btcw watch  REPLAY of {}", *arguments_.replay),
               config_.cache.ttl);
  source_.emplace(recording->fd(), *std::move(options),
                  ReplaySource::Ports{*reader, session_.clock, stage_->log()});
  const auto tell = [this] { return report(); };
  return end(stage_->run(*source_, {.report = tell, .status_line = tell}));
}

Result<void> Replay::rehearse() {
  auto alerts = compile_alerts(config_.alerts, config_.general.quote);
  if (!alerts) return std::move(alerts).error();
  if (arguments_.explain) {
    if (auto known = require_alert(*alerts, *arguments_.explain); !known) return known;
  }
  const bool plain = session_.out_is_terminal && !arguments_.ndjson;
  std::FILE* const out = arguments_.alerts_only ? session_.out : nullptr;
  lines_.emplace(out, plain ? AlertLines::Form::plain : AlertLines::Form::ndjson);
  rehearsal_.emplace(*std::move(alerts), *lines_, session_.clock);
  stage_->add_observer(rehearsal_->observer());
  stage_->add_observer(last_);
  return {};
}

std::string Replay::report() const {
  std::string text =
      fmt::format("watch: replay of {}, up {}, {} tickers, {} bad lines", *arguments_.replay,
                  to_string(std::chrono::floor<seconds>(stage_->uptime())),
                  source_->status().tickers, source_->status().bad_lines);
  const std::string alerts = stage_->alert_status();
  return alerts.empty() ? text : text + ", " + alerts;
}

ExitCode Replay::end(std::optional<ExitCode> code) {
  if (code) return *code;
  if (arguments_.explain)
    print_explanation(rehearsal_->desk(), *arguments_.explain, last_.time(), session_);
  return exit_code_of(source_->status());
}

}  // namespace

ExitCode watch_replay(const WatchArguments& arguments, Session& session) {
  const auto config = session.load_config(SecretFetching::redis_only);
  if (!config) return fail(config.error(), session);
  return Replay{arguments, *config, session}.run();
}

}  // namespace btcw::cli
