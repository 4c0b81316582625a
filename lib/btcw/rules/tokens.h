#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"

namespace btcw::rules {

enum class TokenKind : std::uint8_t {
  number,  ///< with what follows it without a space: "1.5k", "5%", "1h30m"
  word,
  text,  ///< what stands between quotes
  sign,  ///< > < >= <= == != + - * / ( ) ,
  end,
};

/// A piece of an expression. `text` borrows from what was read.
struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text{};
  std::string_view suffix{};  ///< of a number: "k", "%", "h30m"
  std::size_t column = 1;     ///< in characters, from 1
};

/// An error of an expression: "column 6: …".
Error error_at(std::size_t column, const std::string& message);

/// The tokens of `text`, the last of them TokenKind::end.
/// Errors: invalid_input, with the column: a character that is in no token, a quote without its
/// end, more than kLongestExpression bytes.
Result<std::vector<Token>> tokenize(std::string_view text);

inline constexpr std::size_t kLongestExpression = 2'000;

}  // namespace btcw::rules
