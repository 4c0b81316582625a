#include "btcw/rules/typed_node.h"

#include <utility>

#include "btcw/rules/dimensions.h"
#include "btcw/rules/literal.h"
#include "btcw/rules/tokens.h"

namespace btcw::rules {
namespace {

bool makes_number(Op op) {
  return op == Op::add || op == Op::subtract || op == Op::min || op == Op::max;
}

void read_as_duration(TypedNode& number) {
  if (!number.lone_m) return;
  number.node.literal = as_minutes(number.node.literal);
  number.lone_m = false;
  if (number.node.literal.unit == Unit::duration) number.dimension = Dimension::seconds;
}

void read_as_percent(TypedNode& number) {
  if (number.dimension != Dimension::ratio) return;
  Node child = std::move(number.node);
  number.node = Node{.op = Op::in_percent};
  number.node.children.push_back(std::move(child));
  number.dimension = Dimension::percent;
}

// Brings `number` to what it is beside `other`.
void fit(TypedNode& number, Dimension other) {
  if (other == Dimension::seconds) read_as_duration(number);
  if (other == Dimension::percent) read_as_percent(number);
}

Error mismatch(const TypedNode& left, const TypedNode& right) {
  std::string message{described(right.dimension)};
  message.append(" does not go with ").append(described(left.dimension));
  const bool has_ratio = left.dimension == Dimension::ratio || right.dimension == Dimension::ratio;
  const bool has_price = left.dimension == Dimension::price || right.dimension == Dimension::price;
  if (has_ratio && has_price) message += ": write a share of a price as in open * 5%";
  return error_at(right.column, message);
}

}  // namespace

Result<TypedNode> combined(Op op, TypedNode left, TypedNode right) {
  fit(left, right.dimension);
  fit(right, left.dimension);
  const auto dimension = together(left.dimension, right.dimension);
  if (!dimension) return mismatch(left, right);
  TypedNode result{.is_condition = !makes_number(op), .dimension = *dimension};
  result.column = left.column;
  result.node.op = op;
  result.node.children.push_back(std::move(left.node));
  result.node.children.push_back(std::move(right.node));
  return result;
}

TypedNode scaled(Op op, TypedNode left, TypedNode right) {
  TypedNode result{.dimension = op == Op::multiply ? product(left.dimension, right.dimension)
                                                   : quotient(left.dimension, right.dimension)};
  result.column = left.column;
  result.node.op = op;
  result.node.children.push_back(std::move(left.node));
  result.node.children.push_back(std::move(right.node));
  return result;
}

Result<TypedNode> ranged(TypedNode value, TypedNode low, TypedNode high) {
  for (TypedNode* const bound : {&low, &high}) {
    fit(value, bound->dimension);
    fit(*bound, value.dimension);
  }
  fit(low, value.dimension);  // what the upper bound has made of the value
  if (!together(value.dimension, low.dimension)) return mismatch(value, low);
  if (!together(value.dimension, high.dimension)) return mismatch(value, high);
  if (!together(low.dimension, high.dimension)) return mismatch(low, high);
  TypedNode result{.is_condition = true};
  result.column = value.column;
  result.node.op = Op::between;
  result.node.children.push_back(std::move(value.node));
  result.node.children.push_back(std::move(low.node));
  result.node.children.push_back(std::move(high.node));
  return result;
}

TypedNode negated(TypedNode number) {
  if (number.node.op == Op::literal) {
    number.node.literal = negated(number.node.literal);
    return number;
  }
  TypedNode result{.dimension = number.dimension, .column = number.column};
  result.node.op = Op::negate;
  result.node.children.push_back(std::move(number.node));
  return result;
}

}  // namespace btcw::rules
