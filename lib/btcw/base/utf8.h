#pragma once

#include <cstddef>
#include <string_view>

namespace btcw {

/// One character of a UTF-8 text.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  ///< 0: what stands there is not well-formed
};

/// The character at the start of `text` (Unicode's table 3-7: no overlong forms, no surrogates,
/// nothing above U+10FFFF). Precondition: `text` is not empty.
[[nodiscard]] CodePoint decode_utf8(std::string_view text);

}  // namespace btcw
