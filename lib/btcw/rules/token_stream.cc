#include "btcw/rules/token_stream.h"

#include "btcw/base/quoted.h"
#include "btcw/rules/vocabulary.h"

namespace btcw::rules {

bool TokenStream::is_sign(std::string_view sign) const {
  return current().kind == TokenKind::sign && current().text == sign;
}

bool TokenStream::is_word(std::string_view word) const {
  return current().kind == TokenKind::word && same_word(current().text, word);
}

bool TokenStream::next_is_word(std::string_view word) const {
  if (at_ + 1 >= tokens_.size()) return false;
  const Token& next = tokens_[at_ + 1];
  return next.kind == TokenKind::word && same_word(next.text, word);
}

void TokenStream::skip() {
  if (at_ + 1 < tokens_.size()) ++at_;
}

bool TokenStream::take_sign(std::string_view sign) {
  if (!is_sign(sign)) return false;
  skip();
  return true;
}

bool TokenStream::take_word(std::string_view word) {
  if (!is_word(word)) return false;
  skip();
  return true;
}

Error TokenStream::expected(const std::string& what) const {
  const Token& token = current();
  std::string message = "expected " + what + ", found ";
  if (at_end()) return error_at(token.column, message + "the end");
  message += btcw::quoted(std::string{token.text}.append(token.suffix));
  if (token.kind == TokenKind::word) message += did_you_mean(token.text);
  return error_at(token.column, message);
}

}  // namespace btcw::rules
