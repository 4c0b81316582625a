#pragma once

#include <string_view>

#include "btcw/price/price_lookup.h"

namespace btcw::test {

/// A price with every field known.
inline FoundPrice full_price() {
  const auto number = [](std::string_view text) { return *Decimal::parse(text); };
  return {.ticker = {.symbol = *Symbol::parse("BTC/USDT"),
                     .exchange = *ExchangeName::parse("binance"),
                     .last = number("97123.40"),
                     .bid = number("97123.3"),
                     .ask = number("97123.5"),
                     .open = number("95000"),
                     .high = number("98000"),
                     .low = number("94000.1"),
                     .percentage = number("2.2352"),
                     .base_volume = number("1234.5678"),
                     .quote_volume = number("119000000.1"),
                     .timestamp = from_unix_ms(1'732'290'000'123),
                     .received = from_unix_ms(1'732'290'000'456)},
          .source = PriceSource::cache,
          .age = milliseconds{3210}};
}

/// A price of which only the least is known, and that is old.
inline FoundPrice bare_price() {
  return {.ticker = {.symbol = *Symbol::parse("SHIB/USDT"),
                     .exchange = *ExchangeName::parse("kraken"),
                     .last = *Decimal::parse("0.00002431"),
                     .received = from_unix_ms(1'732'290'000'000)},
          .source = PriceSource::cache,
          .age = milliseconds{7'200'000},
          .stale = true};
}

}  // namespace btcw::test
