#pragma once

#include <span>
#include <vector>

#include "btcw/market/market.h"

namespace btcw {

/// Adds the source "median" to a market: the median of what several exchanges say, so that one
/// exchange that is off moves nothing.
///
/// A request goes to it when it names it, or when it names no exchange and the order is "median"
/// alone. All exchanges are asked within the same fetch, side by side with everything else.
///
/// The ticker: `last`, `bid`, `ask` and `percentage` are medians (of those exchanges that tell
/// them; bid and ask of those that tell both), of an even number the mean of the two in the middle;
/// `received` is that of the oldest of the prices; the rest is not said.
/// Errors of a request: not_found where no exchange lists the symbol; where fewer than two prices
/// came together, the error of an exchange that failed, else unavailable.
class MedianMarket final : public Market {
 public:
  /// `market` is borrowed; `exchanges` are those that contribute.
  MedianMarket(Market& market, std::vector<ExchangeName> exchanges)
      : market_{market}, exchanges_{std::move(exchanges)} {}

  std::vector<Fetched> fetch(std::span<const SymbolRequest> requests,
                             const FetchOptions& options) override;

 private:
  Market& market_;
  std::vector<ExchangeName> exchanges_;
};

/// The name under which it answers.
ExchangeName median_exchange();

}  // namespace btcw
