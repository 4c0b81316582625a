#pragma once

#include <optional>
#include <vector>

#include "btcw/base/symbol.h"
#include "btcw/market/market.h"

namespace btcw {

/// One Market::fetch at a time, going on beside the runner's loop, which stays free for keys,
/// signals and the cache. One thread uses an object.
class FetchJob {
 public:
  virtual ~FetchJob() = default;

  /// Begins a fetch of `requests`; `order` as in FetchOptions.
  /// Precondition: none is under way.
  virtual void start(std::vector<SymbolRequest> requests, std::vector<ExchangeName> order) = 0;

  /// Can be read when take() has the answers. -1: they are there as soon as start() returns.
  [[nodiscard]] virtual int fd() const = 0;

  /// The answers, once; nullopt while the fetch is under way.
  virtual std::optional<std::vector<Fetched>> take() = 0;
};

}  // namespace btcw
