#include "btcw/rules/parser.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "btcw/base/quoted.h"
#include "btcw/rules/function_call.h"
#include "btcw/rules/literal.h"
#include "btcw/rules/token_stream.h"
#include "btcw/rules/typed_node.h"

namespace btcw::rules {
namespace {

constexpr int kDeepest = 32;

struct SignOp {
  std::string_view sign;
  Op op;
};
constexpr std::array kComparisons{
    SignOp{">", Op::greater},     SignOp{"<", Op::less},   SignOp{">=", Op::greater_equal},
    SignOp{"<=", Op::less_equal}, SignOp{"==", Op::equal}, SignOp{"!=", Op::not_equal},
};

Result<TypedNode> require_number(TypedNode node) {
  if (!node.is_condition) return node;
  return error_at(node.column, "expected a number, found a condition");
}

Result<TypedNode> require_condition(TypedNode node) {
  if (node.is_condition) return node;
  return error_at(node.column,
                  "expected a condition, found a number: compare it, as in last > 100000");
}

class Parser {
 public:
  Parser(std::vector<Token> tokens, const ParseOptions& options)
      : tokens_{std::move(tokens)}, options_{options} {}

  Result<Expression> run() {
    if (tokens_.at_end()) {
      return error_at(1, "expected a condition such as last > 100000, found nothing");
    }
    auto root = condition();
    if (!root) return std::move(root).error();
    if (!tokens_.at_end()) return after_the_end();
    auto checked = require_condition(*std::move(root));
    if (!checked) return std::move(checked).error();
    expression_.root = std::move(checked->node);
    return std::move(expression_);
  }

 private:
  // Undoes what it counts when the reading of one level ends.
  class Level {
   public:
    explicit Level(int& depth) : depth_{depth} { ++depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --depth_; }

   private:
    int& depth_;
  };

  Result<TypedNode> condition() {
    const Level level{depth_};
    if (depth_ > kDeepest) return too_deep();
    return joined("or", Op::logical_or, &Parser::all);
  }

  Result<TypedNode> all() { return joined("and", Op::logical_and, &Parser::negation); }

  Result<TypedNode> joined(std::string_view word, Op op, Result<TypedNode> (Parser::*part)()) {
    auto left = (this->*part)();
    while (left && tokens_.take_word(word)) {
      auto first = require_condition(*std::move(left));
      if (!first) return first;
      auto right = (this->*part)();
      if (!right) return right;
      auto second = require_condition(*std::move(right));
      if (!second) return second;
      TypedNode both{.is_condition = true, .column = first->column};
      both.node.op = op;
      both.node.children.push_back(std::move(first->node));
      both.node.children.push_back(std::move(second->node));
      left = std::move(both);
    }
    return left;
  }

  Result<TypedNode> negation() {
    const std::size_t column = tokens_.column();
    if (!tokens_.take_word("not")) return comparison();
    const Level level{depth_};
    if (depth_ > kDeepest) return too_deep();
    auto inner = negation();
    if (!inner) return inner;
    auto checked = require_condition(*std::move(inner));
    if (!checked) return checked;
    return inverted(*std::move(checked), column);
  }

  static TypedNode inverted(TypedNode inner, std::size_t column) {
    TypedNode result{.is_condition = true, .column = column};
    result.node.op = Op::logical_not;
    result.node.children.push_back(std::move(inner.node));
    return result;
  }

  Result<TypedNode> comparison() {
    if (tokens_.take_word("stale")) return stale();
    auto left = sum();
    if (!left) return left;
    const std::size_t column = left->column;
    auto compared = compared_with(*std::move(left));
    if (!compared || !compared->is_condition) return compared;
    if (comparison_op() || tokens_.is_word("between") || tokens_.is_word("crosses")) {
      return error_at(tokens_.column(), "comparisons are not chained: join two of them with and");
    }
    compared->column = column;
    return compared;
  }

  Result<TypedNode> compared_with(TypedNode left) {
    if (const auto op = comparison_op()) {
      tokens_.skip();
      return relation(*op, std::move(left));
    }
    if (tokens_.take_word("crosses")) return crossing(std::move(left));
    if (tokens_.take_word("between")) return between(std::move(left));
    if (tokens_.is_word("not") && tokens_.next_is_word("between")) {
      tokens_.skip();
      tokens_.skip();
      const std::size_t column = left.column;
      auto inside = between(std::move(left));
      if (!inside) return inside;
      return inverted(*std::move(inside), column);
    }
    return left;
  }

  [[nodiscard]] std::optional<Op> comparison_op() const {
    for (const SignOp& entry : kComparisons) {
      if (tokens_.is_sign(entry.sign)) return entry.op;
    }
    return std::nullopt;
  }

  Result<TypedNode> relation(Op op, TypedNode left) {
    auto first = require_number(std::move(left));
    if (!first) return first;
    auto right = number_sum();
    if (!right) return right;
    return combined(op, *std::move(first), *std::move(right));
  }

