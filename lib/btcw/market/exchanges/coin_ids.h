#pragma once

#include <string_view>

namespace btcw {

/// CoinGecko's id of a well-known asset ("BTC" -> "bitcoin"); empty for others. Several coins share
/// most codes there; an id means one.
std::string_view coin_id(std::string_view code);

}  // namespace btcw
