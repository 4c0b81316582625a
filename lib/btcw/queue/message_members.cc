#include "btcw/queue/message_members.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "btcw/base/notification_json.h"

namespace btcw {
namespace {

using Json = nlohmann::json;
using Kind = MessageMember::Kind;

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_json_escaped(out, text);
  out += '"';
}

/// Takes the parser's events; false from one of them ends the parse.
///
/// Not the parser's own tree: with its members in their order, it compares each with all others.
class MemberBuilder {
 public:
  explicit MemberBuilder(std::vector<MessageMember>& members) : members_{members} {}

  bool null() { return scalar(Kind::null, "null"); }
  bool boolean(bool value) { return scalar(Kind::boolean, value ? "true" : "false"); }
  bool number_integer(std::int64_t value) { return scalar(Kind::number, std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) { return scalar(Kind::number, std::to_string(value)); }
  bool number_float(double, const std::string& digits) { return scalar(Kind::number, digits); }
  bool string(std::string& value);
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open('{'); }
  bool end_object() { return close('}'); }
  bool start_array(std::size_t) { return open('['); }
  bool end_array() { return close(']'); }
  bool key(std::string& name);
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  [[nodiscard]] bool is_object() const { return is_object_; }

 private:
  bool scalar(Kind kind, std::string_view json);
  bool open(char bracket);
  bool close(char bracket);
  /// Before a value that is inside of another one.
  void separate();

  std::vector<MessageMember>& members_;
  std::size_t depth_ = 0;
  bool is_object_ = false;
  bool after_key_ = false;
};

void MemberBuilder::separate() {
  std::string& json = members_.back().json;
  if (!std::exchange(after_key_, false) && !json.ends_with('[')) json += ',';
}

bool MemberBuilder::scalar(Kind kind, std::string_view json) {
  if (depth_ == 0) return true;
  MessageMember& member = members_.back();
  if (depth_ == 1) {
    member.kind = kind;
    member.text = json;
  } else {
    separate();
    member.kind = Kind::other;
  }
  member.json += json;
  return true;
}

bool MemberBuilder::string(std::string& value) {
  if (depth_ == 0) return true;
  MessageMember& member = members_.back();
  if (depth_ == 1) {
    member.kind = Kind::text;
    member.text = std::move(value);
    return true;
  }
  separate();
  append_quoted(member.json, value);
  if (depth_ == 2 && member.kind == Kind::texts) member.texts.push_back(std::move(value));
  return true;
}

bool MemberBuilder::key(std::string& name) {
  if (depth_ == 1) {
    members_.push_back({.key = std::move(name)});
    return true;
  }
  std::string& json = members_.back().json;
  if (!json.ends_with('{')) json += ',';
  append_quoted(json, name);
  json += ':';
  after_key_ = true;
  return true;
}

bool MemberBuilder::open(char bracket) {
  if (depth_++ == 0) {
    is_object_ = bracket == '{';
    return is_object_;
  }
  MessageMember& member = members_.back();
  if (depth_ == 2) {
    member.kind = bracket == '[' ? Kind::texts : Kind::other;
  } else {
    separate();
    member.kind = Kind::other;
  }
  member.json += bracket;
  return true;
}

bool MemberBuilder::close(char bracket) {
  if (--depth_ > 0) members_.back().json += bracket;
  return true;
}

bool begins_object(std::string_view json) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (json.starts_with(kByteOrderMark)) json.remove_prefix(kByteOrderMark.size());
  const std::size_t at = json.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && json[at] == '{';
}

}  // namespace

Result<MessageMembers> MessageMembers::read(std::string_view json) {
  MessageMembers read;
  MemberBuilder builder{read.members_};
  if (Json::sax_parse(json, &builder) && builder.is_object()) return read;
  // A list ends the parse at once: whether it is whole is asked separately.
  const bool other = !begins_object(json) && Json::accept(json);
  return Error{Errc::bad_data, other ? "not a JSON object" : "not JSON in UTF-8, or cut short"};
}

const MessageMember* MessageMembers::find(std::string_view name) const {
  const auto is_it = [name](const MessageMember& member) { return member.key == name; };
  const auto last = std::find_if(members_.rbegin(), members_.rend(), is_it);
  return last == members_.rend() || last->kind == Kind::null ? nullptr : &*last;
}

const MessageMember* MessageMembers::take(std::string_view name) {
  for (MessageMember& member : members_) member.taken = member.taken || member.key == name;
  return find(name);
}

std::string MessageMembers::rest() const {
  std::string json;
  for (const MessageMember& member : members_) {
    if (member.taken) continue;
    json += json.empty() ? '{' : ',';
    append_quoted(json, member.key);
    json += ':';
    if (member.kind == Kind::text) {
      append_quoted(json, member.text);
    } else {
      json += member.json;
    }
  }
  if (!json.empty()) json += '}';
  return json;
}

}  // namespace btcw
