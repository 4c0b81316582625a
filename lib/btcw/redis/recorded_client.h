#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "btcw/base/clock.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// How a connection to Redis stands, for reports.
struct RedisLink {
  std::optional<UtcTime> since = std::nullopt;  ///< nullopt: it is not there
  struct Failure {
    UtcTime at;
    std::string why;
  };
  std::optional<Failure> failure = std::nullopt;  ///< the last, also when it is there again
};

/// Where it is written down. Thread-safe.
class RedisLinkRecord {
 public:
  [[nodiscard]] RedisLink link() const;
  void set_up(UtcTime at);
  void set_failed(UtcTime at, std::string why);

 private:
  mutable std::mutex mutex_;  ///< guards link_
  RedisLink link_;
};

/// Passes everything on to `client`, and writes down how its connection stands. The record is
/// shared with who reports, on another thread; the clock outlives the client.
std::unique_ptr<RedisClient> make_recorded_client(std::unique_ptr<RedisClient> client,
                                                  std::shared_ptr<RedisLinkRecord> record,
                                                  const Clock& clock);

}  // namespace btcw
