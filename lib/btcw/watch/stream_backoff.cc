#include "btcw/watch/stream_backoff.h"

#include <algorithm>

namespace btcw {
namespace {

milliseconds jittered(milliseconds pause, Random& random) {
  const auto half = static_cast<std::uint64_t>(pause.count()) / 2;
  return milliseconds{static_cast<std::int64_t>(half + random.below(half + 1))};
}

}  // namespace

void StreamBackoff::ended(const Error& why, milliseconds good_for, const Clock& clock,
                          Random& random) {
  failures_ = good_for >= kGoodLife ? 1 : failures_ + 1;
  milliseconds pause = kFirstPause;
  for (int i = 1; i < failures_ && pause < kLongestPause; ++i) pause *= 2;
  pause = jittered(std::min(pause, kLongestPause), random);
  switch (why.code) {
    case Errc::rate_limited:
      if (why.retry_at) pause = std::max(pause, *why.retry_at - clock.now());
      break;
    case Errc::rejected:
    case Errc::invalid_input:
      pause = std::max(pause, kRefusedPause);
      break;
    case Errc::not_found:
    case Errc::unavailable:
    case Errc::bad_data:
      break;
  }
  due_ = clock.steady_now() + pause;
}

}  // namespace btcw
