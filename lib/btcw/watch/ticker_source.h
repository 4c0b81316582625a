#pragma once

#include <span>

#include "btcw/base/function_ref.h"
#include "btcw/base/result.h"
#include "btcw/base/time.h"
#include "btcw/cache/price_cache.h"

namespace btcw {

/// Tickers on their way from a source to the observers, each with the requests it answers.
using TickSink = FunctionRef<void(std::span<const CacheEntry>)>;

enum class SourceState {
  running,
  ended,  ///< nothing more will come
};

/// Where tickers come from: exchanges that are polled or streamed, a recording, a simulation.
///
/// A source never waits. It says what it waits for, by fd() and due(), and the Runner waits for all
/// sources at once. One thread uses an object; a source may have threads of its own.
class TickerSource {
 public:
  virtual ~TickerSource() = default;

  /// Can be read when take() has something to do; -1: only due() counts. May change with every
  /// take().
  [[nodiscard]] virtual int fd() const = 0;

  /// When take() wants to be called even if fd() cannot be read; SteadyTime::min(): at once.
  [[nodiscard]] virtual SteadyTime due() const = 0;

  /// Hands over what has come, in the order it came. Does some milliseconds' work at most and may
  /// be called at any time. Errors: whatever makes the source end for good, such as a file that
  /// cannot be read.
  virtual Result<SourceState> take(TickSink sink) = 0;

  /// Whether whoever started the program may be told that it is up: the first attempt is over,
  /// well or not.
  [[nodiscard]] virtual bool settled() const = 0;
};

}  // namespace btcw
