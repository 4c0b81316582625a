#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/clock.h"
#include "btcw/base/result.h"
#include "btcw/notify/channel.h"

namespace btcw {

/// How many messages a channel takes, in sliding windows; 0: any number.
struct Caps {
  int per_minute = 0;
  int per_hour = 0;
  int per_day = 0;

  [[nodiscard]] bool any() const { return per_minute > 0 || per_hour > 0 || per_day > 0; }
};

struct DeliveryRecord {
  std::string id;
  std::string channel;
  int attempt = 1;
  DeliveryResult result = DeliveryResult::delivered;
  UtcTime at = {};
  milliseconds took = {};
  std::string detail = {};
};

class DeliveryLog {
 public:
  virtual ~DeliveryLog() = default;
  virtual void record(DeliveryRecord record) = 0;
  virtual Result<void> flush() = 0;
  virtual Result<std::optional<UtcTime>> reserve(std::string_view channel, const Caps& caps,
                                                 UtcTime now) = 0;
  virtual Result<void> block(std::string_view channel, UtcTime until) = 0;
  virtual Result<std::optional<UtcTime>> blocked_until(std::string_view channel, UtcTime now) = 0;
  struct Query {
    std::optional<std::string> id = std::nullopt;
    std::optional<std::string> channel = std::nullopt;
    std::optional<UtcTime> since = std::nullopt;
    std::size_t max = 100;
  };
  virtual Result<std::vector<DeliveryRecord>> list(const Query& query) = 0;
  virtual Result<std::size_t> prune(UtcTime before) = 0;
};

}  // namespace btcw
