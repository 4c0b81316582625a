#include "btcw/queue/message_json.h"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "btcw/base/notification_json.h"
#include "btcw/queue/message_members.h"
#include "btcw/queue/queue_name.h"

namespace btcw {
namespace {

using Kind = MessageMember::Kind;

constexpr int kMaxDepth = 32;

Error not_a_message(std::string_view why) {
  return {Errc::bad_data, fmt::format("not a message: {}", why)};
}

/// How deep objects and lists are nested; counted on the bytes, before anything recursive sees
/// them.
int depth_of(std::string_view bytes) {
  int depth = 0;
  int deepest = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
      continue;
    }
    if (c == '"') in_text = true;
    if (c == '{' || c == '[') deepest = std::max(deepest, ++depth);
    if (c == '}' || c == ']') --depth;
  }
  return deepest;
}

/// The first of `names` that is there, as text; a number is taken as it is written.
template <std::size_t N>
Result<std::string> take_text(MessageMembers& members, const std::array<const char*, N>& names) {
  for (const char* name : names) {
    const MessageMember* const member = members.take(name);
    if (member == nullptr) continue;
    if (member->kind == Kind::text || member->kind == Kind::number) return member->text;
    return not_a_message(fmt::format("'{}' is not a text", name));
  }
  return std::string{};
}

Result<std::vector<std::string>> take_list(MessageMembers& members, const char* name,
                                           const char* other = nullptr) {
  const MessageMember* member = members.take(name);
  if (member == nullptr && other != nullptr) member = members.take(other);
  if (member == nullptr) return std::vector<std::string>{};
  if (member->kind == Kind::text) return std::vector{member->text};
  if (member->kind == Kind::texts) return member->texts;
  return not_a_message(fmt::format("'{}' is not a list of texts", name));
}

/// A time as encode_message() writes it; other programs' are no error, they are just not ours.
std::optional<UtcTime> take_time(MessageMembers& members, const char* name) {
  const MessageMember* const member = members.find(name);
  if (member == nullptr || member->kind != Kind::text) return std::nullopt;
  auto time = parse_time(member->text);
  if (!time) return std::nullopt;
  members.take(name);
  return *time;
}

Priority priority_of(std::string_view word) {
  if (word == "urgent" || word == "high" || word == "critical") return Priority::urgent;
  if (word == "low") return Priority::low;
  return Priority::normal;
}

/// Known words are taken out; others stay among the unknown members, so that nothing is lost.
Priority take_priority(MessageMembers& members) {
  const MessageMember* const member = members.find("priority");
  if (member == nullptr || member->kind != Kind::text) return Priority::normal;
  const Priority priority = priority_of(member->text);
  if (parse_priority(member->text)) members.take("priority");
  return priority;
}

}  // namespace

std::string encode_message(const Notification& message) {
  return notification_json(message) + "\n";
}

Result<Notification> decode_message(std::string_view bytes, std::string_view fallback_id,
                                    UtcTime arrived) {
  if (bytes.size() > kMaxMessageBytes)
    return not_a_message(fmt::format("larger than {} bytes", kMaxMessageBytes));
  // The parser takes a NUL for the end and would pass over what stands behind it.
  if (bytes.find('\0') != std::string_view::npos) return not_a_message("holds a NUL byte");
  if (depth_of(bytes) > kMaxDepth)
    return not_a_message(fmt::format("nested deeper than {}", kMaxDepth));
  auto members = MessageMembers::read(bytes);
  if (!members) return not_a_message(members.error().message);
  MessageMembers& object = *members;

  Notification message{.id = {}, .body = {}, .created = arrived};
  auto id = take_text(object, std::array{"id"});
  if (!id) return std::move(id).error();
  message.id = is_message_id(*id) ? *std::move(id) : std::string{fallback_id};
  auto body = take_text(object, std::array{"text", "message", "body", "content"});
  if (!body) return std::move(body).error();
  auto title = take_text(object, std::array{"title", "subject"});
  if (!title) return std::move(title).error();
  if (body->empty() && title->empty()) return not_a_message("has neither text nor title");
  message.body = *std::move(body);
  message.title = *std::move(title);
  message.priority = take_priority(object);
  auto channels = take_list(object, "channels", "channel");
  if (!channels) return std::move(channels).error();
  message.channels = *std::move(channels);
  auto tags = take_list(object, "tags", "tag");
  if (!tags) return std::move(tags).error();
  message.tags = *std::move(tags);
  auto attachments = take_list(object, "attachments");
  if (!attachments) return std::move(attachments).error();
  message.attachments = *std::move(attachments);
  auto dedup_key = take_text(object, std::array{"dedup_key"});
  if (!dedup_key) return std::move(dedup_key).error();
  message.dedup_key = *std::move(dedup_key);
  if (const auto created = take_time(object, "created")) message.created = *created;
  message.expires = take_time(object, "expires");
  const MessageMember* const maybe = object.take("maybe_duplicate");
  message.maybe_duplicate =
      maybe != nullptr && maybe->kind == Kind::boolean && maybe->text == "true";
  message.extra_json = object.rest();
  return message;
}

}  // namespace btcw
