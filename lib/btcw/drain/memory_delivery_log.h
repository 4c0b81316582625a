#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>

#include "btcw/drain/delivery_log.h"

namespace btcw {

/// The log of this process alone: what the drainer falls back to when there is no database.
///
/// Never fails. Keeps the newest `kMostRecords` records, and a day of sends for each channel that
/// has caps.
class MemoryDeliveryLog final : public DeliveryLog {
 public:
  static constexpr std::size_t kMostRecords = 1000;

  void record(DeliveryRecord record) override;
  Result<void> flush() override { return {}; }
  Result<std::optional<UtcTime>> reserve(std::string_view channel, const Caps& caps,
                                         UtcTime now) override;
  Result<void> block(std::string_view channel, UtcTime until) override;
  Result<std::optional<UtcTime>> blocked_until(std::string_view channel, UtcTime now) override;
  Result<std::vector<DeliveryRecord>> list(const Query& query) override;
  Result<std::size_t> prune(UtcTime before) override;

 private:
  struct ChannelState {
    std::deque<UtcTime> sends = {};  ///< from old to new
    UtcTime blocked_until = {};
  };

  std::deque<DeliveryRecord> records_;  ///< from old to new
  std::map<std::string, ChannelState, std::less<>> channels_;
};

}  // namespace btcw
