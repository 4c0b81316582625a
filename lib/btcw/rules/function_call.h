#pragma once

#include <span>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/rules/expression.h"
#include "btcw/rules/token_stream.h"
#include "btcw/rules/typed_node.h"
#include "btcw/rules/vocabulary.h"

namespace btcw::rules {

/// Reads what stands between the parentheses of an indicator, and enters it in `expression`.
/// Errors: invalid_input, with the column: a parameter of another kind, out of its range, missing;
/// more than 64 indicators.
Result<TypedNode> indicator_call(const FunctionWord& function, TokenStream& tokens,
                                 Expression& expression);

/// Reads the name between the parentheses of price("kraken").
/// Errors: invalid_input, with the column: no name, or one that `known` (unless empty) does not
/// have.
Result<TypedNode> exchange_call(TokenStream& tokens, std::span<const std::string_view> known,
                                Expression& expression);

}  // namespace btcw::rules
