#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "btcw/base/indicator.h"
#include "btcw/rules/expression.h"

namespace btcw::rules {

/// What a number measures. A comparison of a price with a percentage is a mistake that is found
/// when it is read.
enum class Dimension : std::uint8_t {
  number,   ///< goes with everything
  price,    ///< in quote currency
  volume,   ///< in base or quote currency
  percent,  ///< 2.2 is +2.2 %
  ratio,    ///< 0.022 is +2.2 %: a price by a price, and a number with a % behind it
  index,    ///< of 0 to 100: rsi
  seconds,
};

/// "a price", "a percentage": for error messages.
std::string_view described(Dimension dimension);

struct FieldWord {
  std::string_view name;
  Field field;
  Dimension dimension;
};

/// What a function takes at one place.
enum class Parameter : std::uint8_t {
  window,    ///< a duration of 1s to 366d
  interval,  ///< a duration that divides a day, or a week
  periods,   ///< a whole number of candles, 1 to 1000
  width,     ///< a number above 0, at most 100
  exchange,  ///< "kraken"
  number,
};

enum class NumberFunction : std::uint8_t { abs, min, max, price };

struct FunctionWord {
  std::string_view name;
  std::variant<IndicatorKind, NumberFunction> what;
  Dimension dimension;
  std::string_view usage;  ///< "sma(n, 1h)"
  std::array<Parameter, 4> parameters;
  std::size_t count;
  int fewest_periods = 1;
};

std::span<const FieldWord> field_words();
std::span<const FunctionWord> function_words();

/// Any case. nullptr: no such word.
const FieldWord* find_field(std::string_view word);
const FunctionWord* find_function(std::string_view word);
std::string_view name_of(Field field);

/// "crosses", "between", "stale", "and", "or", "not", "above", "below".
std::span<const std::string_view> keywords();

/// Whether two words are the same but for the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

/// ", did you mean last?" of the nearest of `known`; empty when none is near, or `word` is one.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);
/// The same among all words there are.
std::string did_you_mean(std::string_view word);

}  // namespace btcw::rules
