#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/rules/tokens.h"

namespace btcw::rules {

/// The tokens of one expression and how far they have been read.
class TokenStream {
 public:
  /// Precondition: the last is TokenKind::end, as tokenize() has it.
  explicit TokenStream(std::vector<Token> tokens) : tokens_{std::move(tokens)} {}

  [[nodiscard]] const Token& current() const { return tokens_[at_]; }
  [[nodiscard]] std::size_t column() const { return current().column; }
  [[nodiscard]] bool at_end() const { return current().kind == TokenKind::end; }
  [[nodiscard]] bool is_sign(std::string_view sign) const;
  [[nodiscard]] bool is_word(std::string_view word) const;
  [[nodiscard]] bool next_is_word(std::string_view word) const;

  /// To the next token; stays at the end.
  void skip();
  /// Skips the token if it is that sign, or that word in any case.
  bool take_sign(std::string_view sign);
  bool take_word(std::string_view word);

  /// "column 6: expected …, found "abov", did you mean above?"
  [[nodiscard]] Error expected(const std::string& what) const;

 private:
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace btcw::rules
