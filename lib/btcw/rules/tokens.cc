#include "btcw/rules/tokens.h"

#include <algorithm>
#include <array>
#include <optional>

#include "btcw/base/quoted.h"

namespace btcw::rules {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

struct Misspelling {
  std::string_view sign;
  std::string_view hint;
};

// What other languages write; looked for before the signs, the longer ones first.
constexpr std::array kMisspellings{
    Misspelling{"&&", "write and"}, Misspelling{"||", "write or"},
    Misspelling{"<>", "write !="},  Misspelling{"=>", "write >="},
    Misspelling{"=<", "write <="},  Misspelling{"**", "there are no powers"},
};
constexpr std::array<std::string_view, 13> kSigns{">=", "<=", "==", "!=", ">", "<", "+",
                                                  "-",  "*",  "/",  "(",  ")", ","};
constexpr std::array kLoneCharacters{
    Misspelling{"=", "to compare, write =="},
    Misspelling{"!", "write not, or !="},
    Misspelling{"&", "write and"},
    Misspelling{"|", "write or"},
    Misspelling{"%", "a % stands right behind its number, as in 5%"},
    Misspelling{"$", "prices stand without a currency"},
    Misspelling{"≥", "write >="},
    Misspelling{"≤", "write <="},
    Misspelling{"≠", "write !="},
};

template <std::size_t N>
const Misspelling* find_in(const std::array<Misspelling, N>& table, std::string_view text) {
  const auto* const found = std::find_if(table.begin(), table.end(), [&](const Misspelling& entry) {
    return text.starts_with(entry.sign);
  });
  return found == table.end() ? nullptr : &*found;
}

// Characters, not bytes: what UTF-8 continues is not counted.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text) : text_{text} {}

  Result<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      auto token = next();
      if (!token) return std::move(token).error();
      tokens.push_back(*token);
      if (token->kind == TokenKind::end) return tokens;
    }
  }

 private:
  Result<Token> next() {
    Token token{.column = column()};
    if (at_ == text_.size()) return token;
    const char c = text_[at_];
    const bool point = c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]);
    if (is_digit(c) || point) return number(token);
    if (is_letter(c)) {
      token.kind = TokenKind::word;
      token.text = take_while([](char x) { return is_letter(x) || is_digit(x); });
      return token;
    }
    if (c == '"' || c == '\'') return text(token);
    return sign(token);
  }

  Result<Token> number(Token token) {
    token.kind = TokenKind::number;
    const std::size_t begin = at_;
    take_while(is_digit);
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      take_while(is_digit);
    }
    take_exponent();
    token.text = text_.substr(begin, at_ - begin);
    const std::size_t suffix = at_;
    if (at_ < text_.size() && text_[at_] == '%') {
      ++at_;
    } else {
      take_while([](char x) { return is_letter(x) || is_digit(x) || x == '.'; });
    }
    token.suffix = text_.substr(suffix, at_ - suffix);
    return token;
  }

  // "1e5" is a number, "1e" is a number with an unknown unit.
  void take_exponent() {
    std::size_t end = at_;
    if (end == text_.size() || (text_[end] != 'e' && text_[end] != 'E')) return;
    ++end;
    if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) ++end;
    if (end == text_.size() || !is_digit(text_[end])) return;
    at_ = end;
    take_while(is_digit);
  }

  Result<Token> text(Token token) {
    token.kind = TokenKind::text;
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string_view::npos) {
      return error_at(token.column, "no quote ends the text that begins here");
    }
    token.text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return token;
  }

  Result<Token> sign(Token token) {
    const std::string_view rest = text_.substr(at_);
    if (const Misspelling* const other = find_in(kMisspellings, rest)) {
      return error_at(token.column, quoted(other->sign) + ": " + std::string{other->hint});
    }
    for (const std::string_view sign : kSigns) {
      if (!rest.starts_with(sign)) continue;
      token.kind = TokenKind::sign;
      token.text = rest.substr(0, sign.size());
      at_ += sign.size();
      return token;
    }
    if (const Misspelling* const other = find_in(kLoneCharacters, rest)) {
      return error_at(token.column, quoted(other->sign) + ": " + std::string{other->hint});
    }
    const auto lead = static_cast<unsigned char>(rest.front());
    const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return error_at(token.column, quoted(rest.substr(0, bytes)) + " has no meaning here");
  }

  template <typename Predicate>
  std::string_view take_while(Predicate belongs) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  [[nodiscard]] std::size_t column() const { return characters(text_.substr(0, at_)) + 1; }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Error error_at(std::size_t column, const std::string& message) {
  return {Errc::invalid_input, "column " + std::to_string(column) + ": " + message};
}

Result<std::vector<Token>> tokenize(std::string_view text) {
  if (text.size() > kLongestExpression) {
    return Error{Errc::invalid_input, "expression of " + std::to_string(text.size()) +
                                          " bytes, at most " + std::to_string(kLongestExpression) +
                                          " are read"};
  }
  return Tokenizer{text}.run();
}

}  // namespace btcw::rules
