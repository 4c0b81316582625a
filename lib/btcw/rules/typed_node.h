#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/rules/expression.h"
#include "btcw/rules/vocabulary.h"

namespace btcw::rules {

/// A node while it is being read, with what is needed to check the one above it.
struct TypedNode {
  Node node{};
  bool is_condition = false;
  Dimension dimension = Dimension::number;
  std::size_t column = 1;
  bool lone_m = false;  ///< a literal such as 2m, which is 2 minutes beside a duration
};

/// `op` of two numbers that must go together, brought to the same unit.
/// Errors: invalid_input, with the column of `right`, for what does not go together.
Result<TypedNode> combined(Op op, TypedNode left, TypedNode right);

/// `op` is multiply or divide.
TypedNode scaled(Op op, TypedNode left, TypedNode right);

/// `value` between two bounds.
/// Errors: as combined().
Result<TypedNode> ranged(TypedNode value, TypedNode low, TypedNode high);

TypedNode negated(TypedNode number);

}  // namespace btcw::rules
