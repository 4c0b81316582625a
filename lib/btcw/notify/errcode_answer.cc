#include "btcw/notify/errcode_answer.h"

#include <algorithm>
#include <optional>
#include <string>

#include "btcw/notify/json_answer.h"

namespace btcw {

Delivery delivery_of_errcode(const HttpResponse& response, std::span<const std::int64_t> limits,
                             milliseconds pause) {
  if (!is_success(response.status)) {
    return delivery_of_refusal(response.status, response, {.fallback = pause});
  }
  const auto answer = JsonAnswer::parse(response.body);
  const auto code = answer ? answer->number("errcode") : std::nullopt;
  if (!code) return delivery_of_unclear_answer(response);
  if (*code == 0) return {};
  const std::string says = std::to_string(*code) + ": " + answer->text("errmsg").value_or("");
  if (std::find(limits.begin(), limits.end(), *code) != limits.end()) {
    return rate_limited_until(response.received + pause, says);
  }
  constexpr std::int64_t kBusy = -1;
  return *code == kBusy ? transient_failure(says) : permanent_failure(says);
}

}  // namespace btcw
