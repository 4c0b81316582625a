#include "btcw/notify/text/text_cost.h"

#include "btcw/base/utf8.h"

namespace btcw {
namespace {

// What escape_html() adds.
std::size_t html_growth(char32_t character) {
  if (character == U'&' || character == U'\'') return 4;
  if (character == U'<' || character == U'>') return 3;
  return character == U'"' ? 5 : 0;
}

bool is_markdown_sign(char32_t character) {
  return character < 0x80 && std::string_view{"\\`*_~|>#[]()-+.!<"}.find(
                                 static_cast<char>(character)) != std::string_view::npos;
}

}  // namespace

std::size_t cost_in_characters(char32_t) { return 1; }

std::size_t cost_in_utf16(char32_t character) { return character > 0xFFFF ? 2 : 1; }

std::size_t cost_in_bytes(char32_t character) {
  if (character < 0x80) return 1;
  if (character < 0x800) return 2;
  return character < 0x10000 ? 3 : 4;
}

std::size_t cost_in_json_bytes(char32_t character) {
  if (character == U'"' || character == U'\\' || character == U'\n' || character == U'\t') return 2;
  return character < 0x20 ? 6 : cost_in_bytes(character);
}

std::size_t cost_in_html_utf16(char32_t character) {
  return cost_in_utf16(character) + html_growth(character);
}

std::size_t cost_in_html_json_bytes(char32_t character) {
  if (character == U'\n') return 4;
  return cost_in_json_bytes(character) + html_growth(character);
}

std::size_t cost_in_markdown_utf16(char32_t character) {
  return cost_in_utf16(character) + (is_markdown_sign(character) ? 1 : 0);
}

std::size_t cost_in_dingtalk_json_bytes(char32_t character) {
  // A line end becomes two spaces and itself; a backslash is two bytes of JSON.
  if (character == U'\n') return 4;
  return cost_in_json_bytes(character) + (is_markdown_sign(character) ? 2 : 0);
}

std::size_t cost_in_wecom_bytes(char32_t character) {
  return cost_in_bytes(character) + (is_markdown_sign(character) ? 3 : 0);
}

std::size_t total_cost(std::string_view text, TextCost cost) {
  std::size_t total = 0;
  while (!text.empty()) {
    const CodePoint next = decode_utf8(text);
    total += cost(next.value);
    text.remove_prefix(next.bytes == 0 ? 1 : next.bytes);
  }
  return total;
}

}  // namespace btcw
