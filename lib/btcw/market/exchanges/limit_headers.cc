#include "btcw/market/exchanges/limit_headers.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

#include "btcw/market/exchanges/answer.h"

namespace btcw {
namespace {

/// Headers with what is left of a limit, the limit, and when it is full again.
struct Remainder {
  std::string_view exchange;
  std::string_view left;
  std::string_view limit;
  std::string_view reset;
  ResetForm form;
};
constexpr std::array kRemainders{
    Remainder{"kucoin", "gw-ratelimit-remaining", "gw-ratelimit-limit", "gw-ratelimit-reset",
              ResetForm::ms_from_now},
    Remainder{"gate", "x-gate-ratelimit-requests-remain", "x-gate-ratelimit-limit",
              "x-gate-ratelimit-reset-timestamp", ResetForm::unix_s},
    Remainder{"bybit", "x-bapi-limit-status", "x-bapi-limit", "x-bapi-limit-reset-timestamp",
              ResetForm::unix_ms},
};

/// The weight that was used within the current minute, and what is allowed.
struct UsedWeight {
  std::string_view exchange;
  std::int64_t allowed;
};
constexpr std::array kUsedWeights{UsedWeight{"binance", 6000}, UsedWeight{"binanceus", 1200}};
constexpr milliseconds kResetUnknown = seconds{5};

// HTX tells what is left, not of how much, and its documentation does not say whether the end is a
// moment or a time to wait.
constexpr std::string_view kHtxLeft = "x-hb-ratelimit-requests-remain";
constexpr std::string_view kHtxEnd = "x-hb-ratelimit-requests-expire";
constexpr std::int64_t kFewLeft = 5;
constexpr std::int64_t kLongestWaitMs = 3'600'000;

std::optional<std::int64_t> number_in(const HttpResponse& response, std::string_view header) {
  const auto text = response.header(header);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (code != std::errc{} || end != text->data() + text->size() || number < 0) return std::nullopt;
  return number;
}

std::optional<UtcTime> pause_of_htx(const HttpResponse& response) {
  const auto left = number_in(response, kHtxLeft);
  if (!left || *left > kFewLeft) return std::nullopt;
  const bool is_wait = number_in(response, kHtxEnd).value_or(0) <= kLongestWaitMs;
  return reset_time(response, kHtxEnd, is_wait ? ResetForm::ms_from_now : ResetForm::unix_ms,
                    kResetUnknown);
}

}  // namespace

std::optional<UtcTime> pause_told(std::string_view exchange, const HttpResponse& response) {
  if (exchange == "htx") return pause_of_htx(response);
  for (const UsedWeight& each : kUsedWeights) {
    if (each.exchange != exchange) continue;
    const auto used = number_in(response, "x-mbx-used-weight-1m");
    if (!used || *used / 4 < each.allowed / 5) return std::nullopt;
    return std::chrono::floor<std::chrono::minutes>(response.received) + std::chrono::minutes{1};
  }
  for (const Remainder& each : kRemainders) {
    if (each.exchange != exchange) continue;
    const auto left = number_in(response, each.left);
    const auto limit = number_in(response, each.limit);
    if (!left || !limit || *left > *limit / 5) return std::nullopt;
    return reset_time(response, each.reset, each.form, kResetUnknown);
  }
  return std::nullopt;
}

}  // namespace btcw
