#include "btcw/rules/vocabulary.h"

#include <algorithm>
#include <string>
#include <vector>

namespace btcw::rules {
namespace {

constexpr std::array kFields{
    FieldWord{"last", Field::last, Dimension::price},
    FieldWord{"bid", Field::bid, Dimension::price},
    FieldWord{"ask", Field::ask, Dimension::price},
    FieldWord{"mid", Field::mid, Dimension::price},
    FieldWord{"spread", Field::spread, Dimension::price},
    FieldWord{"open", Field::open, Dimension::price},
    FieldWord{"high", Field::high, Dimension::price},
    FieldWord{"low", Field::low, Dimension::price},
    FieldWord{"percentage", Field::percentage, Dimension::percent},
    FieldWord{"baseVolume", Field::base_volume, Dimension::volume},
    FieldWord{"quoteVolume", Field::quote_volume, Dimension::volume},
    FieldWord{"age", Field::age, Dimension::seconds},
};
static_assert(kFields.size() == kFieldCount);

using P = Parameter;
using K = IndicatorKind;

constexpr std::array kFunctions{
    FunctionWord{"change", K::change, Dimension::percent, "change(1h)", {P::window}, 1},
    FunctionWord{"highest", K::highest, Dimension::price, "highest(24h)", {P::window}, 1},
    FunctionWord{"lowest", K::lowest, Dimension::price, "lowest(24h)", {P::window}, 1},
    FunctionWord{"sma", K::sma, Dimension::price, "sma(n, 1h)", {P::periods, P::interval}, 2},
    FunctionWord{"ema", K::ema, Dimension::price, "ema(n, 1h)", {P::periods, P::interval}, 2},
    FunctionWord{"rsi", K::rsi, Dimension::index, "rsi(n, 1h)", {P::periods, P::interval}, 2, 2},
    FunctionWord{"macd",
                 K::macd,
                 Dimension::price,
                 "macd(12, 26, 9, 1h)",
                 {P::periods, P::periods, P::periods, P::interval},
                 4},
    FunctionWord{"macd_signal",
                 K::macd_signal,
                 Dimension::price,
                 "macd_signal(12, 26, 9, 1h)",
                 {P::periods, P::periods, P::periods, P::interval},
                 4},
    FunctionWord{"macd_hist",
                 K::macd_hist,
                 Dimension::price,
                 "macd_hist(12, 26, 9, 1h)",
                 {P::periods, P::periods, P::periods, P::interval},
                 4},
    FunctionWord{"bb_upper",
                 K::bb_upper,
                 Dimension::price,
                 "bb_upper(20, 2, 1h)",
                 {P::periods, P::width, P::interval},
                 3,
                 2},
    FunctionWord{"bb_middle",
                 K::bb_middle,
                 Dimension::price,
                 "bb_middle(20, 2, 1h)",
                 {P::periods, P::width, P::interval},
                 3,
                 2},
    FunctionWord{"bb_lower",
                 K::bb_lower,
                 Dimension::price,
                 "bb_lower(20, 2, 1h)",
                 {P::periods, P::width, P::interval},
                 3,
                 2},
    FunctionWord{"atr", K::atr, Dimension::price, "atr(n, 1h)", {P::periods, P::interval}, 2},
    FunctionWord{
        "stddev", K::stddev, Dimension::price, "stddev(n, 1h)", {P::periods, P::interval}, 2, 2},
    FunctionWord{
        "price", NumberFunction::price, Dimension::price, "price(\"kraken\")", {P::exchange}, 1},
    FunctionWord{"abs", NumberFunction::abs, Dimension::number, "abs(x)", {P::number}, 1},
    FunctionWord{
        "min", NumberFunction::min, Dimension::number, "min(x, y)", {P::number, P::number}, 2},
    FunctionWord{
        "max", NumberFunction::max, Dimension::number, "max(x, y)", {P::number, P::number}, 2},
};

constexpr std::array<std::string_view, 8> kKeywords{"crosses", "between", "stale", "and",
                                                    "or",      "not",     "above", "below"};

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view described(Dimension dimension) {
  switch (dimension) {
    case Dimension::number:
      return "a number";
    case Dimension::price:
      return "a price";
    case Dimension::volume:
      return "a volume";
    case Dimension::percent:
      return "a percentage";
    case Dimension::ratio:
      return "a ratio";
    case Dimension::index:
      return "an index of 0 to 100";
    case Dimension::seconds:
      return "a duration";
  }
  return "";
}

std::span<const FieldWord> field_words() { return kFields; }
std::span<const FunctionWord> function_words() { return kFunctions; }
std::span<const std::string_view> keywords() { return kKeywords; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

const FieldWord* find_field(std::string_view word) {
  const auto* const found = std::find_if(
      kFields.begin(), kFields.end(), [&](const FieldWord& f) { return same_word(f.name, word); });
  return found == kFields.end() ? nullptr : &*found;
}

const FunctionWord* find_function(std::string_view word) {
  const auto* const found =
      std::find_if(kFunctions.begin(), kFunctions.end(),
                   [&](const FunctionWord& f) { return same_word(f.name, word); });
  return found == kFunctions.end() ? nullptr : &*found;
}

std::string_view name_of(Field field) { return kFields[static_cast<std::size_t>(field)].name; }

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const bool is_known = std::any_of(known.begin(), known.end(),
                                    [&](std::string_view name) { return same_word(name, word); });
  if (is_known) return "";  // it stands in the wrong place
  std::string small{word};
  std::transform(small.begin(), small.end(), small.begin(), lower);
  auto near = nearest(word, known, 1);
  if (near.empty()) near = nearest(small, known, 1);
  return near.empty() ? "" : ", did you mean " + near.front() + "?";
}

std::string did_you_mean(std::string_view word) {
  std::vector<std::string_view> known{kKeywords.begin(), kKeywords.end()};
  for (const FieldWord& field : kFields) known.push_back(field.name);
  for (const FunctionWord& function : kFunctions) known.push_back(function.name);
  return did_you_mean(word, known);
}

}  // namespace btcw::rules
