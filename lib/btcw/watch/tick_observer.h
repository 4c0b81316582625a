#pragma once

#include <span>

#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/cache/price_cache.h"

namespace btcw {

enum class Flow {
  go_on,
  stop,  ///< the run is to end, and that is no failure: a key was pressed, the reader has gone
};

/// What an observer still holds that its own descriptor has not taken.
enum class Load {
  idle,  ///< nothing
  busy,  ///< something; more may come
  full,  ///< so much that the sources are left alone until it is less
};

/// What is done with every ticker: into the cache, printed, shown, judged.
///
/// The time of an observer's judgement is Ticker::received, so that a recording is judged by its
/// own clock. All calls come from the Runner's thread. Errors end the run.
class TickObserver {
 public:
  virtual ~TickObserver() = default;

  /// In the order they came. Allocates nothing in the steady state.
  virtual Result<Flow> on_ticks(std::span<const CacheEntry> ticks) = 0;

  /// Can be read when on_time() has something to do; -1: only due() counts.
  [[nodiscard]] virtual int fd() const { return -1; }
  /// When on_time() wants to be called; SteadyTime::max(): never.
  [[nodiscard]] virtual SteadyTime due() const { return SteadyTime::max(); }
  /// Called after due() and after every wait in which fd() could be read.
  virtual Result<Flow> on_time() { return Flow::go_on; }

  [[nodiscard]] virtual Load load() const { return Load::idle; }

  /// The terminal has another size.
  virtual void on_resize() {}

  /// The last call, however the run ended: write what is held back.
  virtual Result<void> finish() { return {}; }
};

}  // namespace btcw
