#include "btcw/redis/redis_scan.h"

#include <algorithm>

#include "btcw/redis/redis_error.h"

namespace btcw {
namespace {

/// A thousand keys each: a server with a million of other people's keys is not read to its end.
constexpr int kMostScans = 1000;

}  // namespace

std::string literal_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

Result<std::vector<std::string>> scan_keys(RedisClient& redis, std::string_view pattern) {
  std::vector<std::string> found;
  std::string cursor = "0";
  RedisPipeline pipeline;
  for (int scan = 0; scan < kMostScans; ++scan) {
    pipeline.clear();
    pipeline.add({"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"});
    auto replies = redis.run(pipeline);
    if (!replies) return std::move(replies).error();
    RedisReply& reply = replies->front();
    if (reply.is_error()) return read_redis_error(reply.text);
    if (reply.items.size() != 2) {
      return Error{Errc::bad_data, "Redis answers SCAN with something else"};
    }
    for (RedisReply& key : reply.items[1].items) found.push_back(std::move(key.text));
    cursor = reply.items[0].text;
    if (cursor == "0") break;
  }
  // SCAN may name a key more than once.
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace btcw
