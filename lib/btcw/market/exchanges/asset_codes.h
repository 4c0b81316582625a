#pragma once

#include <string_view>

namespace btcw {

/// An exchange's own code of an asset where it is another than the usual one: kraken's XBT for BTC,
/// bitfinex's UST for USDT. Others stay as they are.
std::string_view own_code(std::string_view exchange, std::string_view unified);

/// The usual code of what an exchange calls so.
std::string_view unified_code(std::string_view exchange, std::string_view own);

}  // namespace btcw
