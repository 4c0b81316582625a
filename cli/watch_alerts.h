#pragma once

#include <memory>
#include <optional>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/store/files.h"
#include "btcw/store/journal.h"
#include "btcw/watch/alert_dispatch.h"
#include "btcw/watch/outbox.h"
#include "btcw/watch/rule_desk.h"
#include "btcw/watch/rule_judge.h"
#include "session.h"

namespace btcw::cli {

/// The alerts of a `watch`, with all that they stand on: the journal, the queue, the rules.
class WatchAlerts {
 public:
  /// Which market they are judged by.
  struct Life {
    enum class Kind {
      live,    ///< goes on where the last run ended
      demo,    ///< begins anew with each run
      replay,  ///< begins anew, but for a run that was killed
    };
    Kind kind = Kind::live;
    std::string name = {};  ///< of a replay: the same for the same tickers; empty: not told apart
    /// Whether exchanges are asked for what indicators miss of the past.
    bool asks_exchanges = false;
    /// How long what happens may wait for more of it, so that a transaction is worth it.
    milliseconds patience{0};
  };

  /// Precondition: this process holds the state folder.
  /// Errors: those of open_journal() and Outbox::recover().
  static Result<std::unique_ptr<WatchAlerts>> open(const Config& config, Life life,
                                                   RuleDesk::Seeder seeder, Session& session,
                                                   Log& log);
  WatchAlerts(const WatchAlerts&) = delete;
  WatchAlerts& operator=(const WatchAlerts&) = delete;

  [[nodiscard]] TickObserver& observer() { return *judge_; }
  [[nodiscard]] RuleDesk& desk() { return *desk_; }
  [[nodiscard]] Journal& journal() { return *journal_; }
  [[nodiscard]] Outbox& outbox() { return *outbox_; }

  /// Other alerts from now on. Errors: those of compile_alerts(): nothing has changed.
  Result<void> replace(const Config& config);

  /// So many tickers of the replay were judged in an earlier life.
  [[nodiscard]] std::uint64_t resumed_at() const { return skip_; }

  /// "3 alerts, 12 events": for reports.
  [[nodiscard]] std::string status() const;

 private:
  WatchAlerts(Session& session, Log& log) : session_{session}, log_{log} {}
  Result<void> prepare(const Config& config, const Life& life, RuleDesk::Seeder seeder);
  Result<AlertDispatch::Options> options_of(const Config& config, const Life& life);

  Session& session_;
  Log& log_;
  PosixFiles files_;
  std::unique_ptr<Journal> journal_;
  std::optional<Outbox> outbox_;
  std::optional<RuleDesk> desk_;
  std::optional<AlertDispatch> dispatch_;
  std::optional<RuleJudge> judge_;
  std::uint64_t skip_ = 0;
};

}  // namespace btcw::cli
