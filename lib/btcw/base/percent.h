#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace btcw {

/// `text` as it may stand in any part of a URL: all but letters, digits and "-._~" as %XX (RFC 3986
/// §2.3).
[[nodiscard]] std::string percent_encode(std::string_view text);

/// What a percent-encoded text stands for; '+' stays '+'. nullopt: a '%' without two hexadecimal
/// digits.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

/// A body of type application/x-www-form-urlencoded, or the query of a URL: "a=1&b=x%20y".
[[nodiscard]] std::string form_encode(
    const std::vector<std::pair<std::string, std::string>>& fields);

}  // namespace btcw
