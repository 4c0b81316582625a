#include "btcw/cache/redis_values.h"

#include <algorithm>
#include <utility>

#include "btcw/base/quoted.h"
#include "btcw/base/ticker_layout.h"
#include "btcw/cache/price_cache.h"
#include "btcw/redis/redis_error.h"
#include "btcw/redis/redis_scan.h"

namespace btcw {
namespace {

Error unexpected(std::string_view command) {
  return {Errc::bad_data, "Redis answers " + std::string{command} + " with something else"};
}

}  // namespace

Result<std::vector<RedisReply>> RedisValues::fetch(const std::vector<std::string>& keys) {
  if (keys.empty()) return std::vector<RedisReply>{};
  std::vector<std::string_view> words{"MGET"};
  words.insert(words.end(), keys.begin(), keys.end());
  pipeline_.clear();
  pipeline_.add(words);
  auto replies = redis_.run(pipeline_);
  if (!replies) {
    // Maybe a value among them is huge.
    if (replies.error().code != Errc::bad_data) return replies;
    return fetch_cut(keys);
  }
  RedisReply& all = replies->front();
  if (all.is_error()) return read_redis_error(all.text);
  if (all.kind != RedisReply::Kind::array || all.items.size() != keys.size()) {
    return unexpected("MGET");
  }
  return std::move(all.items);
}

Result<std::vector<RedisReply>> RedisValues::fetch_cut(const std::vector<std::string>& keys) {
  pipeline_.clear();
  const std::string last = std::to_string(kMaxBytes);
  for (const std::string& key : keys) pipeline_.add({"GETRANGE", key, "0", last});
  auto replies = redis_.run(pipeline_);
  if (!replies) return replies;
  for (RedisReply& reply : *replies) {
    // To GETRANGE a key that is not there is empty; a list or a set is an error.
    if (reply.text.empty() || reply.is_error()) reply = {};
  }
  return replies;
}

Result<Ticker> RedisValues::read(std::string_view value) {
  if (value.size() > kMaxBytes) {
    return Error{Errc::bad_data, "longer than " + std::to_string(kMaxBytes) + " bytes"};
  }
  if (auto ticker = read_own_layout(value); ticker && is_cacheable(*ticker)) return *ticker;
  auto reader = open_reader_();
  if (!reader) return std::move(reader).error();
  auto ticker = (*reader)->read(value);
  if (!ticker) return ticker;
  if (!is_cacheable(*ticker)) return Error{Errc::bad_data, "not a price of an exchange"};
  return ticker;
}

Result<std::vector<std::string>> RedisValues::keys(std::string_view pattern) {
  return scan_keys(redis_, pattern);
}

}  // namespace btcw
