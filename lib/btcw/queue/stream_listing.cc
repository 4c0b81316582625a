#include "btcw/queue/stream_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "btcw/queue/message_json.h"
#include "btcw/queue/stream_scripts.h"

namespace btcw {
namespace {

/// Messages in one reply.
constexpr std::string_view kPage = "64";
constexpr std::size_t kPageSize = 64;

MessageInfo info_of(StreamEntry entry, MessageState state) {
  return {.id = entry.message.id,
          .state = state,
          .due = entry.due,
          .attempts = entry.state.attempts,
          .bytes = entry.bytes.size(),
          .message = std::move(entry.message)};
}

/// What stands in a dead letter; without a message where it is damaged.
MessageInfo dead_info(StreamFields fields) {
  MessageInfo info{.id = fields.id, .state = MessageState::dead, .due = {}};
  info.bytes = fields.message.size();
  info.reason = fields.reason;
  info.due = read_stream_time(fields.due, time_of_entry(fields.entry));
  info.attempts = StreamState::parse(fields.state).attempts;
  if (auto entry = StreamEntry::read(1, std::move(fields))) info.message = entry->message;
  return info;
}

MessageInfo corrupt_info(const StreamFields& fields) {
  return {.id = fields.entry,
          .state = MessageState::corrupt,
          .due = read_stream_time(fields.buried, time_of_entry(fields.entry)),
          .bytes = fields.content.size(),
          .reason = fields.reason};
}

}  // namespace

Result<void> StreamListing::each_entry(const std::string& key,
                                       const std::function<bool(StreamFields fields)>& visit) {
  std::string from = "-";
  for (;;) {
    const auto page = commands_.command({"XRANGE", key, from, "+", "COUNT", kPage});
    if (!page) return page.error();
    for (const RedisReply& reply : page->items) {
      auto fields = StreamFields::from(reply);
      if (!fields) return std::move(fields).error();
      from = "(" + fields->entry;
      if (!visit(*std::move(fields))) return {};
    }
    if (page->items.size() < kPageSize) return {};
  }
}

Result<std::map<std::string, bool>> StreamListing::held_in(const std::string& key) {
  std::map<std::string, bool> held;
  std::string from = "-";
  for (;;) {
    const auto page = commands_.command({"XPENDING", key, "btcw", from, "+", "1000"});
    // No stream or no group yet: nobody holds anything.
    if (!page && page.error().code == Errc::rejected) return held;
    if (!page) return page.error();
    for (const RedisReply& one : page->items) {
      if (one.items.size() != 4) return Error{Errc::bad_data, "Redis answers XPENDING wrongly"};
      from = "(" + one.items[0].text;
      if (one.items[2].integer < lease_.count()) held.emplace(one.items[0].text, true);
    }
    if (page->items.size() < 1000) return held;
  }
}

Result<void> StreamListing::list_lane(int lane, std::optional<MessageState> state, std::size_t max,
                                      Infos& out) {
  constexpr std::string_view kNames[] = {"urgent", "normal", "low"};
  const std::string key = commands_.key(kNames[lane - 1]);
  const auto held = held_in(key);
  if (!held) return held.error();
  return each_entry(key, [&](StreamFields fields) {
    if (out.size() >= max) return false;
    const auto is = held->contains(fields.entry) ? MessageState::claimed : MessageState::pending;
    if (state && *state != is) return true;
    const std::size_t bytes = fields.message.size();
    MessageInfo info{.id = "redis-" + fields.entry, .state = is, .due = {}, .bytes = bytes};
    info.due = read_stream_time(fields.due, time_of_entry(fields.entry));
    if (auto entry = StreamEntry::read(lane, std::move(fields))) info = info_of(*entry, is);
    out.push_back(std::move(info));
    return true;
  });
}

Result<void> StreamListing::list_delayed(std::size_t max, Infos& out) {
  const std::string key = commands_.key("delayed");
  for (std::size_t from = 0; out.size() < max; from += kPageSize) {
    const auto page = commands_.command(
        {"ZRANGE", key, std::to_string(from), std::to_string(from + kPageSize - 1), "WITHSCORES"});
    if (!page) return page.error();
    for (std::size_t i = 0; i + 1 < page->items.size() && out.size() < max; i += 2) {
      const std::string& member = page->items[i].text;
      const std::size_t brace = member.find('{');
      if (brace == std::string::npos || brace < 3) continue;
      StreamFields fields{.entry = "0-0",
                          .due = page->items[i + 1].text,
                          .state = member.substr(2, brace - 3),
                          .message = member.substr(brace)};
      if (auto entry = StreamEntry::read(member.front() - '0', std::move(fields))) {
        out.push_back(info_of(*std::move(entry), MessageState::pending));
      }
    }
    if (page->items.size() < 2 * kPageSize) return {};
  }
  return {};
}

Result<void> StreamListing::list_aside(MessageState state, std::size_t max, Infos& out) {
  const bool dead = state == MessageState::dead;
  return each_entry(commands_.key(dead ? "dead" : "corrupt"), [&](StreamFields fields) {
    if (out.size() >= max) return false;
    out.push_back(dead ? dead_info(std::move(fields)) : corrupt_info(fields));
    return true;
  });
}

Result<std::vector<MessageInfo>> StreamListing::list(std::optional<MessageState> state,
                                                     std::size_t max) {
  Infos infos;
  Result<void> listed;
  const auto wants = [&](MessageState one) { return listed && (!state || *state == one); };
  if (wants(MessageState::pending) || wants(MessageState::claimed)) {
    for (int lane = 1; lane <= 3 && listed; ++lane) listed = list_lane(lane, state, max, infos);
  }
  if (wants(MessageState::pending)) listed = list_delayed(max, infos);
  for (const auto aside : {MessageState::dead, MessageState::corrupt}) {
    if (wants(aside)) listed = list_aside(aside, max, infos);
  }
  if (!listed) return std::move(listed).error();
  return infos;
}

Result<MessageInfo> StreamListing::show(std::string_view id) {
  auto all = list(std::nullopt, SIZE_MAX);
  if (!all) return std::move(all).error();
  for (auto& info : *all) {
    if (info.id == id) return std::move(info);
  }
  return Error{Errc::not_found, fmt::format("no message '{}' in the queue", id.substr(0, 80))};
}

Result<std::size_t> StreamListing::retry_dead(std::optional<std::string_view> id, UtcTime now) {
  std::vector<StreamFields> dead;
  auto read = each_entry(commands_.key("dead"), [&](StreamFields fields) {
    if (!id || fields.id == *id) dead.push_back(std::move(fields));
    return true;
  });
  if (!read) return std::move(read).error();
  std::size_t moved = 0;
  for (const StreamFields& one : dead) {
    // What channels have had it, and whether it may have arrived, is as true as before.
    StreamState state = StreamState::parse(one.state);
    state.attempts = 0;
    state.progress.refused = 0;
    const std::string_view lane = one.lane.size() == 1 && one.lane >= "1" && one.lane <= "3"
                                      ? std::string_view{one.lane}
                                      : "2";
    const auto revived = commands_.run(
        stream_script::kRevive,
        {one.entry, one.id, lane, std::to_string(to_unix_ms(now)), state.to_string(), one.message});
    if (!revived) return revived.error();
    if (revived->integer == 1) ++moved;
  }
  if (id && moved == 0)
    return Error{Errc::not_found, fmt::format("no dead message '{}'", id->substr(0, 80))};
  return moved;
}

Result<std::size_t> StreamListing::purge_dead(UtcTime before) {
  std::vector<std::string> old;
  auto read = each_entry(commands_.key("dead"), [&](const StreamFields& fields) {
    if (read_stream_time(fields.buried, time_of_entry(fields.entry)) < before)
      old.push_back(fields.entry);
    return true;
  });
  if (!read) return std::move(read).error();
  std::size_t removed = 0;
  const std::string key = commands_.key("dead");
  for (const std::string& entry : old) {
    const auto gone = commands_.command({"XDEL", key, entry});
    if (!gone) return gone.error();
    removed += static_cast<std::size_t>(gone->integer);
  }
  return removed;
}

}  // namespace btcw
