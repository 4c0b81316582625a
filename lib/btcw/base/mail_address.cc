#include "btcw/base/mail_address.h"

#include <algorithm>

namespace btcw {
namespace {

constexpr std::size_t kMaxBytes = 254;      // RFC 5321 §4.5.3.1.3, without the angle brackets
constexpr std::size_t kMaxLocalBytes = 64;  // §4.5.3.1.1

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Beyond ASCII everything is let through: it can end neither a command nor a header.
bool is_beyond_ascii(char c) { return (static_cast<unsigned char>(c) & 0x80U) != 0; }

bool is_atom(char c) {
  constexpr std::string_view kSigns = "!#$%&'*+-/=?^_`{|}~";
  return is_letter_or_digit(c) || is_beyond_ascii(c) || kSigns.find(c) != std::string_view::npos;
}

bool is_dotted(std::string_view text) {
  return !text.empty() && !text.starts_with('.') && !text.ends_with('.') &&
         text.find("..") == std::string_view::npos;
}

bool is_domain(std::string_view text) {
  // An address in place of a name: [192.0.2.1], [IPv6:2001:db8::1].
  if (text.starts_with('[') && text.ends_with(']') && text.size() > 2) {
    const std::string_view inner = text.substr(1, text.size() - 2);
    return std::all_of(inner.begin(), inner.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '.' || c == ':'; });
  }
  return is_dotted(text) && !text.starts_with('-') &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_letter_or_digit(c) || is_beyond_ascii(c) || c == '-' || c == '.' || c == '_';
         });
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (text.size() > kMaxBytes || at == std::string_view::npos || at > kMaxLocalBytes) return false;
  const std::string_view local = text.substr(0, at);
  const bool is_local = is_dotted(local) && std::all_of(local.begin(), local.end(), [](char c) {
                          return is_atom(c) || c == '.';
                        });
  return is_local && is_domain(text.substr(at + 1));
}

}  // namespace btcw
