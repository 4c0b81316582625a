// to_string() of expressions.
#include <string>
#include <string_view>

#include "btcw/rules/expression.h"
#include "btcw/rules/literal.h"
#include "btcw/rules/vocabulary.h"

namespace btcw::rules {
namespace {

// How tightly a node holds its children; what holds less stands in parentheses.
enum class Bond { either, all, inverse, comparison, sum, product, sign, atom };

Bond bond_of(const Node& node) {
  switch (node.op) {
    case Op::logical_or:
      return Bond::either;
    case Op::logical_and:
      return Bond::all;
    case Op::logical_not:
      return Bond::inverse;
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::equal:
    case Op::not_equal:
    case Op::between:
    case Op::crosses_above:
    case Op::crosses_below:
    case Op::stale:
      return Bond::comparison;
    case Op::add:
    case Op::subtract:
      return Bond::sum;
    case Op::multiply:
    case Op::divide:
      return Bond::product;
    case Op::negate:
      return Bond::sign;
    case Op::in_percent:
      return bond_of(node.children.front());
    case Op::literal:
    case Op::field:
    case Op::indicator:
    case Op::exchange_price:
    case Op::abs:
    case Op::min:
    case Op::max:
      return Bond::atom;
  }
  return Bond::atom;
}

std::string_view sign_of(Op op) {
  switch (op) {
    case Op::logical_or:
      return " or ";
    case Op::logical_and:
      return " and ";
    case Op::less:
      return " < ";
    case Op::less_equal:
      return " <= ";
    case Op::greater:
      return " > ";
    case Op::greater_equal:
      return " >= ";
    case Op::equal:
      return " == ";
    case Op::not_equal:
      return " != ";
    case Op::crosses_above:
      return " crosses above ";
    case Op::crosses_below:
      return " crosses below ";
    case Op::add:
      return " + ";
    case Op::subtract:
      return " - ";
    case Op::multiply:
      return " * ";
    case Op::divide:
      return " / ";
    case Op::min:
      return "min";
    case Op::max:
      return "max";
    case Op::abs:
      return "abs";
    case Op::between:
    case Op::stale:
    case Op::literal:
    case Op::field:
    case Op::indicator:
    case Op::exchange_price:
    case Op::negate:
    case Op::in_percent:
    case Op::logical_not:
      break;
  }
  return "";
}

class Printer {
 public:
  explicit Printer(const Expression& expression) : expression_{expression} {}

  // `node`, in parentheses unless it holds at least as tightly as `least`.
  void print(const Node& node, Bond least) {
    const bool enclosed = bond_of(node) < least;
    if (enclosed) text_ += '(';
    print_bare(node);
    if (enclosed) text_ += ')';
  }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void print_bare(const Node& node) {
    switch (node.op) {
      case Op::literal:
        text_ += to_string(node.literal);
        return;
      case Op::field:
        text_ += name_of(node.field);
        return;
      case Op::indicator:
        text_ += to_string(expression_.indicators[node.slot]);
        return;
      case Op::exchange_price:
        text_.append("price(\"").append(expression_.exchanges[node.slot].text()).append("\")");
        return;
      case Op::stale:
        text_.append("stale ").append(to_string(node.literal));
        return;
      case Op::in_percent:
        return print_bare(node.children.front());
      case Op::negate:
        text_ += '-';
        return print_negated(node.children.front());
      case Op::logical_not:
        text_ += "not ";
        return print(node.children.front(), Bond::inverse);
      case Op::between:
        return print_between(node);
      case Op::abs:
      case Op::min:
      case Op::max:
        return print_call(node);
      case Op::add:
      case Op::subtract:
      case Op::multiply:
      case Op::divide:
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
      case Op::equal:
      case Op::not_equal:
      case Op::crosses_above:
      case Op::crosses_below:
      case Op::logical_and:
      case Op::logical_or:
        return print_pair(node);
    }
  }

  // A minus before a literal would become part of it.
  void print_negated(const Node& child) {
    print(child, child.op == Op::literal ? Bond::atom : Bond::sign);
  }

  void print_pair(const Node& node) {
    const Bond bond = bond_of(node);
    const auto tighter = static_cast<Bond>(static_cast<int>(bond) + 1);
    // Comparisons are not chained; the others group from the left.
    print(node.children[0], bond == Bond::comparison ? tighter : bond);
    text_ += sign_of(node.op);
    print(node.children[1], tighter);
  }

  void print_between(const Node& node) {
    print(node.children[0], Bond::sum);
    text_ += " between ";
    print(node.children[1], Bond::sum);
    text_ += " and ";
    print(node.children[2], Bond::sum);
  }

  void print_call(const Node& node) {
    text_.append(sign_of(node.op)).append("(");
    print_arguments(node);
    text_ += ')';
  }

  // max(a, b, c) is read as max(max(a, b), c), and nests no deeper when it is read again.
  void print_arguments(const Node& node) {
    const Node& first = node.children.front();
    if (first.op == node.op && node.op != Op::abs) {
      print_arguments(first);
    } else {
      print(first, Bond::sum);
    }
    for (std::size_t at = 1; at < node.children.size(); ++at) {
      text_ += ", ";
      print(node.children[at], Bond::sum);
    }
  }

  const Expression& expression_;
  std::string text_;
};

}  // namespace

std::string to_string(const Node& node, const Expression& of) {
  Printer printer{of};
  printer.print(node, Bond::either);
  return std::move(printer).take();
}

std::string to_string(const Expression& expression) {
  return to_string(expression.root, expression);
}

}  // namespace btcw::rules
