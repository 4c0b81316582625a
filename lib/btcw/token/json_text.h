#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace btcw::token {

/// Appends `text` as a JSON string, quotes included. Control characters are escaped, UTF-8 stays.
void append_json_string(std::string_view text, std::string& out);

/// Appends a value that was read strictly, without the white space between its parts.
void append_compact(std::string_view json, std::string& out);

/// Appends what the inside of a JSON string says. Precondition: it was read strictly.
void append_unescaped(std::string_view inside, std::string& out);

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

/// The length of the well-formed sequence of two to four bytes at `at`; 0 when there is none
/// (Unicode's table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] std::size_t utf8_sequence(std::string_view text, std::size_t at);

/// The four hexadecimal digits at `at`; -1 when they are none.
[[nodiscard]] int json_hex4(std::string_view text, std::size_t at);
[[nodiscard]] bool is_high_surrogate(int unit);
[[nodiscard]] bool is_low_surrogate(int unit);

}  // namespace btcw::token
