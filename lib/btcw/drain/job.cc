#include "btcw/drain/job.h"

#include <algorithm>

namespace btcw {

bool Job::complete() const {
  const std::uint64_t all = (std::uint64_t{1} << plan.channels.size()) - 1;
  return delivered == all && plan.unknown.empty();
}

void Job::wait_until(UtcTime at) { retry_at = retry_at ? std::min(*retry_at, at) : at; }

}  // namespace btcw
