#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "btcw/base/clock.h"
#include "btcw/base/log.h"
#include "btcw/base/ticker_reader.h"
#include "btcw/cache/price_cache.h"
#include "btcw/redis/redis_client.h"

namespace btcw {

struct RedisPriceCacheOptions {
  std::string prefix = {};         ///< before every key
  milliseconds ttl = seconds{30};  ///< how long after it was received an entry is kept
  /// Set: put() publishes every entry, too, and does both only as long as this is the token that
  /// was given out last (see LeaderLease); 0: it does nothing. Called on the thread of put().
  std::function<std::uint64_t()> leader_token = {};
  bool stores = true;  ///< false, with a leader's token: put() only publishes
};

/// All of them outlive the cache.
struct RedisPriceCachePorts {
  RedisClient& redis;
  const Clock& clock;
  Log& log;
  /// A reader of tickers that other programs wrote; asked for when there is one to read.
  std::function<Result<TickerReader*>()> reader;
};

/// The cache in Redis: the JSON of a ticker under "price:BTC/USDT" for any request, and under
/// "price:binance:BTC/USDT" for one that names its exchange, each with a time to live that ends
/// `ttl` after the ticker was received. Anything that can read a string from Redis can use it.
///
/// Between processes, "never replaced by an earlier one" holds to a second: what a key holds is
/// looked up before it is written, unless this object wrote or read it within the last second; so
/// of two writers of the same key, one can put an entry over one that is younger by less than
/// that. A value that is no ticker, or one of another symbol, is no entry: a reader warns of it, a
/// writer replaces it. put() keeps nothing that has outlived `ttl`.
///
/// list() and remove_older() go through the keys of the whole database, a thousand at a time, and
/// stop after a million.
///
/// Errors: those of RedisClient::run() and read_redis_error(). One thread uses an object.
std::unique_ptr<PriceCache> make_redis_price_cache(RedisPriceCacheOptions options,
                                                   RedisPriceCachePorts ports);

/// The channel that a leader's tickers are published on, in their one JSON shape; those of
/// CacheScope::exchange on this with ":exchange" behind it.
std::string redis_price_channel(std::string_view prefix);

/// "price:BTC/USDT", "price:binance:BTC/USDT", with the prefix before it.
std::string redis_price_key(std::string_view prefix, const SymbolRequest& request);

}  // namespace btcw
