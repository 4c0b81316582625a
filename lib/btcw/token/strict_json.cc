#include "btcw/token/strict_json.h"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace btcw::token {
namespace {

constexpr std::size_t kFewNames = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The four digits after "\u"; -1 when they are none.
int read_hex4(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) return -1;
  int unit = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

bool is_high_surrogate(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(int unit) { return unit >= 0xdc00 && unit < 0xe000; }

void append_utf8(char32_t c, std::string& out) {
  const auto byte = [&out](char32_t value) { out += static_cast<char>(value); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | c >> 6);
    byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3f));
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  }
}

// The length of the well-formed sequence of two to four bytes at `at`; 0 when there is none
// (Unicode's table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_sequence(std::string_view text, std::size_t at) {
  const auto byte = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto in = [](unsigned value, unsigned low, unsigned high) {
    return value >= low && value <= high;
  };
  const unsigned first = byte(at);
  const unsigned second = byte(at + 1);
  if (in(first, 0xc2, 0xdf)) return in(second, 0x80, 0xbf) ? 2 : 0;
  if (!in(byte(at + 2), 0x80, 0xbf)) return 0;
  if (in(first, 0xe0, 0xef)) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return in(second, low, high) ? 3 : 0;
  }
  if (!in(first, 0xf0, 0xf4) || !in(byte(at + 3), 0x80, 0xbf)) return 0;
  const unsigned low = first == 0xf0 ? 0x90 : 0x80;
  const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
  return in(second, low, high) ? 4 : 0;
}

char short_escape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

// `inside` was read strictly.
void unescape(std::string_view inside, std::string& out) {
  for (std::size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] != '\\') {
      out += inside[i];
      continue;
    }
    const char escape = inside[++i];
    if (escape != 'u') {
      out += short_escape(escape);
      continue;
    }
    const int unit = read_hex4(inside, i + 1);
    i += 4;
    if (!is_high_surrogate(unit)) {
      append_utf8(static_cast<char32_t>(unit), out);
      continue;
    }
    const int low = read_hex4(inside, i + 3);
    i += 6;
    append_utf8(static_cast<char32_t>(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)), out);
  }
}

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
      unescape(name, reader_.unescaped_);
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
    const int unit = read_hex4(text_, at_ + 1);
    if (unit < 0) return fail("an unknown escape");
    if (is_low_surrogate(unit)) return fail("a lone surrogate");
    at_ += 5;
    if (!is_high_surrogate(unit)) return true;
    if (text_.substr(at_, 2) != "\\u" || !is_low_surrogate(read_hex4(text_, at_ + 2))) {
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
    double value = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    return read.ec == std::errc{} || fail("a number out of range");
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
  unescape(inside, scratch);
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

void append_json_string(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_compact(std::string_view json, std::string& out) {
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string && c == '\\') {
      out += c;
      out += json[++i];
      continue;
    }
    if (c == '"') in_string = !in_string;
    if (in_string || (c != ' ' && c != '\t' && c != '\n' && c != '\r')) out += c;
  }
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t length =
        static_cast<unsigned char>(text[i]) < 0x80 ? 1 : utf8_sequence(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

}  // namespace btcw::token
