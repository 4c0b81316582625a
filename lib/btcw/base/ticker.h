#pragma once

#include <optional>
#include <string>

#include "btcw/base/decimal.h"
#include "btcw/base/symbol.h"
#include "btcw/base/time.h"

namespace btcw {

/// One exchange's word on one pair. Field names follow ccxt's unified ticker.
///
/// nullopt: the exchange does not say. open, high, low, percentage and the volumes are of the last
/// 24 hours; a figure of the calendar day is never put there.
struct Ticker {
  Symbol symbol;
  ExchangeName exchange;  ///< who answered, not who was asked
  Decimal last;           ///< in quote currency; positive
  std::optional<Decimal> bid = std::nullopt;
  std::optional<Decimal> ask = std::nullopt;
  std::optional<Decimal> open = std::nullopt;
  std::optional<Decimal> high = std::nullopt;
  std::optional<Decimal> low = std::nullopt;
  std::optional<Decimal> percentage = std::nullopt;    ///< in percent: 2.2352 is +2.2352 %
  std::optional<Decimal> base_volume = std::nullopt;   ///< in base currency
  std::optional<Decimal> quote_volume = std::nullopt;  ///< in quote currency
  std::optional<UtcTime> timestamp = std::nullopt;     ///< the exchange's time
  UtcTime received;                                    ///< ours

  friend bool operator==(const Ticker&, const Ticker&) = default;
};

/// Appends the one JSON shape of a price, an object without a line end:
/// {"symbol":"BTC/USDT","exchange":"binance","last":97123.45,…,"timestamp":1732290000123,"received":1732290000456}
/// Numbers carry the exact decimal value, plain; what is not known is null.
void append_json(const Ticker& ticker, std::string& out);
[[nodiscard]] std::string to_json(const Ticker& ticker);

}  // namespace btcw
