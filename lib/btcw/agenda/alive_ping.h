#pragma once

#include <string>

#include "btcw/agenda/actions.h"
#include "btcw/base/clock.h"
#include "btcw/watch/tick_observer.h"

namespace btcw {

/// The dead man's switch of watch itself: a ping at the start and every so often, sent by the very
/// loop that is to be alive.
class AlivePing final : public TickObserver {
 public:
  explicit AlivePing(const Clock& clock) : clock_{clock} {}

  /// From now on this address; an empty one: none. `pings` is borrowed, until finish().
  void set(std::string url, milliseconds period, Pings& pings);

  Result<Flow> on_ticks(std::span<const CacheEntry> ticks) override;
  [[nodiscard]] SteadyTime due() const override { return due_; }
  Result<Flow> on_time() override;
  /// The end of a run that was meant is told too, so that nobody is called.
  Result<void> finish() override;

 private:
  const Clock& clock_;
  Pings* pings_ = nullptr;
  std::string url_;
  milliseconds period_{0};
  std::uint64_t ticks_ = 0;  ///< since the last ping
  SteadyTime due_ = SteadyTime::max();
};

}  // namespace btcw
