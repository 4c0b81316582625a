#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/symbol.h"
#include "btcw/base/ticker.h"
#include "btcw/cache/price_cache.h"

namespace btcw::test {

/// Preconditions: they can be read.
Symbol symbol_of(std::string_view text);
SymbolRequest request_of(std::string_view text);

/// A ticker with nothing but what it must have. Preconditions: those of Symbol and Decimal.
Ticker ticker_of(std::string_view exchange, std::string_view symbol, std::string_view last,
                 UtcTime received);
/// One with every field.
Ticker full_ticker(std::string_view exchange, std::string_view symbol, UtcTime received);

/// Ticker number `number`, of which all fields follow from each other, so that a mixture of two
/// shows: bid and ask are one off last, open and the volumes follow from `received`.
Ticker linked_ticker(const Symbol& symbol, std::int64_t number, UtcTime received);
bool is_linked(const Ticker& ticker);

/// The answer to one request.
std::optional<Ticker> get_one(PriceCache& cache, std::string_view request);

}  // namespace btcw::test
