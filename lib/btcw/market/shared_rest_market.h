#pragma once

#include <memory>

#include "btcw/market/market.h"
#include "btcw/store/request_budget.h"

namespace btcw {

/// As make_rest_market(), but limits and the number of calls are shared with all other processes
/// that have this budget. `budget` is borrowed.
std::unique_ptr<Market> make_shared_rest_market(MarketOptions options, RequestBudget& budget,
                                                HttpTransport& http, const Clock& clock, Log& log);

}  // namespace btcw
