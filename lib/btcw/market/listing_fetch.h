#pragma once

#include <span>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/market/listing.h"
#include "btcw/market/market.h"
#include "btcw/net/http.h"

namespace btcw {

/// Asks each exchange for all its pairs, side by side: one call an exchange. One answer an
/// exchange, in their order. Errors: those of read_listing() and of the transport; invalid_input
/// for a name without a list.
std::vector<Result<Listing>> fetch_listings(std::span<const ExchangeName> exchanges,
                                            const MarketOptions& options, HttpTransport& http,
                                            const Clock& clock, Log& log);

}  // namespace btcw
