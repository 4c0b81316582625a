#include "btcw/drain/memory_delivery_log.h"

#include <algorithm>
#include <utility>

#include "btcw/drain/cap_windows.h"

namespace btcw {
namespace {

/// Leaves the sends that some window still counts.
void forget_old(std::deque<UtcTime>& sends, UtcTime now) {
  for (auto send = sends.rbegin(); send != sends.rend() && *send > now + kMostClockSkew; ++send) {
    *send = now;
  }
  // Those set back to now may stand behind some of the next minute.
  std::sort(sends.begin(), sends.end());
  while (!sends.empty() && sends.front() <= now - kLongestWindow) sends.pop_front();
}

/// The first moment at which every window has room; nullopt: now.
std::optional<UtcTime> first_room(const std::deque<UtcTime>& sends, const Caps& caps, UtcTime now) {
  std::optional<UtcTime> first;
  for (const CapWindow& window : windows_of(caps)) {
    if (window.cap <= 0 || sends.size() < static_cast<std::size_t>(window.cap)) continue;
    const UtcTime nth_newest = sends[sends.size() - static_cast<std::size_t>(window.cap)];
    if (nth_newest <= now - window.length) continue;
    first = std::max(first, std::optional{nth_newest + window.length});
  }
  return first;
}

bool fits(const DeliveryRecord& record, const DeliveryLog::Query& query) {
  return (!query.id || *query.id == record.id) &&
         (!query.channel || *query.channel == record.channel) &&
         (!query.since || *query.since <= record.at);
}

}  // namespace

void MemoryDeliveryLog::record(DeliveryRecord record) {
  if (records_.size() == kMostRecords) records_.pop_front();
  const auto after =
      std::upper_bound(records_.begin(), records_.end(), record.at,
                       [](UtcTime at, const DeliveryRecord& other) { return at < other.at; });
  records_.insert(after, std::move(record));
}

Result<std::optional<UtcTime>> MemoryDeliveryLog::reserve(std::string_view channel,
                                                          const Caps& caps, UtcTime now) {
  auto blocked = blocked_until(channel, now);
  if (!caps.any()) return blocked;
  auto& sends = channels_[std::string{channel}].sends;
  forget_old(sends, now);
  const auto later = std::max(*blocked, first_room(sends, caps, now));  // nullopt is the smallest
  if (!later) sends.insert(std::upper_bound(sends.begin(), sends.end(), now), now);
  return later;
}

Result<void> MemoryDeliveryLog::block(std::string_view channel, UtcTime until) {
  UtcTime& blocked = channels_[std::string{channel}].blocked_until;
  blocked = std::max(blocked, until);
  return {};
}

Result<std::optional<UtcTime>> MemoryDeliveryLog::blocked_until(std::string_view channel,
                                                                UtcTime now) {
  const auto found = channels_.find(channel);
  if (found == channels_.end() || found->second.blocked_until <= now) return std::nullopt;
  return found->second.blocked_until;
}

Result<std::vector<DeliveryRecord>> MemoryDeliveryLog::list(const Query& query) {
  std::vector<DeliveryRecord> newest_first;
  auto record = records_.rbegin();
  while (record != records_.rend() && newest_first.size() < query.max) {
    if (fits(*record, query)) newest_first.push_back(*record);
    ++record;
  }
  return newest_first;
}

Result<std::size_t> MemoryDeliveryLog::prune(UtcTime before) {
  return std::erase_if(records_,
                       [before](const DeliveryRecord& record) { return record.at < before; });
}

}  // namespace btcw
