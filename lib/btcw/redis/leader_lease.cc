#include "btcw/redis/leader_lease.h"

#include "btcw/redis/redis_error.h"

namespace btcw {
namespace {

// KEYS: the lease, the last token. ARGV: who, for how many ms.
constexpr std::string_view kTend = R"lua(
local held = redis.call('GET', KEYS[1])
if held then
  local holder, token = string.match(held, '^(.*) (%d+)$')
  if holder ~= ARGV[1] then return 0 end
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(token)
end
-- The time, so that it grows even where the last one is lost.
local time = redis.call('TIME')
local token = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
if token <= last then token = last + 1 end
local text = string.format('%.0f', token)
redis.call('SET', KEYS[2], text)
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. text, 'PX', ARGV[2])
return token)lua";

constexpr std::string_view kResign = R"lua(
local held = redis.call('GET', KEYS[1])
if held and string.match(held, '^(.*) %d+$') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1)lua";

}  // namespace

Result<RedisReply> LeaderLease::run(std::string_view script, std::string_view last_word) {
  const std::string lease = options_.prefix + "btcw:leader";
  const std::string token = leader_token_key(options_.prefix);
  RedisPipeline pipeline;
  pipeline.add({"EVAL", script, "2", lease, token, options_.holder, last_word});
  auto replies = redis_.run(pipeline);
  if (!replies) return std::move(replies).error();
  if (replies->front().is_error()) return read_redis_error(replies->front().text);
  return std::move(replies->front());
}

Result<std::uint64_t> LeaderLease::tend() {
  const auto reply = run(kTend, std::to_string(options_.ttl.count()));
  if (!reply) return reply.error();
  return static_cast<std::uint64_t>(reply->integer);
}

Result<void> LeaderLease::resign() {
  const auto reply = run(kResign, "");
  if (!reply) return reply.error();
  return {};
}

std::string leader_token_key(std::string_view prefix) {
  return std::string{prefix} + "btcw:leader:token";
}

}  // namespace btcw
