#include "btcw/net/http_status.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "btcw/base/utf8.h"
#include "btcw/net/http_date.h"

namespace btcw {
namespace {

constexpr milliseconds kLongestWait = std::chrono::hours{7 * 24};
constexpr std::size_t kShownBytes = 200;

bool is_digit(char character) { return character >= '0' && character <= '9'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Plain decimal seconds, rounded up to the millisecond and cut to kLongestWait.
std::optional<milliseconds> parse_seconds(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  if (whole.empty() || (point < text.size() && fraction.empty())) return std::nullopt;
  if (!std::all_of(whole.begin(), whole.end(), is_digit) ||
      !std::all_of(fraction.begin(), fraction.end(), is_digit)) {
    return std::nullopt;
  }
  std::int64_t ms = 0;
  for (const char digit : whole) {
    ms = ms * 10 + (digit - '0') * std::int64_t{1000};
    if (ms >= kLongestWait.count()) return kLongestWait;
  }
  std::int64_t unit = 100;
  bool rest = false;
  for (const char digit : fraction) {
    ms += (digit - '0') * unit;
    rest = rest || (unit == 0 && digit != '0');
    unit /= 10;
  }
  return std::min(milliseconds{ms + (rest ? 1 : 0)}, kLongestWait);
}

// C0, DEL and C1: a terminal may obey them.
bool is_control(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return lead < 0x20 || lead == 0x7f;
  return lead == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

// The start of `body` on one line, for a person to read.
std::string excerpt(std::string_view body) {
  std::string out;
  bool space = false;
  while (!body.empty()) {
    const std::size_t length = decode_utf8(body).bytes;
    const std::string_view character = body.substr(0, std::max<std::size_t>(length, 1));
    body.remove_prefix(character.size());
    if (character == " " || character == "\n" || character == "\t" || character == "\r") {
      space = !out.empty();
      continue;
    }
    if (length > 0 && is_control(character)) continue;
    if (out.size() + character.size() > kShownBytes) return out + "…";
    if (std::exchange(space, false)) out += ' ';
    out += length > 0 ? character : "?";
  }
  return out;
}

Error to_error(const HttpResponse& response, milliseconds fallback) {
  const int status = response.status;
  if (status == 429 || status == 418) {
    const auto header = response.header("retry-after");
    const auto at = header ? parse_retry_after(*header, response.received) : std::nullopt;
    return {Errc::rate_limited, describe(response), at.value_or(response.received + fallback)};
  }
  if (status == 404) return {Errc::not_found, describe(response)};
  if (status == 408 || status == 425 || (status >= 500 && status <= 599)) {
    return {Errc::unavailable, describe(response)};
  }
  return {Errc::rejected, describe(response)};
}

}  // namespace

std::optional<UtcTime> parse_retry_after(std::string_view value, UtcTime now) {
  value = trimmed(value);
  if (const auto wait = parse_seconds(value)) return now + *wait;
  const auto date = parse_http_date(value, now);
  if (!date) return std::nullopt;
  return std::clamp(*date, now, now + kLongestWait);
}

Result<HttpResponse> require_success(HttpResponse response, milliseconds fallback) {
  if (response.status >= 200 && response.status <= 299) return response;
  return to_error(response, fallback);
}

std::string describe(const HttpResponse& response) {
  const std::string shown = excerpt(response.body);
  std::string message = "HTTP " + std::to_string(response.status);
  if (!shown.empty() && !shown.starts_with('<')) message += ": " + shown;
  return message;
}

}  // namespace btcw
