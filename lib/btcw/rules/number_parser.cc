#include "btcw/rules/number_parser.h"

#include "btcw/rules/function_call.h"
#include "btcw/rules/literal.h"

namespace btcw::rules {
namespace {

constexpr int kDeepest = 32;

}  // namespace

Result<TypedNode> NumberParser::require_number(TypedNode node) {
  if (!node.is_condition) return node;
  return error_at(node.column, "expected a number, found a condition");
}

bool NumberParser::is_too_deep() const { return depth_ > kDeepest; }

Error NumberParser::too_deep() const {
  return error_at(tokens_.column(), "nested deeper than " + std::to_string(kDeepest));
}

Result<TypedNode> NumberParser::number_sum() {
  auto number = sum();
  if (!number) return number;
  return require_number(*std::move(number));
}

Result<TypedNode> NumberParser::sum() {
  auto left = product();
  while (left && (tokens_.is_sign("+") || tokens_.is_sign("-"))) {
    const Op op = tokens_.is_sign("+") ? Op::add : Op::subtract;
    auto pair = operands(*std::move(left), &NumberParser::product);
    if (!pair) return std::move(pair).error();
    left = combined(op, std::move(pair->first), std::move(pair->second));
  }
  return left;
}

Result<TypedNode> NumberParser::product() {
  auto left = factor();
  while (left && (tokens_.is_sign("*") || tokens_.is_sign("/"))) {
    const Op op = tokens_.is_sign("*") ? Op::multiply : Op::divide;
    auto pair = operands(*std::move(left), &NumberParser::factor);
    if (!pair) return std::move(pair).error();
    left = scaled(op, std::move(pair->first), std::move(pair->second));
  }
  return left;
}

// What stands at both sides of the sign that is next.
Result<std::pair<TypedNode, TypedNode>> NumberParser::operands(TypedNode left, Part part) {
  tokens_.skip();
  auto first = require_number(std::move(left));
  if (!first) return std::move(first).error();
  auto right = (this->*part)();
  if (!right) return std::move(right).error();
  auto second = require_number(*std::move(right));
  if (!second) return std::move(second).error();
  return std::pair{*std::move(first), *std::move(second)};
}

Result<TypedNode> NumberParser::factor() {
  const Token& token = tokens_.current();
  if (tokens_.take_sign("-")) return negation_of_number();
  if (tokens_.take_sign("(")) return parenthesised(token.column);
  if (token.kind == TokenKind::number) return literal();
  if (token.kind == TokenKind::word) return word();
  return tokens_.expected("a number, a field or a function");
}

Result<TypedNode> NumberParser::parenthesised(std::size_t column) {
  auto inner = condition();
  if (!inner) return inner;
  if (!tokens_.take_sign(")"))
    return tokens_.expected(") for the ( of column " + std::to_string(column));
  inner->column = column;
  return inner;
}

Result<TypedNode> NumberParser::literal() {
  const Token& token = tokens_.current();
  auto value = read_literal(token);
  if (!value) return std::move(value).error();
  TypedNode result{.column = token.column, .lone_m = token.suffix == "m"};
  if (value->unit == Unit::percent) result.dimension = Dimension::ratio;
  if (value->unit == Unit::duration) result.dimension = Dimension::seconds;
  result.node.literal = *std::move(value);
  tokens_.skip();
  return result;
}

Result<TypedNode> NumberParser::word() {
  const Token& token = tokens_.current();
  if (const FieldWord* const field = find_field(token.text)) {
    tokens_.skip();
    TypedNode result{.dimension = field->dimension, .column = token.column};
    result.node.op = Op::field;
    result.node.field = field->field;
    expression_.reads_age = expression_.reads_age || field->field == Field::age;
    return result;
  }
  if (const FunctionWord* const function = find_function(token.text)) return call(*function);
  return tokens_.expected("a number, a field or a function");
}

Result<TypedNode> NumberParser::call(const FunctionWord& function) {
  const std::size_t column = tokens_.column();
  tokens_.skip();
  if (!tokens_.take_sign("(")) {
    return tokens_.expected("( as in " + std::string{function.usage});
  }
  const auto* const number = std::get_if<NumberFunction>(&function.what);
  Result<TypedNode> result = number == nullptr ? indicator_call(function, tokens_, expression_)
                             : *number == NumberFunction::price
                                 ? exchange_call(tokens_, options_.exchanges, expression_)
                                 : arithmetic(*number);
  if (!result) return result;
  if (!tokens_.take_sign(")")) return tokens_.expected(") as in " + std::string{function.usage});
  result->column = column;
  return result;
}

Result<TypedNode> NumberParser::arithmetic(NumberFunction function) {
  auto value = argument();
  if (!value) return value;
  if (function == NumberFunction::abs) {
    TypedNode result{.dimension = value->dimension};
    result.node.op = Op::abs;
    result.node.children.push_back(std::move(value->node));
    return result;
  }
  const Op op = function == NumberFunction::min ? Op::min : Op::max;
  if (!tokens_.is_sign(",")) return tokens_.expected(", and another number");
  while (value && tokens_.take_sign(",")) {
    auto other = argument();
    if (!other) return other;
    value = combined(op, *std::move(value), *std::move(other));
  }
  return value;
}

Result<TypedNode> NumberParser::argument() {
  const Level level{depth_};
  if (is_too_deep()) return too_deep();
  return number_sum();
}

Result<TypedNode> NumberParser::negation_of_number() {
  const Level level{depth_};
  if (is_too_deep()) return too_deep();
  auto inner = factor();
  if (!inner) return inner;
  auto checked = require_number(*std::move(inner));
  if (!checked) return checked;
  return negated(*std::move(checked));
}

}  // namespace btcw::rules
