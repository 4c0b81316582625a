#include "btcw/notify/http_outcome.h"

#include "btcw/net/http_status.h"
#include "btcw/notify/text/clean_text.h"
#include "btcw/notify/text/split_text.h"

namespace btcw {
namespace {

constexpr std::size_t kShownBytes = 200;

std::string detail_of(int status, const HttpResponse& response, const std::string& says) {
  if (says.empty() && status == response.status) return describe(response);
  return "HTTP " + std::to_string(status) + (says.empty() ? "" : ": " + shown(says));
}

std::optional<UtcTime> retry_after(const HttpResponse& response) {
  const auto header = response.header("retry-after");
  return header ? parse_retry_after(*header, response.received) : std::nullopt;
}

}  // namespace

std::string shown(std::string_view says) {
  return truncate_text(clean_line(says.substr(0, 10 * kShownBytes)), kShownBytes, cost_in_bytes);
}

bool is_success(int status) { return status >= 200 && status <= 299; }

Delivery delivery_of_error(const Error& error, HttpProgress progress) {
  switch (error.code) {
    case Errc::unavailable:
    case Errc::bad_data:
      return {.result = progress == HttpProgress::sent ? DeliveryResult::ambiguous
                                                       : DeliveryResult::transient,
              .detail = error.message};
    case Errc::rate_limited:
      return {.result = DeliveryResult::rate_limited,
              .detail = error.message,
              .retry_at = error.retry_at};
    case Errc::invalid_input:
    case Errc::not_found:
    case Errc::rejected:
      return {.result = DeliveryResult::permanent, .detail = error.message};
  }
  return {.result = DeliveryResult::permanent, .detail = error.message};
}

Delivery delivery_of_refusal(int status, const HttpResponse& response, const Refusal& refusal) {
  std::string detail = detail_of(status, response, refusal.says);
  const auto told = refusal.retry_at ? refusal.retry_at : retry_after(response);
  if (status == 429) {
    return {.result = DeliveryResult::rate_limited,
            .detail = std::move(detail),
            .retry_at = told.value_or(response.received + refusal.fallback)};
  }
  if (status == 408 || status == 425 || (status >= 500 && status <= 599)) {
    return {.result = DeliveryResult::transient, .detail = std::move(detail), .retry_at = told};
  }
  return {.result = DeliveryResult::permanent, .detail = std::move(detail)};
}

Delivery delivery_of_unclear_answer(const HttpResponse& response) {
  return {.result = DeliveryResult::ambiguous,
          .detail = "an answer that is not understood: " + describe(response)};
}

Delivery delivery_of_silence(const HttpResponse& response) {
  return is_success(response.status) ? delivery_of_unclear_answer(response)
                                     : delivery_of_refusal(response.status, response);
}

Delivery permanent_failure(std::string_view says) {
  return {.result = DeliveryResult::permanent, .detail = shown(says)};
}

Delivery transient_failure(std::string_view says) {
  return {.result = DeliveryResult::transient, .detail = shown(says)};
}

Delivery rate_limited_until(UtcTime retry_at, std::string_view says) {
  return {.result = DeliveryResult::rate_limited, .detail = shown(says), .retry_at = retry_at};
}

}  // namespace btcw
