#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/random.h"
#include "btcw/signals/signal_folder.h"
#include "btcw/signals/signal_judge.h"
#include "btcw/store/journal.h"
#include "btcw/watch/outbox.h"
#include "btcw/watch/tick_observer.h"

namespace btcw {

/// Makes messages of the signals in a bot's folder, each once: how far the folder was read and the
/// messages that this made are one transaction of the journal.
///
/// Looks every second, in the loop of watch, a quarter of a megabyte at a time. Nothing that fails
/// here ends the run: it is told once and tried again.
class SignalIntake final : public TickObserver {
 public:
  static constexpr milliseconds kEvery = seconds{1};
  static constexpr milliseconds kPause = seconds{10};  ///< after a failure
  /// Files that were put aside long ago are removed so often.
  static constexpr milliseconds kPruneEvery = std::chrono::hours{24};
  static constexpr std::size_t kMostBytes = std::size_t{256} * 1024;

  struct Ports {
    Journal& journal;
    Outbox& outbox;
    const Clock& clock;
    Random& random;
    Log& log;
  };
  /// All is borrowed.
  explicit SignalIntake(Ports ports) : ports_{ports} {}

  /// From now on by these rules; without a folder nothing is done. `ttl`: how long its messages are
  /// worth delivering; 0: for ever.
  /// Errors: those of SignalJudge::make(): nothing has changed then.
  Result<void> set(SignalOptions options, milliseconds ttl);

  Result<Flow> on_ticks(std::span<const CacheEntry>) override { return Flow::go_on; }
  [[nodiscard]] SteadyTime due() const override { return std::min(due_, ports_.outbox.due()); }
  Result<Flow> on_time() override;

  [[nodiscard]] std::uint64_t messages() const { return messages_; }
  [[nodiscard]] std::uint64_t signals() const { return signals_; }

 private:
  void tell(const Error& trouble);
  Result<void> open();
  void prune(SteadyTime now);
  /// Whether there is more to do at once.
  Result<bool> take_batch();
  [[nodiscard]] std::optional<Notification> read(const SignalFolder::Item& item, ToldSignals& told);

  Ports ports_;
  std::optional<SignalJudge> judge_;
  milliseconds ttl_{0};
  std::optional<SignalFolder> folder_;
  ToldSignals told_;
  std::string trouble_;  ///< that was told
  SteadyTime due_ = SteadyTime::max();
  SteadyTime prune_at_ = SteadyTime::min();
  std::uint64_t signals_ = 0;
  std::uint64_t messages_ = 0;
};

}  // namespace btcw
