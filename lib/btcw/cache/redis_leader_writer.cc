#include "btcw/cache/redis_leader_writer.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <vector>

#include "btcw/cache/redis_price_cache.h"
#include "btcw/redis/leader_lease.h"
#include "btcw/redis/redis_error.h"

namespace btcw {
namespace {

/// Small, so that the server has something to do while the next piece is made.
constexpr std::size_t kPieceBytes = std::size_t{32} << 10U;

// KEYS: the last token of a leader. ARGV: ours, the channel, the time to live, the JSON, the keys.
constexpr std::string_view kWriteAsLeader = R"lua(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('FENCED another leads')
end
for i = 5, #ARGV do redis.call('SETEX', ARGV[i], ARGV[3], ARGV[4]) end
return redis.call('PUBLISH', ARGV[2], ARGV[4]))lua";

}  // namespace

Result<void> RedisLeaderWriter::write(std::span<const CacheEntry> entries) {
  const std::uint64_t token = options_.token();
  if (token == 0) return {};
  const std::string signature = std::to_string(token);
  const UtcTime now = ports_.clock.now();
  auto next = entries.begin();
  const auto replies = ports_.redis.run_in_pieces([&](RedisPipeline& commands) {
    for (; next != entries.end() && commands.bytes().size() < kPieceBytes; ++next) {
      const std::int64_t left = redis_seconds_left(next->ticker, options_.ttl, now);
      if (is_cacheable(next->ticker) && left > 0) add(*next, left, signature, commands);
    }
  });
  if (!replies) return replies.error();
  return read(*replies);
}

void RedisLeaderWriter::add(const CacheEntry& entry, std::int64_t seconds_left,
                            std::string_view token, RedisPipeline& commands) {
  const Ticker& ticker = entry.ticker;
  json_.clear();
  append_json(ticker, json_);
  const bool is_for_any = entry.scope == CacheScope::any;
  const std::string& prefix = options_.prefix;
  const std::string channel = redis_price_channel(prefix) + (is_for_any ? "" : ":exchange");
  const std::string last_token = leader_token_key(prefix);
  const std::string ttl = std::to_string(seconds_left);
  const std::string of_exchange = redis_price_key(prefix, {ticker.symbol, ticker.exchange});
  const std::string of_any = redis_price_key(prefix, {.symbol = ticker.symbol});
  std::vector<std::string_view> words{"EVAL", kWriteAsLeader, "1", last_token,
                                      token,  channel,        ttl, json_};
  if (options_.stores) words.emplace_back(of_exchange);
  if (options_.stores && is_for_any) words.emplace_back(of_any);
  commands.add(words);
}

Result<void> RedisLeaderWriter::read(std::span<const RedisReply> replies) {
  for (const RedisReply& reply : replies) {
    if (!reply.is_error()) continue;
    if (!reply.text.starts_with("FENCED")) return read_redis_error(reply.text);
    ports_.log.info("Redis refuses the prices, for another watch leads");
    return {};
  }
  return {};
}

std::int64_t redis_seconds_left(const Ticker& ticker, milliseconds ttl, UtcTime now) {
  const auto age = std::max(now - ticker.received, milliseconds{0});
  return std::chrono::ceil<seconds>(ttl - age).count();
}

std::string redis_price_channel(std::string_view prefix) {
  return std::string{prefix} + "btcw:prices";
}

}  // namespace btcw
