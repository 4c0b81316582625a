#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/base/ticker.h"
#include "btcw/base/ticker_reader.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

/// Reads what stands under keys in Redis, whoever wrote it.
class RedisValues {
 public:
  /// No ticker is nearly as long.
  static constexpr std::size_t kMaxBytes = 16384;

  /// `redis` outlives it. `reader` makes a reader of tickers when one is needed.
  RedisValues(RedisClient& redis, std::function<Result<TickerReader*>()> reader)
      : redis_{redis}, open_reader_{std::move(reader)} {}

  /// The text under each key, in their order, with one MGET; a text longer than kMaxBytes is cut
  /// there. What is no text is nil.
  /// Errors: those of RedisClient::run() and read_redis_error().
  Result<std::vector<RedisReply>> fetch(const std::vector<std::string>& keys);

  /// The ticker that a value of fetch() holds.
  /// Errors: bad_data for what is none, or is_cacheable() refuses; those of the reader's maker.
  Result<Ticker> read(std::string_view value);

  /// The keys that match a pattern of SCAN, each once.
  /// Errors: those of fetch(); bad_data for an answer that is not SCAN's.
  Result<std::vector<std::string>> keys(std::string_view pattern);

 private:
  Result<std::vector<RedisReply>> fetch_cut(const std::vector<std::string>& keys);

  RedisClient& redis_;
  std::function<Result<TickerReader*>()> open_reader_;
  RedisPipeline pipeline_;
};

}  // namespace btcw
