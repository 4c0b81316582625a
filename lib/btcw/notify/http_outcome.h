#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/net/http.h"
#include "btcw/notify/channel.h"

namespace btcw {

/// What a request that failed means for the message: unavailable and bad_data are transient where
/// the service cannot have had all of it, else ambiguous; a request that cannot be made is
/// permanent.
[[nodiscard]] Delivery delivery_of_error(const Error& error, HttpProgress progress);

/// What a service says beside its status.
struct Refusal {
  std::string says = {};                           ///< its own words; empty: the start of the body
  std::optional<UtcTime> retry_at = std::nullopt;  ///< from its own answer, before Retry-After
  milliseconds fallback = seconds{30};             ///< a pause where it says none
};

/// What an answer means by its status alone: 429 rate-limited, with Retry-After in seconds or as a
/// date; 408, 425 and 5xx transient; any other permanent. `status` may be one that the service
/// gives in its body. Precondition: it is no success.
[[nodiscard]] Delivery delivery_of_refusal(int status, const HttpResponse& response,
                                           const Refusal& refusal = {});

/// Whether the status is 2xx.
[[nodiscard]] bool is_success(int status);

/// A success by its status that does not say what the service says: a page of somebody else's. The
/// message may have arrived.
[[nodiscard]] Delivery delivery_of_unclear_answer(const HttpResponse& response);

/// What an answer means in which the service does not speak: a success is unclear, the rest is as
/// its status says.
[[nodiscard]] Delivery delivery_of_silence(const HttpResponse& response);

/// The results by name. `says` comes from outside: it is cut short and put on one line.
[[nodiscard]] Delivery permanent_failure(std::string_view says);
[[nodiscard]] Delivery transient_failure(std::string_view says);
[[nodiscard]] Delivery rate_limited_until(UtcTime retry_at, std::string_view says);

/// What comes from outside, for a person to read: on one line, at most 200 bytes.
[[nodiscard]] std::string shown(std::string_view says);

}  // namespace btcw
