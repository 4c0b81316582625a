#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "btcw/agenda/alive_ping.h"
#include "btcw/agenda/heartbeat_watch.h"
#include "btcw/agenda/ping_thread.h"
#include "btcw/agenda/price_trail.h"
#include "btcw/agenda/run_book.h"
#include "btcw/agenda/schedule_runner.h"
#include "btcw/signals/signal_intake.h"
#include "btcw/store/files.h"
#include "observer_slot.h"
#include "session.h"
#include "watch_actions.h"
#include "watch_journal.h"

namespace btcw::cli {

/// Everything that `watch` does beside the prices: schedules, a bot's signals, heartbeats of
/// others, and the sign of life of its own.
class AgendaStage {
 public:
  /// Whose prices there are.
  enum class Market { real, simulated };
  /// All is borrowed.
  AgendaStage(Market market, WatchJournal& journal, Session& session, Log& log);
  ~AgendaStage() { stop(); }
  AgendaStage(const AgendaStage&) = delete;
  AgendaStage& operator=(const AgendaStage&) = delete;

  /// A reading of the configuration that start() or change() can work with.
  struct Plan;
  /// Reads the configuration with the secrets that schedules need. `watched`: the symbols of a
  /// digest that names none.
  /// Errors: those of load_config().
  Result<std::shared_ptr<Plan>> prepare(std::vector<SymbolRequest> watched);

  /// Whether it speaks of anything that keeps a state: only one watch of a state folder may do it.
  [[nodiscard]] static bool has_work(const Plan& plan);
  [[nodiscard]] static const std::filesystem::path& state_dir(const Plan& plan);

  /// Errors: unavailable (no descriptor left).
  Result<void> start(const std::shared_ptr<Plan>& plan);
  /// Other schedules, signals and heartbeats from now on, the first ones among them; what runs goes
  /// on. What cannot be done is told.
  void change(const std::shared_ptr<Plan>& plan);

  /// What watches the ticks and the time for it, now and when it is started.
  [[nodiscard]] std::vector<TickObserver*> observers();

  /// Lines about each schedule and heartbeat, for Signal::status, each behind a line end; ""
  /// without any. With --log-format json, a JSON object for each schedule.
  [[nodiscard]] std::string report() const;

  /// Nothing begins any more; what runs is ended.
  void stop();

 private:
  void use(const Plan& plan);
  void set_journal_users(const Plan& plan);
  Result<void> open_journal_users(const Config& config);

  Market market_;
  WatchJournal& journal_;
  Session& session_;
  Log& log_;
  PosixFiles files_;
  PriceTrail trail_;
  WatchActions actions_;
  std::unique_ptr<PingThread> pings_;
  AlivePing alive_;
  std::optional<RunBook> book_;
  std::unique_ptr<ScheduleRunner> runner_;
  std::optional<SignalIntake> signals_;
  std::optional<HeartbeatWatch> heartbeats_;
  ObserverSlot signal_slot_;
  ObserverSlot heartbeat_slot_;
};

}  // namespace btcw::cli
