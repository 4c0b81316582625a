#pragma once

#include <string>
#include <string_view>

namespace btcw {

/// `text` as a service may show it: well-formed UTF-8 (U+FFFD for what is not), line ends as '\n',
/// without control characters but '\n' and '\t', without marks that turn the direction of what
/// follows, without white space at its end or empty lines at its start.
[[nodiscard]] std::string clean_text(std::string_view text);

/// The same on one line: white space of every length is one space, none at either end.
[[nodiscard]] std::string clean_line(std::string_view text);

}  // namespace btcw
