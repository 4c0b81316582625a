#pragma once

#include <string>
#include <string_view>

namespace btcw::cli {

/// `text` fit for a terminal and for one line: every control character (a line end and an escape
/// sequence's start among them) becomes a space, every byte that is not UTF-8 a '?'.
std::string printable(std::string_view text);

/// Appends `text` as a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string_view text, std::string& out);

}  // namespace btcw::cli
