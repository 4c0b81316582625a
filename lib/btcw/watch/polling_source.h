#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/random.h"
#include "btcw/watch/fault_log.h"
#include "btcw/watch/fetch_job.h"
#include "btcw/watch/poll_schedule.h"
#include "btcw/watch/poll_selection.h"
#include "btcw/watch/ticker_source.h"

namespace btcw {

struct PollingOptions {
  std::vector<SymbolRequest> requests;
  /// Not empty: only these exchanges, in this order. What they answer is cached for requests that
  /// name them, not as the answer to "from anywhere".
  std::vector<ExchangeName> order = {};
  milliseconds interval = seconds{10};
  /// One cycle, then the source has ended.
  bool once = false;
};

/// How the last cycle went, and all of them together.
struct PollingStatus {
  std::uint64_t cycles = 0;
  std::optional<UtcTime> last_at = std::nullopt;  ///< end of the last cycle
  milliseconds last_took{0};
  std::size_t answered = 0;                        ///< of the last cycle
  std::size_t failed = 0;                          ///< of the last cycle
  std::size_t unavailable = 0;                     ///< of the failed ones
  std::size_t rate_limited = 0;                    ///< of the failed ones
  std::optional<Errc> first_error = std::nullopt;  ///< of the failed ones
  std::optional<UtcTime> retry_at = std::nullopt;  ///< the earliest moment of those limits
  SteadyTime next = SteadyTime::min();
  struct PerExchange {
    std::uint64_t tickers = 0;
    UtcTime last_at;
  };
  std::map<ExchangeName, PerExchange> exchanges = {};
};

/// Asks for all symbols at once, every interval. What goes wrong goes to the log once (FaultLog);
/// while nothing answers it asks less often (PollSchedule); a limit in force is waited for.
class PollingSource final : public TickerSource {
 public:
  struct Ports {
    const Clock& clock;
    Log& log;
    Random& random;
    PollSelection* selection = nullptr;  ///< nullptr: every cycle asks for everything
  };
  /// `job` is borrowed. Precondition: options.interval > 0.
  PollingSource(PollingOptions options, FetchJob& job, Ports ports);

  /// From now on these; asks at once when anything is different. A fetch under way ends, and what
  /// it brings of symbols no longer wanted is dropped.
  void reconfigure(PollingOptions options);
  /// As reconfigure(), through another job; the old one may be destroyed after that.
  void reconfigure(PollingOptions options, FetchJob& job);

  [[nodiscard]] int fd() const override;
  [[nodiscard]] SteadyTime due() const override;
  Result<SourceState> take(TickSink sink) override;
  [[nodiscard]] bool settled() const override { return status_.cycles > 0; }

  [[nodiscard]] const PollingOptions& options() const { return options_; }
  [[nodiscard]] const PollingStatus& status() const { return status_; }

 private:
  void begin();
  void hand_over(std::vector<Fetched>& answers, TickSink sink);
  void count(std::span<const Fetched> answers);
  void plan_next(std::span<const Fetched> answers);
  [[nodiscard]] CacheScope scope_of(const SymbolRequest& request) const;

  PollingOptions options_;
  FetchJob* job_;
  Ports ports_;
  PollSchedule schedule_;
  FaultLog faults_;
  PollingStatus status_;
  std::vector<CacheEntry> batch_;
  SteadyTime began_{};
  bool fetching_ = false;
  bool outdated_ = false;  ///< the fetch under way is not for the present options
};

}  // namespace btcw
