#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/watch/candle_job.h"
#include "btcw/watch/rule_desk.h"
#include "btcw/watch/tick_observer.h"

namespace btcw {

/// Asks exchanges for the past that alerts miss, one question at a time, beside the tickers: those
/// never wait for it. What nobody knows stays unknown, and is told once for each exchange.
class PastAsker final : public TickObserver {
 public:
  struct Ports {
    /// The desk that asks; nullptr: there is none for now.
    std::function<RuleDesk*()> desk;
    /// Called when there is something to ask; let go of when there is no more.
    std::function<Result<std::unique_ptr<CandleJob>>()> open;
    const Clock& clock;
    Log& log;
  };
  explicit PastAsker(Ports ports) : ports_{std::move(ports)} {}

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override;
  [[nodiscard]] int fd() const override { return asked_ ? job_->fd() : -1; }
  [[nodiscard]] SteadyTime due() const override;
  Result<Flow> on_time() override;
  Result<void> finish() override;

 private:
  void take_answer();
  void ask_next();
  void complete(const PastQuestion& question, std::span<const Candle> candles);
  void tell(const PastQuestion& question, const Error& error);

  Ports ports_;
  std::deque<PastQuestion> waiting_;
  std::optional<PastQuestion> asked_;
  std::unique_ptr<CandleJob> job_;
  std::set<ExchangeName> told_;
};

}  // namespace btcw
