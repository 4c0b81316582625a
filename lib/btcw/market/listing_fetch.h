#pragma once

#include <span>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/market/listing.h"
#include "btcw/market/market.h"
#include "btcw/net/http.h"
#include "btcw/store/request_budget.h"

namespace btcw {

/// What a fetch of listings works with. All borrowed.
struct ListingTools {
  const MarketOptions& options;
  RequestBudget& budget;  ///< limits and calls are those of all processes of the user
  HttpTransport& http;
  const Clock& clock;
  Log& log;
};

/// Asks each exchange for all its pairs, side by side: one call an exchange. One answer an
/// exchange, in their order. Errors: those of read_listing() and of the transport; rate_limited
/// with retry_at where a limit is in force or no call is free within the time-out; invalid_input
/// for a name without a list.
std::vector<Result<Listing>> fetch_listings(std::span<const ExchangeName> exchanges,
                                            const ListingTools& tools);

}  // namespace btcw
