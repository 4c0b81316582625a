#include "btcw/config/toml_depth.h"

#include <cstddef>

namespace btcw {
namespace {

constexpr int kMostDots = 16;

// The end of the string that starts at `text[at]`, as TOML sees it. One that is not closed ends
// with its line, or with the text when it is of the kind that goes over several.
std::size_t skip_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string_view triple = text.substr(at, 3);
  const bool several_lines = triple.size() == 3 && triple[1] == quote && triple[2] == quote;
  at += several_lines ? 3 : 1;
  while (at < text.size()) {
    if (quote == '"' && text[at] == '\\') {
      at += 2;
      continue;
    }
    if (!several_lines && text[at] == '\n') return at;
    if (text[at] == quote) {
      if (!several_lines) return at + 1;
      if (text.substr(at, 3) == triple) return at + 3;
    }
    ++at;
  }
  return text.size();
}

std::size_t skip_comment(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end;
}

TextPosition position_of(std::string_view text, std::size_t at) {
  TextPosition position{.line = 1, .column = 1};
  for (const char c : text.substr(0, at)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++position.column;
    }
  }
  return position;
}

}  // namespace

std::optional<TomlProblem> find_too_deep(std::string_view text) {
  int dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    switch (text[at]) {
      case '"':
      case '\'':
        at = skip_string(text, at);
        continue;
      case '#':
        at = skip_comment(text, at);
        continue;
      case '.':
        if (++dots > kMostDots) {
          return TomlProblem{position_of(text, at), "a key with more than 16 dots"};
        }
        break;
      case '=':
      case ',':
      case '[':
      case ']':
      case '{':
      case '}':
      case '\n':
        dots = 0;
        break;
      default:
        break;
    }
    ++at;
  }
  return std::nullopt;
}

}  // namespace btcw
