#include "printable.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace btcw::cli {
namespace {

/// One character of UTF-8, or one byte that is none.
struct Character {
  std::string_view bytes;
  std::uint32_t code_point = 0;
  bool valid = false;
};

/// Reads the first character of `text` as RFC 3629 says: no overlong forms, no surrogates.
/// Precondition: `text` is not empty.
Character first_character(std::string_view text) {
  const auto at = [&](std::size_t i) -> std::uint32_t {
    return static_cast<std::uint8_t>(text[i]);
  };
  const std::uint32_t lead = at(0);
  const Character invalid{.bytes = text.substr(0, 1)};
  if (lead < 0x80) return {.bytes = text.substr(0, 1), .code_point = lead, .valid = true};
  std::size_t size = 0;
  if (lead >= 0xC2 && lead <= 0xDF) size = 2;
  if (lead >= 0xE0 && lead <= 0xEF) size = 3;
  if (lead >= 0xF0 && lead <= 0xF4) size = 4;
  if (size == 0 || text.size() < size) return invalid;
  std::uint32_t code_point = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((at(i) & 0xC0U) != 0x80U) return invalid;
    code_point = (code_point << 6U) | (at(i) & 0x3FU);
  }
  const bool overlong = (size == 3 && code_point < 0x800) || (size == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return invalid;
  return {.bytes = text.substr(0, size), .code_point = code_point, .valid = true};
}

bool is_control(std::uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.valid) {
      out += '?';
    } else if (is_control(character.code_point)) {
      out += ' ';
    } else {
      out += character.bytes;
    }
    text.remove_prefix(character.bytes.size());
  }
  return out;
}

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.valid) {
      out += "\xEF\xBF\xBD";
    } else if (character.bytes == "\"" || character.bytes == "\\") {
      out += '\\';
      out += character.bytes;
    } else if (is_control(character.code_point)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", character.code_point);
    } else {
      out += character.bytes;
    }
    text.remove_prefix(character.bytes.size());
  }
  out += '"';
}

}  // namespace btcw::cli
