#pragma once

#include <optional>
#include <string_view>

#include "btcw/base/time.h"

namespace btcw {

/// Reads an HTTP date in any of the three forms of RFC 9110 §5.6.7:
/// "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994".
/// The day of the week is not compared with the date. A year of two digits is the one that lies
/// less than 50 years after `now`. nullopt: no such date.
std::optional<UtcTime> parse_http_date(std::string_view text, UtcTime now);

}  // namespace btcw
