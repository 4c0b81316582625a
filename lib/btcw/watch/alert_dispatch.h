#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/watch/outbox.h"
#include "btcw/watch/rule_judge.h"

namespace btcw {

/// Sends what alerts say to the queue, in one transaction with what they remember.
///
/// A journal that cannot be written to ends nothing: what has happened waits in memory, is told,
/// and tried again.
class AlertDispatch final : public AlertReceiver {
 public:
  struct Options {
    std::string scope = {};         ///< of the states in the journal
    std::string progress_key = {};  ///< where the number of judged tickers is kept; empty: nowhere
    /// How long what has happened may wait for more of it, so that a transaction is worth it.
    milliseconds patience{0};
    milliseconds ttl{0};  ///< of a message of an alert without one; 0: for ever
    /// Whether messages of long ago are still worth delivering: those of a recording are.
    bool expires = true;
    /// Whether a good end forgets it all, so that the next run begins anew.
    bool is_episode = false;
  };
  /// All is borrowed.
  struct Ports {
    Outbox& outbox;
    const Clock& clock;
    Log& log;
  };
  AlertDispatch(Options options, Ports ports) : options_{std::move(options)}, ports_{ports} {}

  void on_event(const AlertEvent& event) override;
  Result<Flow> settle(RuleDesk& desk, std::uint64_t tickers) override;
  [[nodiscard]] SteadyTime due() const override;
  Result<void> tend(RuleDesk& desk) override;
  Result<void> finish(RuleDesk& desk) override;

  /// Takes what its alerts have changed in what they remember: before they are replaced.
  void take_changes(RuleDesk& desk);

 private:
  void commit(RuleDesk& desk);
  [[nodiscard]] JournalChanges changes() const;

  Options options_;
  Ports ports_;
  std::vector<Queue::NewMessage> messages_;
  std::map<std::pair<std::string, std::string>, KeptState> states_;
  std::uint64_t tickers_ = 0;
  std::uint64_t kept_tickers_ = 0;
  SteadyTime commit_at_ = SteadyTime::max();
  bool failing_ = false;
};

}  // namespace btcw
