#include "btcw/market/exchanges/answer.h"

#include <algorithm>
#include <charconv>

#include "btcw/net/http_status.h"

namespace btcw {
namespace {

constexpr milliseconds kLongestReset = std::chrono::hours{1};

bool is_success(int status) { return status >= 200 && status < 300; }

}  // namespace

Result<JsonValue> sole(JsonObject object, std::string_view key) {
  std::optional<JsonValue> found;
  for (const JsonMember member : object) {
    if (member.key != key) continue;
    if (found) return Error{Errc::bad_data, quoted(key) + " stands there twice"};
    found = member.value;
  }
  if (!found || found->is_null()) return Error{Errc::bad_data, "no " + quoted(key)};
  return *found;
}

std::string_view remark(JsonObject object, std::string_view key) {
  const auto value = object.find(key);
  if (!value) return {};
  return value->text_or_none().value_or(std::string_view{});
}

Error rate_limited(const HttpResponse& response, milliseconds limit_wait) {
  std::optional<UtcTime> until;
  if (const auto value = response.header("retry-after")) {
    until = parse_retry_after(*value, response.received);
  }
  return Error{Errc::rate_limited, describe(response),
               until.value_or(response.received + limit_wait)};
}

std::optional<Error> refusal_by_status(const HttpResponse& response, milliseconds limit_wait) {
  constexpr milliseconds kShortestBan = std::chrono::minutes{2};
  const int status = response.status;
  if (status == 429) return rate_limited(response, limit_wait);
  if (status == 418) return rate_limited(response, std::max(limit_wait, kShortestBan));
  if (status == 408 || status == 425 || status >= 500) {
    return Error{Errc::unavailable, describe(response)};
  }
  if (status == 403 || status == 451) return Error{Errc::rejected, describe(response)};
  return std::nullopt;
}

UtcTime reset_time(const HttpResponse& response, std::string_view header, ResetForm form,
                   milliseconds limit_wait) {
  const UtcTime usual = *rate_limited(response, limit_wait).retry_at;
  const auto text = response.header(header);
  if (!text) return usual;
  std::int64_t number = 0;
  std::from_chars(text->data(), text->data() + text->size(), number);
  const UtcTime now = response.received;
  // Bounded before it is multiplied: the number is the other side's.
  if (number <= 0 || number > to_unix_ms(now + kLongestReset)) return usual;
  UtcTime reset = now + milliseconds{number};
  if (form == ResetForm::unix_ms) reset = from_unix_ms(number);
  if (form == ResetForm::unix_s) reset = from_unix_ms(number * 1000);
  if (reset > now + kLongestReset) return usual;
  return std::max(reset, now + seconds{1});
}

Error refusal(Errc code, std::int64_t exchange_code, std::string_view exchange_text) {
  std::string message = "code " + std::to_string(exchange_code);
  if (!exchange_text.empty()) message += ": " + quoted(exchange_text);
  return Error{code, std::move(message)};
}

Error unreadable(const HttpResponse& response, Error why) {
  if (is_success(response.status)) {
    return Error{Errc::bad_data, std::move(why.message) + ": " + describe(response)};
  }
  return Error{Errc::rejected, describe(response)};
}

}  // namespace btcw
