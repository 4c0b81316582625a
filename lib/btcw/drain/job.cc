#include "btcw/drain/job.h"

#include <algorithm>

namespace btcw {

bool Job::is_done_with(std::size_t channel) const {
  return ((delivered | refused) >> channel & 1U) != 0;
}

bool Job::is_complete() const {
  const std::uint64_t all = (std::uint64_t{1} << plan.channels.size()) - 1;
  return !plan.channels.empty() && delivered == all && plan.unknown.empty();
}

bool Job::is_untouched() const {
  const DeliveryProgress before = claim->progress();
  const std::uint32_t had = before.plan == plan.hash ? before.delivered : 0;
  return !failed && !hindered && delivered == had;
}

bool Job::is_expired(UtcTime now) const { return message().expires && *message().expires <= now; }

bool Job::has_asked(std::size_t channel, std::string_view to) const {
  return plan.channels[channel] == to ||
         std::any_of(escalations.begin(), escalations.end(), [&](const Escalation& asked) {
           return asked.channel == channel && asked.to == to;
         });
}

void Job::wait_until(UtcTime at) { retry_at = retry_at ? std::min(*retry_at, at) : at; }

void Job::blame(std::string_view why) {
  if (reason.find(why) != std::string::npos) return;
  if (!reason.empty()) reason += "; ";
  reason += why;
}

}  // namespace btcw
