#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace btcw::token {

/// The length of the base64url text of `size` bytes, without padding.
constexpr std::size_t base64url_size(std::size_t size) { return (size * 4 + 2) / 3; }

/// Appends the base64url text of `bytes` (RFC 7515 appendix C: no padding).
void append_base64url(std::string_view bytes, std::string& out);
[[nodiscard]] std::string to_base64url(std::string_view bytes);

/// Puts what `text` stands for into `out`, whose memory is used again.
///
/// Only the one canonical spelling is read, so that no two texts mean the same bytes.
/// False, with `out` unspecified, for padding, white space, '+', '/', any other character, a length
/// that no bytes have, and unused bits that are not zero.
[[nodiscard]] bool read_base64url(std::string_view text, std::string& out);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace btcw::token
