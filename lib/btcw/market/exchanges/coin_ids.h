#pragma once

#include <span>
#include <string_view>

namespace btcw {

/// CoinGecko's id of a well-known asset ("BTC" -> "bitcoin"); empty for others. Several coins share
/// most codes there; an id means one.
std::string_view coin_id(std::string_view code);

/// The codes of all assets that have one, sorted.
std::span<const std::string_view> known_coin_codes();

}  // namespace btcw
