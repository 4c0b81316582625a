#pragma once

#include <cstdint>

#include "btcw/base/clock.h"
#include "btcw/watch/rule_desk.h"
#include "btcw/watch/tick_observer.h"

namespace btcw {

/// What becomes of the events that a RuleJudge finds.
class AlertReceiver {
 public:
  virtual ~AlertReceiver() = default;

  /// Borrows the event. Does no more than take note of it.
  virtual void on_event(const AlertEvent& event) = 0;
  /// All of a batch has been judged, `tickers` in all. Flow::stop: nobody wants to hear more.
  virtual Result<Flow> settle(RuleDesk& desk, std::uint64_t tickers) = 0;
  /// When tend() wants to be called; SteadyTime::max(): never.
  [[nodiscard]] virtual SteadyTime due() const = 0;
  virtual Result<void> tend(RuleDesk& desk) = 0;
  /// The last call.
  virtual Result<void> finish(RuleDesk& desk) = 0;
};

/// Judges every ticker by the alerts, and hands on what they say.
class RuleJudge final : public TickObserver {
 public:
  struct Options {
    /// Of a recording, time goes on with its tickers alone.
    RuleDesk::Time time = RuleDesk::Time::real;
    /// So many tickers were judged in an earlier life, and are only taken note of.
    std::uint64_t skip = 0;
  };
  /// All is borrowed.
  RuleJudge(RuleDesk& desk, AlertReceiver& receiver, Options options, const Clock& clock)
      : desk_{desk}, receiver_{receiver}, options_{options}, clock_{clock} {}

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override;
  [[nodiscard]] SteadyTime due() const override;
  Result<Flow> on_time() override;
  Result<void> finish() override { return receiver_.finish(desk_); }

  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  void judge(const Ticker& ticker, RuleDesk::Answers answers);
  void skip(const Ticker& ticker, RuleDesk::Answers answers);

  RuleDesk& desk_;
  AlertReceiver& receiver_;
  Options options_;
  const Clock& clock_;
  std::uint64_t tickers_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace btcw
