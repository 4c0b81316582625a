#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/decimal.h"
#include "btcw/base/result.h"
#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/base/time.h"
#include "btcw/net/http.h"

namespace btcw {

/// What one answer or one frame of an exchange says of one pair: any part of a ticker.
/// `percentage` is in percent here already.
struct TickerUpdate {
  Symbol symbol;
  std::optional<Decimal> last = std::nullopt;
  std::optional<Decimal> bid = std::nullopt;
  std::optional<Decimal> ask = std::nullopt;
  std::optional<Decimal> open = std::nullopt;
  std::optional<Decimal> high = std::nullopt;
  std::optional<Decimal> low = std::nullopt;
  std::optional<Decimal> percentage = std::nullopt;
  std::optional<Decimal> base_volume = std::nullopt;
  std::optional<Decimal> quote_volume = std::nullopt;
  std::optional<UtcTime> timestamp = std::nullopt;
};

/// Takes over every field that `later` knows. The timestamp becomes the later one.
void merge(TickerUpdate& into, const TickerUpdate& later);

/// A whole ticker out of what was said. The percentage is computed from open and last where open is
/// known (percent_change), else it is the exchange's own. Errors: bad_data when there is no last
/// price or it is not positive.
Result<Ticker> to_ticker(const TickerUpdate& update, ExchangeName exchange, UtcTime received);

/// One GET that an exchange is asked, and the symbols that its answer speaks of.
struct RestCall {
  std::string target;  ///< path and query, percent-encoded: "/api/v3/ticker/24hr?symbol=BTCUSDT"
  std::vector<Symbol> symbols;
  /// Which of an exchange's several kinds of call it is (coinbase: ticker 0, stats 1). Part 0 holds
  /// the price; what only a further part says stays unknown when that part fails.
  int part = 0;
  int weight = 1;  ///< how much of the exchange's CallBudget it takes
};

/// A symbol that a good answer speaks of in a way that cannot be used.
struct UnreadableRow {
  Symbol symbol;
  Error error;  ///< bad_data
};

/// What came back for one call. A symbol without an update was not in the answer.
struct RestAnswer {
  std::vector<TickerUpdate> updates = {};
  /// Rows that could not be read do not spoil their neighbours.
  std::vector<UnreadableRow> unreadable = {};
};

/// How many calls of weight 1 an exchange may be sent: `burst` at once, then one every `interval`.
/// Well below what it documents, because other programs share the address.
struct CallBudget {
  int burst;
  milliseconds interval;
};

/// A price source: a table of pure functions. Nothing here knows a clock, a socket or a limit in
/// force.
struct Exchange {
  std::string_view name;
  std::string_view
      rest_url;  ///< the default host; every target is appended to it (or to the configured one)
  CallBudget budget;

  /// The cheapest set of calls that covers all symbols.
  std::vector<RestCall> (*calls)(std::span<const Symbol> symbols);

  /// Reads the answer to a call, whatever its status. Only symbols of the call are reported.
  /// Errors: not_found (one of the call's symbols is unknown there; with several symbols the caller
  /// asks again in halves), rate_limited with retry_at, rejected (banned region, refused request),
  /// unavailable (5xx, maintenance), bad_data (anything that is not the documented answer, with
  /// where).
  Result<RestAnswer> (*read)(const RestCall& call, const HttpResponse& response);
};

/// All exchanges in the order of exchanges.def.
std::span<const Exchange> exchanges();
/// The header in which that source, reached at `base_url`, takes a key that a user has there;
/// empty: it takes none. CoinGecko's: https://docs.coingecko.com/reference/authentication
std::string_view key_header(std::string_view exchange, std::string_view base_url);

/// nullptr when there is none of that name.
const Exchange* find_exchange(std::string_view name);

}  // namespace btcw
