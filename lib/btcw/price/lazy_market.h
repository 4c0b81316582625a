#pragma once

#include <functional>
#include <memory>

#include "btcw/base/clock.h"
#include "btcw/market/market.h"

namespace btcw {

/// The market of a short command: what is asked of the exchange "demo" is simulated here, at once;
/// the real market is opened only when something is asked of it.
///
/// Simulated and real prices never stand in for each other: a request goes to the simulation when
/// it names it, or when it names no exchange and the order is "demo" alone.
class LazyMarket final : public Market {
 public:
  /// Opens the real market; what it returns is borrowed. Called at most once when it succeeds.
  using Opener = std::function<Result<Market*>()>;

  /// `order` is the configured order of preference.
  LazyMarket(Opener open, std::vector<ExchangeName> order, const Clock& clock);

  /// When the real market cannot be opened, each request that needs it gets that error.
  std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                             const FetchOptions& options) override;

 private:
  std::vector<Fetched> fetch_real(std::span<const SymbolRequest> requests,
                                  const FetchOptions& options);
  std::vector<Fetched> fetch_demo(std::span<const SymbolRequest> requests);

  Opener open_;
  std::vector<ExchangeName> order_;
  const Clock& clock_;
  Market* real_ = nullptr;
  std::unique_ptr<Market> demo_ = nullptr;
};

}  // namespace btcw
