#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "support/fake_exchange_text.h"

namespace btcw::test {

/// fake_answer() for gemini, kucoin, gate, htx, bitfinex, mexc, bitget, cryptocom and coingecko.
ServedResponse further_fake_answer(std::string_view exchange, const FakeListing& listing,
                                   const Target& target, std::size_t filler_rows);

/// fake_limit() for those of them that have a form of their own.
std::optional<ServedResponse> further_fake_limit(std::string_view exchange, seconds wait);

}  // namespace btcw::test
