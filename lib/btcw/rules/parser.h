#pragma once

#include <span>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/rules/expression.h"

namespace btcw::rules {

struct ParseOptions {
  /// What price("…") may name; empty: anything that could be an exchange.
  std::span<const std::string_view> exchanges = {};
};

/// Reads a condition:
///
///     condition   all { "or" all }
///     all         not { "and" not }
///     not         "not" not | comparison
///     comparison  sum [ ( > < >= <= == != ) sum
///                     | "crosses" ( "above" | "below" ) sum
///                     | ["not"] "between" sum "and" sum ] | "stale" DURATION
///     sum         product { ( + - ) product }
///     product     factor { ( * / ) factor }
///     factor      "-" factor | "(" condition ")" | NUMBER | FIELD | FUNCTION "(" … ")"
///
/// Words may be written in any case. Comparisons are not chained. What does not go together (a
/// price and a percentage) is refused. Errors: invalid_input, "column 6: expected …, found …"; for
/// more than kLongestExpression bytes, nesting deeper than 32, more crossings or functions than an
/// expression may have.
Result<Expression> parse_expression(std::string_view text, const ParseOptions& options = {});

}  // namespace btcw::rules
