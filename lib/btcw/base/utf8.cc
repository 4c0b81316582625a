#include "btcw/base/utf8.h"

#include <cstdint>

namespace btcw {
namespace {

std::size_t sequence_bytes(std::uint32_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

}  // namespace

CodePoint decode_utf8(std::string_view text) {
  const auto byte = [text](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at]));
  };
  const std::size_t bytes = sequence_bytes(byte(0));
  if (bytes == 0 || bytes > text.size()) return {};
  if (bytes == 1) return {.value = byte(0), .bytes = 1};
  std::uint32_t value = byte(0) & (0x7FU >> bytes);
  for (std::size_t at = 1; at < bytes; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte(at) & 0x3FU);
  }
  const bool is_overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  if (is_overlong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
  return {.value = value, .bytes = bytes};
}

}  // namespace btcw
