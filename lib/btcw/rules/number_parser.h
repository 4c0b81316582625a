#pragma once

#include <string>
#include <utility>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/rules/parser.h"
#include "btcw/rules/token_stream.h"
#include "btcw/rules/typed_node.h"
#include "btcw/rules/vocabulary.h"

namespace btcw::rules {

/// The part of the parser that reads sums, products, fields and functions. What stands in
/// parentheses may be a condition, which its owner reads.
class NumberParser {
 protected:
  NumberParser(std::vector<Token> tokens, const ParseOptions& options)
      : tokens_{std::move(tokens)}, options_{options} {}
  ~NumberParser() = default;

  /// How deep the reading is nested; undoes what it counts.
  class Level {
   public:
    explicit Level(int& depth) : depth_{depth} { ++depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --depth_; }

   private:
    int& depth_;
  };

  virtual Result<TypedNode> condition() = 0;

  /// A sum, which may be a condition in parentheses and nothing else.
  Result<TypedNode> sum();
  /// A sum that is a number.
  Result<TypedNode> number_sum();
  static Result<TypedNode> require_number(TypedNode node);

  [[nodiscard]] bool is_too_deep() const;
  [[nodiscard]] Error too_deep() const;

  TokenStream tokens_;
  ParseOptions options_;
  Expression expression_;
  int depth_ = 0;

 private:
  using Part = Result<TypedNode> (NumberParser::*)();

  Result<TypedNode> product();
  Result<TypedNode> factor();
  Result<TypedNode> negation_of_number();
  Result<TypedNode> parenthesised(std::size_t column);
  Result<TypedNode> literal();
  Result<TypedNode> word();
  Result<TypedNode> call(const FunctionWord& function);
  Result<TypedNode> arithmetic(NumberFunction function);
  Result<TypedNode> argument();
  Result<std::pair<TypedNode, TypedNode>> operands(TypedNode left, Part part);
};

}  // namespace btcw::rules
