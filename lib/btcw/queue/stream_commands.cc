#include "btcw/queue/stream_commands.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "btcw/queue/stream_scripts.h"
#include "btcw/redis/redis_error.h"

namespace btcw {

void StreamCommands::add_script(std::string_view script, std::span<const std::string_view> words) {
  const std::string text = whole_script(script);
  std::vector<std::string_view> all{"EVAL", text, "1", base_};
  all.insert(all.end(), words.begin(), words.end());
  pipeline_.add(all);
}

void StreamCommands::add_waiting() {
  pipeline_.clear();
  for (const Waiting& one : waiting_) {
    const std::vector<std::string_view> words{one.words.begin(), one.words.end()};
    add_script(one.script, words);
  }
}

Result<void> StreamCommands::take_replies(std::span<const RedisReply> replies) {
  std::vector<Waiting> left;
  std::optional<Error> failure;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    if (!replies[i].is_error()) continue;
    Error error = read_redis_error(replies[i].text);
    // Out of memory, still loading: another time.
    if (error.code == Errc::unavailable) {
      left.push_back(std::move(waiting_[i]));
    } else if (!failure) {
      failure = std::move(error);
    }
  }
  waiting_ = std::move(left);
  if (failure) return *std::move(failure);
  return {};
}

Result<RedisReply> StreamCommands::send() {
  auto replies = redis_.run(pipeline_);
  if (!replies) return std::move(replies).error();
  RedisReply last = std::move(replies->back());
  auto settled = take_replies(*replies);
  if (is_away_) tell("it takes no writes");
  if (last.is_error()) return read_redis_error(last.text);
  if (!settled) return std::move(settled).error();
  return last;
}

Result<RedisReply> StreamCommands::run(std::string_view script,
                                       std::span<const std::string_view> words) {
  add_waiting();
  add_script(script, words);
  return send();
}

Result<RedisReply> StreamCommands::command(std::span<const std::string_view> words) {
  add_waiting();
  pipeline_.add(words);
  return send();
}

void StreamCommands::later(std::string_view script, std::vector<std::string> words,
                           std::string ticket) {
  waiting_.push_back({script, std::move(words), std::move(ticket)});
}

Result<void> StreamCommands::settle() {
  if (waiting_.empty()) return {};
  add_waiting();
  const auto replies = redis_.run(pipeline_);
  std::optional<Error> trouble;
  Result<void> settled;
  if (replies) {
    settled = take_replies(*replies);
  } else {
    trouble = replies.error();
  }
  tell(trouble ? trouble->message : "it takes no writes");
  return settled;
}

void StreamCommands::tell(std::string_view why) {
  const bool is_away = !waiting_.empty();
  if (is_away && !is_away_) {
    log_.warning("Redis is away, what was delivered is settled when it is back", {{"why", why}});
  }
  if (!is_away && is_away_) log_.warning("Redis is back, all is settled");
  is_away_ = is_away;
}

std::vector<std::string> StreamCommands::waiting() const {
  std::vector<std::string> tickets;
  for (const Waiting& one : waiting_) tickets.push_back(one.ticket);
  return tickets;
}

}  // namespace btcw
