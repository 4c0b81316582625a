#include "btcw/rules/parser.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "btcw/rules/literal.h"
#include "btcw/rules/number_parser.h"
#include "btcw/rules/typed_node.h"

namespace btcw::rules {
namespace {

struct SignOp {
  std::string_view sign;
  Op op;
};
constexpr std::array kComparisons{
    SignOp{">", Op::greater},     SignOp{"<", Op::less},   SignOp{">=", Op::greater_equal},
    SignOp{"<=", Op::less_equal}, SignOp{"==", Op::equal}, SignOp{"!=", Op::not_equal},
};

Result<TypedNode> require_condition(TypedNode node) {
  if (node.is_condition) return node;
  return error_at(node.column,
                  "expected a condition, found a number: compare it, as in last > 100000");
}

// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor): nothing is derived from it
class Parser final : private NumberParser {
 public:
  Parser(std::vector<Token> tokens, const ParseOptions& options)
      : NumberParser{std::move(tokens), options} {}

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
  Result<TypedNode> condition() override {
    const Level level{depth_};
    if (is_too_deep()) return too_deep();
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
    if (is_too_deep()) return too_deep();
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

  [[nodiscard]] Error after_the_end() const {
    return tokens_.expected("a comparison, and, or, or the end");
  }
};

}  // namespace

Result<Expression> parse_expression(std::string_view text, const ParseOptions& options) {
  auto tokens = tokenize(text);
  if (!tokens) return std::move(tokens).error();
  return Parser{*std::move(tokens), options}.run();
}

}  // namespace btcw::rules
