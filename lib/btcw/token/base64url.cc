#include "btcw/token/base64url.h"

#include <array>
#include <cstdint>

namespace btcw::token {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Larger than any value of four digits, so that one comparison finds a bad one among them.
constexpr std::uint32_t kBad = 1U << 24;

constexpr std::array<std::uint32_t, 256> values_shifted_by(int bits) {
  std::array<std::uint32_t, 256> values{};
  for (auto& value : values) value = kBad;
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint32_t>(i) << bits;
  }
  return values;
}

// One table a place: four look-ups and three ors make 24 bits.
constexpr auto kFirst = values_shifted_by(18);
constexpr auto kSecond = values_shifted_by(12);
constexpr auto kThird = values_shifted_by(6);
constexpr auto kFourth = values_shifted_by(0);

char digit(std::uint32_t value) { return kDigits[value & 63U]; }

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

char* write_last(std::string_view rest, char* to) {
  if (rest.empty()) return to;
  const std::uint32_t high = byte_at(rest, 0) << 16U;
  const std::uint32_t bits = rest.size() == 2 ? high | byte_at(rest, 1) << 8U : high;
  *to++ = digit(bits >> 18U);
  *to++ = digit(bits >> 12U);
  if (rest.size() == 2) *to++ = digit(bits >> 6U);
  return to;
}

// The last two or three digits; false when they are none or leave bits that are not zero.
bool read_last(std::string_view rest, char* to) {
  if (rest.empty()) return true;
  if (rest.size() == 1) return false;
  std::uint32_t bits = kFirst[byte_at(rest, 0)] | kSecond[byte_at(rest, 1)];
  if (rest.size() == 3) bits |= kThird[byte_at(rest, 2)];
  const std::uint32_t unused = rest.size() == 2 ? 0xffffU : 0xffU;
  if (bits >= kBad || (bits & unused) != 0) return false;
  *to++ = static_cast<char>(bits >> 16U);
  if (rest.size() == 3) *to = static_cast<char>(bits >> 8U);
  return true;
}

}  // namespace

void append_base64url(std::string_view bytes, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + base64url_size(bytes.size()));
  char* to = out.data() + start;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t bits =
        byte_at(bytes, i) << 16U | byte_at(bytes, i + 1) << 8U | byte_at(bytes, i + 2);
    *to++ = digit(bits >> 18U);
    *to++ = digit(bits >> 12U);
    *to++ = digit(bits >> 6U);
    *to++ = digit(bits);
  }
  write_last(bytes.substr(i), to);
}

std::string to_base64url(std::string_view bytes) {
  std::string out;
  append_base64url(bytes, out);
  return out;
}

bool read_base64url(std::string_view text, std::string& out) {
  out.resize(text.size() * 3 / 4);
  char* to = out.data();
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const std::uint32_t bits = kFirst[byte_at(text, i)] | kSecond[byte_at(text, i + 1)] |
                               kThird[byte_at(text, i + 2)] | kFourth[byte_at(text, i + 3)];
    if (bits >= kBad) return false;
    *to++ = static_cast<char>(bits >> 16U);
    *to++ = static_cast<char>(bits >> 8U);
    *to++ = static_cast<char>(bits);
  }
  return read_last(text.substr(i), to);
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out;
  if (!read_base64url(text, out)) return std::nullopt;
  return out;
}

}  // namespace btcw::token
