#pragma once

#include <span>
#include <vector>

#include "btcw/market/exchange.h"

namespace btcw {

// What each line of exchanges.def promises: Exchange::calls and Exchange::read of that name.
#define BTCW_EXCHANGE(NAME, URL, BURST, INTERVAL)                      \
  std::vector<RestCall> NAME##_calls(std::span<const Symbol> symbols); \
  Result<RestAnswer> NAME##_read(const RestCall& call, const HttpResponse& response);
#include "btcw/market/exchanges.def"
#undef BTCW_EXCHANGE

}  // namespace btcw
