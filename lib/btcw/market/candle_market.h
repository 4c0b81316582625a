#pragma once

#include <memory>
#include <span>
#include <vector>

#include "btcw/base/candle.h"
#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/market/market.h"
#include "btcw/net/http.h"
#include "btcw/store/request_budget.h"

namespace btcw {

/// What one exchange is asked to tell of one pair: so many candles up to now, the running one
/// included.
struct CandleRequest {
  ExchangeName exchange;
  Symbol symbol;
  milliseconds interval{0};  ///< a whole number of seconds that divides a day, or a week
  int count = 1;             ///< positive
};

/// What exchanges know of the time before now. One thread uses an object.
class CandleMarket {
 public:
  virtual ~CandleMarket() = default;

  /// In the order of time; fewer than asked for where the exchange tells no more with one call, or
  /// where nothing was traded. Waits until the call may be made. Given up when one of `wake_fds`
  /// can be read. Errors: invalid_input (that exchange has no candles of that interval, or is not
  /// to be asked); those of read_candles(), of the transport, and of limits in force, also without
  /// a call.
  virtual Result<std::vector<Candle>> fetch(const CandleRequest& request,
                                            std::span<const int> wake_fds) = 0;
};

/// One call a request, paid for from the same budget as those for prices, which it leaves every
/// other one to. An exchange that is down is left alone for a minute.
std::unique_ptr<CandleMarket> make_candle_market(MarketOptions options, RequestBudget& budget,
                                                 HttpTransport& http, const Clock& clock, Log& log);

}  // namespace btcw
