#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/redis/redis_client.h"

struct redisReader;

namespace btcw {

/// Makes replies of the bytes that a server sends, and no more of them than are allowed for.
class HiredisReplies {
 public:
  explicit HiredisReplies(std::size_t max_reply_bytes);

  /// Errors: bad_data for a reply larger than allowed.
  Result<void> feed(std::string_view bytes);
  /// The next reply that is complete; nullopt: more bytes are needed.
  /// Errors: bad_data for what is not the protocol. Then only reset() helps.
  Result<std::optional<RedisReply>> next();
  void reset();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };

  std::size_t max_reply_bytes_;
  std::size_t unread_bytes_ = 0;  ///< since the last reply that was complete
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace btcw
