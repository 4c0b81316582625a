#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "btcw/market/candle_market.h"

namespace btcw {

/// One CandleMarket::fetch at a time, going on beside the runner's loop. One thread uses an object.
class CandleJob {
 public:
  virtual ~CandleJob() = default;

  /// Precondition: none is under way.
  virtual void start(CandleRequest request) = 0;
  /// Can be read when take() has the answer. -1: it is there as soon as start() returns.
  [[nodiscard]] virtual int fd() const = 0;
  /// The answer, once; nullopt while the fetch is under way.
  virtual std::optional<Result<std::vector<Candle>>> take() = 0;
};

/// Fetches on a thread of its own, which alone uses `market` from then on. The destructor gives up
/// what is under way and waits for the thread.
/// Errors: unavailable when the system refuses a thread or a descriptor.
Result<std::unique_ptr<CandleJob>> make_candle_thread(CandleMarket& market);

}  // namespace btcw
