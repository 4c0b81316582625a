#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace btcw {

/// `text` in double quotes, for an error message: at most `max_bytes` of it (then "..."), on one
/// line, control characters and what is not UTF-8 as \xNN, so that hostile input can neither flood
/// nor steer a terminal or a log.
std::string quoted(std::string_view text, std::size_t max_bytes = 40);

}  // namespace btcw
