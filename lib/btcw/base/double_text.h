#pragma once

#include <optional>
#include <string_view>

namespace btcw {

/// The nearest double to a plain decimal number, in any locale. For figures that are no prices: a
/// Decimal never passes through here on its way to a user.
///
/// nullopt: not a number as JSON has them (at most 1,000 characters), or out of a double's range.
std::optional<double> parse_double(std::string_view text);

}  // namespace btcw
