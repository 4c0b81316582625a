#include "btcw/base/notification_json.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "btcw/base/utf8.h"

namespace btcw {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// How many bytes of a broken sequence one U+FFFD stands for: all that could have begun it.
std::size_t broken_bytes(std::string_view text) {
  std::size_t bytes = 1;
  // With bytes put behind it, a sequence that was well begun becomes whole.
  for (; bytes < std::min<std::size_t>(text.size(), 4); ++bytes) {
    const std::string begun{text.substr(0, bytes + 1)};
    const bool goes_on =
        decode_utf8(begun + "\x80").bytes != 0 || decode_utf8(begun + "\x80\x80").bytes != 0 ||
        decode_utf8(begun + "\xBF").bytes != 0 || decode_utf8(begun + "\xBF\xBF").bytes != 0;
    if (!goes_on) break;
  }
  return bytes;
}

void append_escaped_byte(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kShort = "\b\f\n\r\t";
  constexpr std::string_view kLetters = "bfnrt";
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (const std::size_t at = kShort.find(c); at != std::string_view::npos) {
    out += '\\';
    out += kLetters[at];
  } else {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

class Object {
 public:
  void text(std::string_view key, std::string_view value) {
    begin(key);
    append_string(value);
  }
  void list(std::string_view key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    begin(key);
    char before = '[';
    for (const std::string& value : values) {
      json_ += std::exchange(before, ',');
      append_string(value);
    }
    json_ += ']';
  }
  void flag(std::string_view key) {
    begin(key);
    json_ += "true";
  }
  [[nodiscard]] bool has(std::string_view key) const {
    return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
  }
  void raw(std::string_view quoted_key, std::string_view json) {
    json_.append(",").append(quoted_key).append(":").append(json);
  }
  [[nodiscard]] std::string finish() && { return std::move(json_) + '}'; }

 private:
  void begin(std::string_view key) {
    json_ += keys_.empty() ? '{' : ',';
    keys_.push_back(key);
    json_.append("\"").append(key).append("\":");
  }
  void append_string(std::string_view value) {
    json_ += '"';
    append_json_escaped(json_, value);
    json_ += '"';
  }

  std::string json_;
  std::vector<std::string_view> keys_;
};

// Takes one JSON object apart into its members, as far as brackets, quotes and commas go. White
// space outside of strings is dropped: it could hold a line end.
class MemberReader {
 public:
  struct Member {
    std::string quoted_key;
    std::string json;
  };

  explicit MemberReader(std::string_view text) : rest_{text} {}

  // nullopt: not one object.
  std::optional<std::vector<Member>> read() {
    std::vector<Member> members;
    if (next() != '{') return std::nullopt;
    take();
    if (next() == '}') {
      take();
      return ended() ? std::optional{members} : std::nullopt;
    }
    while (true) {
      Member member;
      if (next() != '"' || !read_string(member.quoted_key) || next() != ':') return std::nullopt;
      take();
      if (!read_value(member.json)) return std::nullopt;
      members.push_back(std::move(member));
      const char after = next();
      if (after != ',' && after != '}') return std::nullopt;
      take();
      if (after == '}') return ended() ? std::optional{members} : std::nullopt;
    }
  }

 private:
  // The next byte that is no white space; '\0' at the end.
  char next() {
    const std::size_t at = std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size());
    rest_.remove_prefix(at);
    return rest_.empty() ? '\0' : rest_.front();
  }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool ended() { return next() == '\0' && rest_.empty(); }

  bool read_string(std::string& out) {
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '"') {
      if (static_cast<unsigned char>(rest_[end]) < 0x20) return false;
      end += rest_[end] == '\\' ? 2U : 1U;
    }
    if (end >= rest_.size()) return false;
    out.append(rest_.substr(0, end + 1));
    rest_.remove_prefix(end + 1);
    return true;
  }

  // A string, a word or number, or brackets with all between them.
  bool read_value(std::string& out) {
    std::string open;
    do {
      const char c = next();
      if (c == '\0') return false;
      if (c == '"') {
        if (!read_string(out)) return false;
        continue;
      }
      const bool ends_member = open.empty() && (c == ',' || c == '}' || c == ']' || c == ':');
      if (ends_member) return false;
      if (c == '{' || c == '[') open += c == '{' ? '}' : ']';
      if (c == '}' || c == ']') {
        if (open.back() != c) return false;
        open.pop_back();
      }
      out += take();
    } while (!open.empty() || is_inside_word(out.back()));
    return true;
  }
  // A word or number goes on until something else stands there.
  [[nodiscard]] bool is_inside_word(char last) const {
    constexpr std::string_view kEnds = "\"{}[],: \t\r\n";
    return kEnds.find(last) == std::string_view::npos && !rest_.empty() &&
           kEnds.find(rest_.front()) == std::string_view::npos;
  }

  std::string_view rest_;
};

void add_extra(Object& object, std::string_view extra_json) {
  const auto members = MemberReader{extra_json}.read();
  if (!members) return;
  for (const auto& [key, json] : *members) {
    if (!object.has(std::string_view{key}.substr(1, key.size() - 2))) object.raw(key, json);
  }
}

}  // namespace

void append_json_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto* const stop = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(stop - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    std::size_t bytes = 1;
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      append_escaped_byte(out, text[0]);
    } else if (bytes = decode_utf8(text).bytes; bytes != 0) {
      out.append(text.substr(0, bytes));
    } else {
      bytes = broken_bytes(text);
      out += kReplacement;
    }
    text.remove_prefix(bytes);
  }
}

std::string notification_json(const Notification& message) {
  Object object;
  object.text("id", message.id);
  object.text("created", to_rfc3339(message.created));
  object.text("priority", to_string(message.priority));
  if (!message.title.empty()) object.text("title", message.title);
  object.text("text", message.body);
  object.list("channels", message.channels);
  object.list("tags", message.tags);
  object.list("attachments", message.attachments);
  if (!message.dedup_key.empty()) object.text("dedup_key", message.dedup_key);
  if (message.expires) object.text("expires", to_rfc3339(*message.expires));
  if (message.maybe_duplicate) object.flag("maybe_duplicate");
  if (!message.extra_json.empty()) add_extra(object, message.extra_json);
  return std::move(object).finish();
}

}  // namespace btcw
