#pragma once

#include <string>
#include <string_view>

namespace btcw {

/// The base64 text of `bytes` in the standard alphabet with padding (RFC 4648 §4).
[[nodiscard]] std::string to_base64(std::string_view bytes);

}  // namespace btcw
