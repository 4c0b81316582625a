#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "btcw/base/symbol.h"
#include "btcw/base/time.h"

namespace btcw {

/// The lengths that exchanges are asked for.
inline constexpr std::array<milliseconds, 7> kCandleLengths{
    std::chrono::minutes{1},  std::chrono::minutes{5}, std::chrono::minutes{15},
    std::chrono::minutes{30}, std::chrono::hours{1},   std::chrono::hours{4},
    std::chrono::days{1}};

/// How an exchange tells its candles to whoever asks without a key. The order of the rows does not
/// matter, nor whether the running candle is among them.
struct CandleForm {
  enum class Unit { unix_ms, unix_s };

  std::string_view exchange;
  /// With {pair}, {length}, {count}, and {from} and {to} in seconds since 1970, to be filled in.
  std::string_view target;
  std::string (*spell)(const Symbol& symbol);
  /// Its words for kCandleLengths; empty: it has none, or none that begin by UTC.
  std::array<std::string_view, kCandleLengths.size()> lengths;
  int most;  ///< rows in one answer
  /// Members on the way to the rows; "*": the first that is an array.
  std::array<std::string_view, 2> path = {};
  Unit unit = Unit::unix_ms;
  /// Where time, open, high, low and close stand in a row: places, or keys of one with names.
  std::array<std::size_t, 5> places = {0, 1, 2, 3, 4};
  std::array<std::string_view, 5> keys = {};
};

std::span<const CandleForm> candle_forms();
/// nullptr when there is none of that name.
const CandleForm* find_candle_form(std::string_view exchange);

/// The place in kCandleLengths of the longest that it has and that `interval` is made up of;
/// nullopt: none.
std::optional<std::size_t> length_for(const CandleForm& form, milliseconds interval);

/// Path and query of the GET for the last `count` candles up to `now`.
/// Precondition: the exchange has that length; 0 < count <= form.most.
std::string candle_target(const CandleForm& form, const Symbol& symbol, std::size_t length,
                          int count, UtcTime now);

}  // namespace btcw
