#include "btcw/token/strict_json.h"

#include <algorithm>
#include <system_error>

#include "btcw/base/double_text.h"

namespace btcw::token {
namespace {

constexpr std::size_t kFewNames = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

// One reading of one text: a cursor, and the first thing that was wrong.
class JsonReader::Run {
 public:
  Run(JsonReader& reader, std::string_view text) : reader_{reader}, text_{text} {
    reader_.members_.clear();
    reader_.names_.clear();
    reader_.unescaped_.clear();
    // Names without their escapes are never longer than with them: views into it stay good.
    reader_.unescaped_.reserve(text.size());
  }

  bool whole(JsonValue& value) {
    skip_space();
    if (!read_value(value, 0)) return false;
    skip_space();
    return at_ == text_.size() || fail("something after the value");
  }

  [[nodiscard]] Error error() const {
    return Error{Errc::bad_data, "byte " + std::to_string(at_ + 1) + ": " + std::string{problem_}};
  }

 private:
  bool fail(std::string_view problem) {
    if (problem_.empty()) problem_ = problem;
    return false;
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return;
      ++at_;
    }
  }

  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  // `depth` is the number of objects and arrays around the value.
  bool read_value(JsonValue& value, int depth) {
    const std::size_t start = at_;
    if (!read_by_kind(value, depth)) return false;
    value.text = text_.substr(start, at_ - start);
    return true;
  }

  bool read_by_kind(JsonValue& value, int depth) {
    value.escaped = false;
    switch (peek()) {
      case '{':
        value.kind = JsonKind::object;
        return read_object(depth + 1);
      case '[':
        value.kind = JsonKind::array;
        return read_array(depth + 1);
      case '"':
        value.kind = JsonKind::string;
        return read_string(value.escaped);
      case 't':
        value.kind = JsonKind::boolean;
        return read_word("true");
      case 'f':
        value.kind = JsonKind::boolean;
        return read_word("false");
      case 'n':
        value.kind = JsonKind::null;
        return read_word("null");
      default:
        value.kind = JsonKind::number;
        return read_number();
    }
  }

  bool read_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return fail("not a value");
    at_ += word.size();
    return true;
  }

  bool read_object(int depth) {
    if (depth > kMaxDepth) return fail("too many levels");
    ++at_;
    skip_space();
    if (take('}')) return true;
    const std::size_t first_name = reader_.names_.size();
    do {
      skip_space();
      JsonMember member;
      if (!read_name(member.name)) return false;
      skip_space();
      if (!take(':')) return fail("expected ':'");
      skip_space();
      if (!read_value(member.value, depth)) return false;
      if (depth == 1) reader_.members_.push_back(member);
      skip_space();
    } while (take(','));
    if (!take('}')) return fail("expected ',' or '}'");
    return names_differ(first_name);
  }

  bool read_array(int depth) {
    if (depth > kMaxDepth) return fail("too many levels");
    ++at_;
    skip_space();
    if (take(']')) return true;
    do {
      skip_space();
      JsonMember element;
      if (!read_value(element.value, depth)) return false;
      if (depth == 1) reader_.members_.push_back(element);
      skip_space();
    } while (take(','));
    return take(']') || fail("expected ',' or ']'");
  }

  bool read_name(std::string_view& name) {
    if (peek() != '"') return fail("expected a member's name");
    const std::size_t start = at_ + 1;
    bool escaped = false;
    if (!read_string(escaped)) return false;
    name = text_.substr(start, at_ - 1 - start);
    if (escaped) {
      const std::size_t size_before = reader_.unescaped_.size();
      append_unescaped(name, reader_.unescaped_);
      name = std::string_view{reader_.unescaped_}.substr(size_before);
    }
    reader_.names_.push_back(name);
    return true;
  }

  bool names_differ(std::size_t first) {
    auto& names = reader_.names_;
    const auto begin = names.begin() + static_cast<std::ptrdiff_t>(first);
    bool differ = true;
    if (names.size() - first <= kFewNames) {
      for (auto a = begin; a != names.end(); ++a) {
        differ = differ && std::find(a + 1, names.end(), *a) == names.end();
      }
    } else {
      std::sort(begin, names.end());
      differ = std::adjacent_find(begin, names.end()) == names.end();
    }
    names.resize(first);
    return differ || fail("a member stands twice");
  }

  bool read_string(bool& escaped) {
    ++at_;
    while (at_ < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c < 0x20) return fail("a control character in a string");
      if (c == '\\') {
        escaped = true;
        if (!read_escape()) return false;
      } else if (c < 0x80) {
        ++at_;
      } else {
        const std::size_t length = utf8_sequence(text_, at_);
        if (length == 0) return fail("not UTF-8");
        at_ += length;
      }
    }
    return fail("a string without an end");
  }

  bool read_escape() {
    ++at_;
    const char c = peek();
    if (c == 'u') return read_unicode_escape();
    if (std::string_view{"\"\\/bfnrt"}.find(c) == std::string_view::npos) {
      return fail("an unknown escape");
    }
    ++at_;
    return true;
  }

  bool read_unicode_escape() {
    const int unit = json_hex4(text_, at_ + 1);
    if (unit < 0) return fail("an unknown escape");
    if (is_low_surrogate(unit)) return fail("a lone surrogate");
    at_ += 5;
    if (!is_high_surrogate(unit)) return true;
    if (text_.substr(at_, 2) != "\\u" || !is_low_surrogate(json_hex4(text_, at_ + 2))) {
      return fail("a lone surrogate");
    }
    at_ += 6;
    return true;
  }

  void skip_digits() {
    while (is_digit(peek())) ++at_;
  }

  bool read_number() {
    const std::size_t start = at_;
    bool plain = true;
    take('-');
    if (!is_digit(peek())) return fail("not a value");
    if (!take('0')) skip_digits();
    if (is_digit(peek())) return fail("a number with a leading zero");
    if (take('.')) {
      plain = false;
      if (!is_digit(peek())) return fail("a number without a digit after the point");
      skip_digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      plain = false;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!is_digit(peek())) return fail("a number without a digit in its exponent");
      skip_digits();
    }
    const std::string_view number = text_.substr(start, at_ - start);
    if (plain && number.size() < 300) return true;
    return parse_double(number) || fail("a number out of range");
  }

  JsonReader& reader_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view problem_;
};

Result<JsonValue> JsonReader::value(std::string_view text) {
  Run run{*this, text};
  JsonValue value;
  if (!run.whole(value)) return run.error();
  return value;
}

Result<std::span<const JsonMember>> JsonReader::object(std::string_view text) {
  const auto read = value(text);
  if (!read) return read.error();
  if (read->kind != JsonKind::object) return Error{Errc::bad_data, "not an object"};
  return std::span<const JsonMember>{members_};
}

Result<std::span<const JsonMember>> JsonReader::array(std::string_view text) {
  const auto read = value(text);
  if (!read) return read.error();
  if (read->kind != JsonKind::array) return Error{Errc::bad_data, "not an array"};
  return std::span<const JsonMember>{members_};
}

std::string_view JsonValue::string(std::string& scratch) const {
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (!escaped) return inside;
  scratch.clear();
  append_unescaped(inside, scratch);
  return scratch;
}

std::string JsonValue::string() const {
  std::string scratch;
  return std::string{string(scratch)};
}

bool JsonValue::is_string(std::string_view expected) const {
  if (kind != JsonKind::string) return false;
  std::string scratch;
  return string(scratch) == expected;
}

const JsonValue* find(std::span<const JsonMember> members, std::string_view name) {
  for (const JsonMember& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

}  // namespace btcw::token
