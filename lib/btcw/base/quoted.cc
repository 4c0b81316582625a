#include "btcw/base/quoted.h"

#include <fmt/format.h>

#include <cstdint>

namespace btcw {
namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

CodePoint decode(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at]));
  };
  const std::uint32_t lead = byte(0);
  const std::size_t size = lead < 0x80                   ? 1
                           : lead >= 0xC2 && lead < 0xE0 ? 2
                           : lead >= 0xE0 && lead < 0xF0 ? 3
                           : lead >= 0xF0 && lead < 0xF5 ? 4
                                                         : 0;
  if (size == 0 || size > text.size()) return {};
  if (size == 1) return {lead, 1};
  std::uint32_t value = lead & (0x7FU >> size);
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(at) & 0x3FU);
  }
  const bool too_long = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (too_long || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
  return {value, size};
}

// Without the marks that change the direction of text, join lines or cannot be seen.
bool is_harmless(std::uint32_t value) {
  if (value < 0x80) return value >= 0x20 && value < 0x7F && value != '"' && value != '\\';
  return value >= 0xA0 && !(value >= 0x200B && value <= 0x200F) &&
         !(value >= 0x2028 && value <= 0x202E) && !(value >= 0x2060 && value <= 0x206F) &&
         value != 0xFEFF;
}

}  // namespace

std::string quoted(std::string_view text, std::size_t max_bytes) {
  std::string out = "\"";
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint next = decode(text.substr(at));
    const std::size_t size = next.bytes == 0 ? 1 : next.bytes;
    if (at + size > max_bytes) break;
    const std::string_view piece = text.substr(at, size);
    if (next.bytes != 0 && is_harmless(next.value)) {
      out.append(piece);
    } else if (piece == "\"" || piece == "\\") {
      out.append("\\").append(piece);
    } else {
      for (const char c : piece) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
      }
    }
    at += size;
  }
  out += at < text.size() ? "\"..." : "\"";
  return out;
}

}  // namespace btcw
