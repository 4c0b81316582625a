#pragma once

#include <optional>

#include "btcw/rules/vocabulary.h"

namespace btcw::rules {

/// What the sum, the difference, the smaller or a comparison of the two measures; nullopt: they do
/// not go together. A ratio beside a percentage is taken times 100 first.
std::optional<Dimension> together(Dimension a, Dimension b);

/// What a product measures: a price times a number or a ratio is a price.
Dimension product(Dimension a, Dimension b);

/// What a quotient measures: a price by a price is a ratio.
Dimension quotient(Dimension a, Dimension b);

}  // namespace btcw::rules
