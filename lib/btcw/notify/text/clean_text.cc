#include "btcw/notify/text/clean_text.h"

#include "btcw/base/utf8.h"

namespace btcw {
namespace {

bool is_unwanted(char32_t character) {
  if (character == U'\n' || character == U'\t') return false;
  if (character < 0x20 || (character >= 0x7F && character < 0xA0)) return true;
  // Embeddings, overrides and isolates: a price could be made to read backwards.
  if (character >= 0x202A && character <= 0x202E) return true;
  if (character >= 0x2066 && character <= 0x2069) return true;
  return character == 0xFEFF;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

void trim(std::string& text) {
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  // Spaces before the first word may be meant: a table.
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string::npos) return;
  const std::size_t line = text.rfind('\n', first);
  if (line != std::string::npos) text.erase(0, line + 1);
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text[0] == '\r') {
      if (!text.starts_with("\r\n")) out += '\n';
      text.remove_prefix(1);
      continue;
    }
    const CodePoint next = decode_utf8(text);
    if (next.bytes == 0) {
      out += "\uFFFD";
      text.remove_prefix(1);
      continue;
    }
    if (next.value == 0x2028 || next.value == 0x2029) {
      out += '\n';
    } else if (!is_unwanted(next.value)) {
      out += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  trim(out);
  return out;
}

std::string clean_line(std::string_view text) {
  std::string out;
  bool is_gap = false;
  for (const char c : clean_text(text)) {
    if (is_blank(c)) {
      is_gap = !out.empty();
      continue;
    }
    if (is_gap) out += ' ';
    is_gap = false;
    out += c;
  }
  return out;
}

}  // namespace btcw
