#include "btcw/token/redis_revocations.h"

#include <charconv>
#include <optional>
#include <utility>

#include "btcw/redis/redis_error.h"
#include "btcw/redis/redis_scan.h"
#include "btcw/token/claim_checks.h"

namespace btcw::token {
namespace {

constexpr std::string_view kName = "btcw:revoked:";
constexpr std::size_t kKeysAtOnce = 500;

// KEYS: the key. ARGV: its value, and when it goes, in ms since 1970, "" for never. The later end
// stays.
constexpr std::string_view kAdd = R"lua(
local ends = redis.call('PEXPIRETIME', KEYS[1])
if ends == -1 then return 0 end
if ARGV[2] == '' then
  redis.call('SET', KEYS[1], ARGV[1])
elseif ends < tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
end
return 1)lua";

std::optional<std::int64_t> read_ms(std::string_view& text) {
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (error != std::errc{} || ms < 0 || ms > 253'402'300'799'999) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return ms;
}

/// "REVOKED-AT UNTIL", in ms, the latter "-" for never. What else a key may hold has revoked its
/// token all the same.
Revocation read_value(std::string_view jti, std::string_view value) {
  Revocation revocation{.jti = std::string{jti}};
  if (const auto at = read_ms(value)) revocation.revoked_at = from_unix_ms(*at);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (const auto until = read_ms(value)) revocation.until = from_unix_ms(*until);
  return revocation;
}

}  // namespace

std::string RedisRevocations::key_of(std::string_view jti) const {
  return std::string{prefix_}.append(kName).append(jti);
}

Result<bool> RedisRevocations::contains(std::string_view jti) {
  RedisPipeline pipeline;
  pipeline.add({"EXISTS", key_of(jti)});
  const auto replies = redis_.run(pipeline);
  if (!replies) return replies.error();
  if (replies->front().is_error()) return read_redis_error(replies->front().text);
  return replies->front().integer != 0;
}

Result<void> RedisRevocations::add(std::span<const Revocation> revocations) {
  RedisPipeline pipeline;
  for (const Revocation& revocation : revocations) {
    std::string value = std::to_string(to_unix_ms(revocation.revoked_at)) + ' ';
    std::string gone;
    if (revocation.until) {
      value += std::to_string(to_unix_ms(*revocation.until));
      gone = std::to_string(to_unix_ms(*revocation.until + Expectations::kMostLeeway));
    } else {
      value += '-';
    }
    pipeline.add({"EVAL", kAdd, "1", key_of(revocation.jti), value, gone});
  }
  const auto replies = redis_.run(pipeline);
  if (!replies) return replies.error();
  for (const RedisReply& reply : *replies) {
    if (reply.is_error()) return read_redis_error(reply.text);
  }
  return {};
}

Result<std::vector<Revocation>> RedisRevocations::list() {
  const std::string begin = key_of("");
  const auto keys = scan_keys(redis_, literal_pattern(begin) + "*");
  if (!keys) return keys.error();
  std::vector<Revocation> revocations;
  for (std::size_t from = 0; from < keys->size(); from += kKeysAtOnce) {
    const std::size_t to = std::min(from + kKeysAtOnce, keys->size());
    std::vector<std::string_view> words{"MGET"};
    for (std::size_t i = from; i < to; ++i) words.emplace_back((*keys)[i]);
    RedisPipeline pipeline;
    pipeline.add(words);
    const auto replies = redis_.run(pipeline);
    if (!replies) return replies.error();
    const RedisReply& all = replies->front();
    if (all.is_error()) return read_redis_error(all.text);
    if (all.items.size() != to - from) return Error{Errc::bad_data, "Redis answers MGET wrongly"};
    for (std::size_t i = from; i < to; ++i) {
      // It may have gone since.
      if (all.items[i - from].kind == RedisReply::Kind::nil) continue;
      const std::string_view jti = std::string_view{(*keys)[i]}.substr(begin.size());
      revocations.push_back(read_value(jti, all.items[i - from].text));
    }
  }
  return revocations;
}

}  // namespace btcw::token
