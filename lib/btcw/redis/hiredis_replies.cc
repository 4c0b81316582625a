#include "btcw/redis/hiredis_replies.h"

#include <hiredis/read.h>

#include <new>
#include <string>
#include <utility>

#include "btcw/base/quoted.h"

namespace btcw {
namespace {

/// hiredis would make room for as many elements as a server promises.
constexpr int kMostElements = 1'000'000;

// hiredis is C: nothing may be thrown through it. A null pointer is its "out of memory".

void* keep(const redisReadTask* task, RedisReply reply) noexcept {
  try {
    if (task->parent == nullptr) return new RedisReply{std::move(reply)};
    auto& items = static_cast<RedisReply*>(task->parent->obj)->items;
    items.push_back(std::move(reply));
    // Stays where it is for as long as hiredis wants it: the next sibling comes when it is done.
    return &items.back();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

RedisReply::Kind kind_of(int type) {
  if (type == REDIS_REPLY_ERROR) return RedisReply::Kind::error;
  return type == REDIS_REPLY_STATUS ? RedisReply::Kind::status : RedisReply::Kind::text;
}

void* make_text(const redisReadTask* task, char* text, std::size_t size) noexcept {
  try {
    return keep(task, {.kind = kind_of(task->type), .text = std::string(text, size)});
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void* make_array(const redisReadTask* task, int elements) noexcept {
  if (elements > kMostElements) return nullptr;
  return keep(task, {.kind = RedisReply::Kind::array});
}

void* make_integer(const redisReadTask* task, long long value) noexcept {
  return keep(task, {.kind = RedisReply::Kind::integer, .integer = value});
}

void* make_nil(const redisReadTask* task) noexcept { return keep(task, {}); }

// Only ever called with the outermost one, which owns the rest.
void free_reply(void* reply) noexcept { delete static_cast<RedisReply*>(reply); }

redisReplyObjectFunctions functions() {
  return {.createString = make_text,
          .createArray = make_array,
          .createInteger = make_integer,
          .createNil = make_nil,
          .freeObject = free_reply};
}

redisReader* make_reader() {
  // hiredis keeps the address and wants it without const.
  static redisReplyObjectFunctions table = functions();
  return redisReaderCreateWithFunctions(&table);
}

Error not_the_protocol(const redisReader& reader) {
  return {Errc::bad_data,
          "what answers does not speak the protocol of Redis: " + quoted(reader.errstr, 80)};
}

}  // namespace

void HiredisReplies::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

HiredisReplies::HiredisReplies(std::size_t max_reply_bytes)
    : max_reply_bytes_{max_reply_bytes}, reader_{make_reader()} {}

Result<void> HiredisReplies::feed(std::string_view bytes) {
  unread_bytes_ += bytes.size();
  if (unread_bytes_ > max_reply_bytes_) {
    return Error{Errc::bad_data,
                 "a reply of Redis is larger than " + std::to_string(max_reply_bytes_) + " bytes"};
  }
  if (reader_ == nullptr ||
      redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) {
    return Error{Errc::unavailable, "out of memory for a reply of Redis"};
  }
  return {};
}

Result<std::optional<RedisReply>> HiredisReplies::next() {
  void* found = nullptr;
  if (reader_ == nullptr || redisReaderGetReply(reader_.get(), &found) != REDIS_OK) {
    if (reader_ == nullptr) return Error{Errc::unavailable, "out of memory for a reply of Redis"};
    return not_the_protocol(*reader_);
  }
  if (found == nullptr) return std::optional<RedisReply>{};
  const std::unique_ptr<RedisReply> reply{static_cast<RedisReply*>(found)};
  unread_bytes_ = reader_->len - reader_->pos;
  return std::optional{std::move(*reply)};
}

void HiredisReplies::reset() {
  reader_.reset(make_reader());
  unread_bytes_ = 0;
}

}  // namespace btcw
