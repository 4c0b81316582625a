#include "btcw/drain/backoff.h"

#include <algorithm>

namespace btcw {
namespace {

constexpr milliseconds kFirst = seconds{30};
constexpr milliseconds kLongest = std::chrono::hours{1};

}  // namespace

milliseconds retry_delay(int attempts, Random& random) {
  milliseconds delay = kFirst;
  for (int attempt = 1; attempt < attempts && delay < kLongest; ++attempt) delay *= 2;
  delay = std::min(delay, kLongest);
  const milliseconds fifth = delay / 5;
  const auto spread = static_cast<std::uint64_t>(2 * fifth.count() + 1);
  return delay - fifth + milliseconds{static_cast<std::int64_t>(random.below(spread))};
}

}  // namespace btcw
