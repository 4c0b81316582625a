#include "btcw/market/call_rate.h"

#include <charconv>

#include "btcw/base/quoted.h"

namespace btcw {

Result<CallRate> parse_call_rate(std::string_view text) {
  constexpr int kMostCalls = 100'000;
  constexpr milliseconds kLongest = std::chrono::hours{24};
  const auto slash = text.find('/');
  CallRate rate;
  const std::string_view count = text.substr(0, slash);
  const auto [end, error] = std::from_chars(count.data(), count.data() + count.size(), rate.calls);
  const bool is_count = error == std::errc{} && end == count.data() + count.size() &&
                        rate.calls >= 1 && rate.calls <= kMostCalls;
  if (!is_count || slash == std::string_view::npos) {
    return Error{Errc::invalid_input,
                 "expected a number of calls and a time, such as 30/1m, not " + quoted(text)};
  }
  const auto per = parse_duration(text.substr(slash + 1));
  if (!per) return per.error();
  if (*per < seconds{1} || *per > kLongest) {
    return Error{Errc::invalid_input,
                 "the time of a rate is 1s to 24h, not that of " + quoted(text)};
  }
  if (*per / rate.calls < milliseconds{1}) {
    return Error{Errc::invalid_input, "more than 1,000 calls a second: " + quoted(text)};
  }
  rate.per = *per;
  return rate;
}

}  // namespace btcw
