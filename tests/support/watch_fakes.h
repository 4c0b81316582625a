#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "btcw/base/random.h"
#include "btcw/base/signals.h"
#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/watch/fetch_job.h"
#include "btcw/watch/tick_observer.h"
#include "btcw/watch/ticker_source.h"
#include "support/recording_log.h"

namespace btcw::test {

/// Precondition of both: the text is right.
SymbolRequest request(std::string_view text);
ExchangeName exchange(std::string_view name);

/// A ticker with nothing but what must be there.
Ticker ticker(std::string_view symbol, std::string_view exchange_name, std::string_view last,
              UtcTime received = from_unix_ms(1'732'290'000'000));

/// Answers of a fetch.
Fetched answered(std::string_view request_text, Ticker ticker);
Fetched failed(std::string_view request_text, Errc code, std::string message,
               std::optional<UtcTime> retry_at = std::nullopt);

/// What the log was told, as "warning: message key=value".
std::vector<std::string> told(const RecordingLog& log);

/// Signals that a test puts there.
class FakeSignals final : public SignalSource {
 public:
  void raise(Signal signal) { waiting_.push_back(signal); }
  [[nodiscard]] int fd() const override { return -1; }
  std::optional<Signal> take() override {
    if (waiting_.empty()) return std::nullopt;
    const Signal first = waiting_.front();
    waiting_.pop_front();
    return first;
  }

 private:
  std::deque<Signal> waiting_;
};

/// Every byte is the same.
class ConstantRandom final : public Random {
 public:
  explicit ConstantRandom(unsigned char value) : value_{static_cast<std::byte>(value)} {}
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = value_;
  }

 private:
  std::byte value_;
};

/// Fetches that are over at once, each with the next of the answers a test has put there.
class ScriptedFetch final : public FetchJob {
 public:
  struct Asked {
    std::vector<SymbolRequest> requests;
    std::vector<ExchangeName> order;
  };
  void then(std::vector<Fetched> answers) { answers_.push_back(std::move(answers)); }

  void start(std::vector<SymbolRequest> requests, std::vector<ExchangeName> order) override {
    asked.push_back({std::move(requests), std::move(order)});
    if (on_start) on_start();
  }
  [[nodiscard]] int fd() const override { return -1; }
  std::optional<std::vector<Fetched>> take() override {
    if (slow || answers_.empty()) return std::nullopt;
    auto first = std::move(answers_.front());
    answers_.pop_front();
    return first;
  }

  std::vector<Asked> asked;
  std::function<void()> on_start;
  bool slow = false;  ///< the answers are not there yet

 private:
  std::deque<std::vector<Fetched>> answers_;
};

/// Keeps every tick.
class KeptTicks final : public TickObserver {
 public:
  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override {
    for (const CacheEntry& tick : ticks) {
      kept.push_back(tick);
      if (on_tick) on_tick();
    }
    return outcome;
  }
  [[nodiscard]] SteadyTime due() const override { return wants_call_at; }
  Result<Flow> on_time() override {
    calls += 1;
    wants_call_at = SteadyTime::max();
    return Flow::go_on;
  }
  [[nodiscard]] Load load() const override { return held; }
  void on_resize() override { resizes += 1; }
  Result<void> finish() override {
    finishes += 1;
    return {};
  }

  std::vector<CacheEntry> kept;
  std::function<void()> on_tick;
  Result<Flow> outcome = Flow::go_on;
  SteadyTime wants_call_at = SteadyTime::max();
  Load held = Load::idle;
  int calls = 0;
  int resizes = 0;
  int finishes = 0;
};

}  // namespace btcw::test
