#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/net/http.h"

namespace btcw {

/// Reads a Retry-After value: seconds (a fraction is rounded up to the millisecond) or an HTTP date
/// in any of the three forms of RFC 9110 §5.6.7. A moment in the past is `now`; more than 7 days is
/// cut to 7 days. nullopt: neither (a negative number, an exponent, other text).
std::optional<UtcTime> parse_retry_after(std::string_view value, UtcTime now);

/// The response itself for a 2xx; else the error that its status means:
/// 429 and 418: rate_limited with Retry-After (`fallback` from now where there is none);
/// 408, 425, 5xx: unavailable; 404: not_found; every other status: rejected.
/// "Now" is the response's `received`. The message is that of describe().
Result<HttpResponse> require_success(HttpResponse response, milliseconds fallback = seconds{30});

/// The message for a refused answer: "HTTP 503: upstream connect error". Holds the status and the
/// start of the body on one line: control characters removed, what is not UTF-8 replaced by '?', a
/// page of HTML left out.
std::string describe(const HttpResponse& response);

}  // namespace btcw
