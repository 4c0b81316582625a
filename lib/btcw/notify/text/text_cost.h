#pragma once

#include <cstddef>
#include <string_view>

namespace btcw {

/// How much of a service's limit one character takes up.
using TextCost = std::size_t (*)(char32_t);

std::size_t cost_in_characters(char32_t character);
/// UTF-16 units: 2 beyond U+FFFF.
std::size_t cost_in_utf16(char32_t character);
std::size_t cost_in_bytes(char32_t character);
/// The bytes that it takes inside a JSON string.
std::size_t cost_in_json_bytes(char32_t character);
/// UTF-16 units after escape_html().
std::size_t cost_in_html_utf16(char32_t character);
/// Bytes inside a JSON string after escape_html(), with "<br>" for a line end.
std::size_t cost_in_html_json_bytes(char32_t character);
/// UTF-16 units after escape_markdown(), or more.
std::size_t cost_in_markdown_utf16(char32_t character);
/// Bytes inside a JSON string after escape_dingtalk(), or more.
std::size_t cost_in_dingtalk_json_bytes(char32_t character);
/// Bytes after escape_wecom(), or more.
std::size_t cost_in_wecom_bytes(char32_t character);

/// The sum over a well-formed text.
[[nodiscard]] std::size_t total_cost(std::string_view text, TextCost cost);

}  // namespace btcw
