#include "btcw/queue/stream_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "btcw/base/notification_json.h"
#include "btcw/queue/message_json.h"

namespace btcw {
namespace {

/// The end of the year 9999.
constexpr std::int64_t kLastMs = 253'402'300'799'999;
constexpr std::uint32_t kAllBits = 0xFFFFFFFF;

template <typename T>
bool read_number(std::string_view& text, T most, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < T{} || number > most) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

}  // namespace

std::string StreamPlace::ticket() const { return fmt::format("{}/{}", lane, entry); }

StreamPlace StreamPlace::from_ticket(std::string_view ticket) {
  return {.lane = ticket.front() - '0', .entry = std::string{ticket.substr(2)}};
}

int lane_of(Priority priority) { return 1 + static_cast<int>(priority); }

Priority priority_of_lane(int lane) { return static_cast<Priority>(std::clamp(lane, 1, 3) - 1); }

std::string StreamState::to_string() const {
  const std::string text = fmt::format("{} {} {} {}", attempts, progress.delivered, progress.plan,
                                       maybe_duplicate ? 1 : 0);
  return progress.refused == 0 ? text : fmt::format("{} {}", text, progress.refused);
}

StreamState StreamState::parse(std::string_view text) {
  StreamState state;
  int duplicate = 0;
  const bool is_one = read_number(text, 1'000'000, state.attempts) &&
                      read_number(text, kAllBits, state.progress.delivered) &&
                      read_number(text, std::uint16_t{0xFFFF}, state.progress.plan) &&
                      read_number(text, 1, duplicate);
  if (!is_one) return {};
  if (!text.empty() && !read_number(text, kAllBits, state.progress.refused)) return {};
  if (!text.empty()) return {};
  state.maybe_duplicate = duplicate == 1;
  return state;
}

Result<StreamFields> StreamFields::from(const RedisReply& reply) {
  const Error not_an_entry{Errc::bad_data, "Redis answers with what is no entry of a stream"};
  if (reply.items.size() != 2) return not_an_entry;
  StreamFields fields{.entry = reply.items[0].text};
  const auto& members = reply.items[1].items;
  if (fields.entry.empty() || members.size() % 2 != 0) return not_an_entry;
  const std::pair<std::string_view, std::string*> known[] = {
      {"due", &fields.due},       {"state", &fields.state},    {"message", &fields.message},
      {"id", &fields.id},         {"lane", &fields.lane},      {"reason", &fields.reason},
      {"buried", &fields.buried}, {"content", &fields.content}};
  for (std::size_t i = 0; i < members.size(); i += 2) {
    for (const auto& [name, into] : known) {
      if (members[i].text == name) *into = members[i + 1].text;
    }
  }
  return fields;
}

Result<StreamEntry> StreamEntry::read(int lane, StreamFields fields) {
  const UtcTime added = time_of_entry(fields.entry);
  const std::string otherwise = "redis-" + fields.entry;
  auto message = decode_message(fields.message, otherwise, added);
  if (!message) return std::move(message).error();
  // An id that comes from its place goes with it from there.
  if (message->id == otherwise) fields.message = notification_json(*message);
  StreamEntry entry{.place = {lane, std::move(fields.entry)},
                    .due = read_stream_time(fields.due, added),
                    .state = StreamState::parse(fields.state),
                    .bytes = std::move(fields.message),
                    .message = *std::move(message)};
  entry.message.maybe_duplicate = entry.message.maybe_duplicate || entry.state.maybe_duplicate;
  return entry;
}

UtcTime read_stream_time(std::string_view text, UtcTime otherwise) {
  std::int64_t ms = 0;
  return read_number(text, kLastMs, ms) && text.empty() ? from_unix_ms(ms) : otherwise;
}

UtcTime time_of_entry(std::string_view entry) {
  return read_stream_time(entry.substr(0, entry.find('-')), UtcTime{});
}

}  // namespace btcw
