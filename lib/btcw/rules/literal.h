#pragma once

#include "btcw/base/result.h"
#include "btcw/rules/expression.h"
#include "btcw/rules/tokens.h"

namespace btcw::rules {

/// What a number means by itself: "100000", "5%", "1.5k", "2M", "30s", "1h30m". A lone "2m" is
/// millions; beside a duration as_minutes() makes it one.
/// Errors: invalid_input, with the column: an unknown unit; a number with more digits than are kept
/// or out of range.
Result<Literal> read_literal(const Token& number);

/// Two minutes for "2m"; what is not in millions, or too much for a duration, is what it was.
Literal as_minutes(const Literal& millions);

/// A number with a unit of time: "30s", "1h30m", "2m".
/// Errors: invalid_input, with the column.
Result<milliseconds> read_duration(const Token& number);

/// The literal with the other sign.
Literal negated(const Literal& literal);

/// As it stands in an expression: "5%", "1.5k", "2M", "120s".
std::string to_string(const Literal& literal);

}  // namespace btcw::rules
