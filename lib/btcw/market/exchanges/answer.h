#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/json.h"
#include "btcw/base/quoted.h"
#include "btcw/base/result.h"
#include "btcw/net/http.h"

namespace btcw {

/// The value of a member that has to be there once.
/// Errors: bad_data when it is absent, null, or there twice.
Result<JsonValue> sole(JsonObject object, std::string_view key);

/// A text to quote in an error message; empty when there is none.
std::string_view remark(JsonObject object, std::string_view key);

/// The error that a status means for every exchange, whatever the body holds; nullopt for 2xx and
/// for those statuses with which exchanges explain themselves in the body.
/// 429 and 418: rate_limited until Retry-After, else for `limit_wait` (a ban, 418, for two minutes
/// at least); 408, 425, 5xx: unavailable; 403, 451: rejected.
std::optional<Error> refusal_by_status(const HttpResponse& response, milliseconds limit_wait);

/// rate_limited until Retry-After, else for `limit_wait`.
Error rate_limited(const HttpResponse& response, milliseconds limit_wait);

/// How a header tells when a limit is lifted.
enum class ResetForm { unix_ms, unix_s, ms_from_now };

/// When a limit is lifted: by that header, one second from now at least and an hour at most;
/// without a sensible one as rate_limited() has it.
UtcTime reset_time(const HttpResponse& response, std::string_view header, ResetForm form,
                   milliseconds limit_wait);

/// The answer's own error code and text in an Error.
Error refusal(Errc code, std::int64_t exchange_code, std::string_view exchange_text);

/// What is left to say of an answer that makes no sense: rejected with a status that is an error,
/// else bad_data with `why`.
Error unreadable(const HttpResponse& response, Error why);

}  // namespace btcw