  Result<TypedNode> crossing(TypedNode left) {
    const bool above = tokens_.take_word("above");
    if (!above && !tokens_.take_word("below")) return tokens_.expected("above or below");
    if (expression_.crossings == Expression::kMostCrossings) {
      return error_at(left.column, "more than " + std::to_string(Expression::kMostCrossings) +
                                       " crossings in one expression");
    }
    auto crossing = relation(above ? Op::crosses_above : Op::crosses_below, std::move(left));
    if (!crossing) return crossing;
    crossing->node.slot = static_cast<std::uint16_t>(expression_.crossings++);
    return crossing;
  }

  Result<TypedNode> between(TypedNode value) {
    auto checked = require_number(std::move(value));
    if (!checked) return checked;
    auto low = number_sum();
    if (!low) return low;
    if (!tokens_.take_word("and")) return tokens_.expected("and, with the upper bound behind it");
    auto high = number_sum();
    if (!high) return high;
    const bool literals = low->node.op == Op::literal && high->node.op == Op::literal;
    if (literals && low->node.literal.value > high->node.literal.value) {
      return error_at(low->column, "the lower bound is above the upper one");
    }
    return ranged(*std::move(checked), *std::move(low), *std::move(high));
  }

  Result<TypedNode> stale() {
    const Token& token = tokens_.current();
    if (token.kind != TokenKind::number) return tokens_.expected("a duration, as in stale 2m");
    const auto duration = read_duration(token);
    if (!duration) return duration.error();
    TypedNode result{.is_condition = true, .column = token.column};
    result.node.op = Op::stale;
    result.node.literal.value = Decimal::from_parts(duration->count(), 3);
    result.node.literal.written = result.node.literal.value;
    result.node.literal.unit = Unit::duration;
    expression_.reads_age = true;
    tokens_.skip();
    return result;
  }

  Result<TypedNode> number_sum() {
    auto number = sum();
    if (!number) return number;
    return require_number(*std::move(number));
  }

  Result<TypedNode> sum() {
    auto left = product();
    while (left && (tokens_.is_sign("+") || tokens_.is_sign("-"))) {
      const Op op = tokens_.is_sign("+") ? Op::add : Op::subtract;
      auto pair = operands(*std::move(left), &Parser::product);
      if (!pair) return std::move(pair).error();
      left = combined(op, std::move(pair->first), std::move(pair->second));
    }
    return left;
  }

  Result<TypedNode> product() {
    auto left = factor();
    while (left && (tokens_.is_sign("*") || tokens_.is_sign("/"))) {
      const Op op = tokens_.is_sign("*") ? Op::multiply : Op::divide;
      auto pair = operands(*std::move(left), &Parser::factor);
      if (!pair) return std::move(pair).error();
      left = scaled(op, std::move(pair->first), std::move(pair->second));
    }
    return left;
  }

  // What stands at both sides of the sign that is next.
  Result<std::pair<TypedNode, TypedNode>> operands(TypedNode left,
                                                   Result<TypedNode> (Parser::*part)()) {
    tokens_.skip();
    auto first = require_number(std::move(left));
    if (!first) return std::move(first).error();
    auto right = (this->*part)();
    if (!right) return std::move(right).error();
    auto second = require_number(*std::move(right));
    if (!second) return std::move(second).error();
    return std::pair{*std::move(first), *std::move(second)};
  }

  Result<TypedNode> factor() {
    const Token& token = tokens_.current();
    if (tokens_.take_sign("-")) {
      const Level level{depth_};
      if (depth_ > kDeepest) return too_deep();
      auto inner = factor();
      if (!inner) return inner;
      auto checked = require_number(*std::move(inner));
      if (!checked) return checked;
      return negated(*std::move(checked));
    }
    if (tokens_.take_sign("(")) return parenthesised(token.column);
    if (token.kind == TokenKind::number) return literal();
    if (token.kind == TokenKind::word) return word();
    return tokens_.expected("a number, a field or a function");
  }

  Result<TypedNode> parenthesised(std::size_t column) {
    auto inner = condition();
    if (!inner) return inner;
    if (!tokens_.take_sign(")"))
      return tokens_.expected(") for the ( of column " + std::to_string(column));
    inner->column = column;
    return inner;
  }

  Result<TypedNode> literal() {
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

  Result<TypedNode> word() {
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

  Result<TypedNode> call(const FunctionWord& function) {
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

  Result<TypedNode> arithmetic(NumberFunction function) {
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

  Result<TypedNode> argument() {
    const Level level{depth_};
    if (depth_ > kDeepest) return too_deep();
    return number_sum();
  }

  [[nodiscard]] Error too_deep() const {
    return error_at(tokens_.column(), "nested deeper than " + std::to_string(kDeepest));
  }

  [[nodiscard]] Error after_the_end() const {
    return tokens_.expected("a comparison, and, or, or the end");
  }

  TokenStream tokens_;
  ParseOptions options_;
  Expression expression_;
  int depth_ = 0;
};

}  // namespace

Result<Expression> parse_expression(std::string_view text, const ParseOptions& options) {
  auto tokens = tokenize(text);
  if (!tokens) return std::move(tokens).error();
  return Parser{*std::move(tokens), options}.run();
}

}  // namespace btcw::rules
