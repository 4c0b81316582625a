#include "btcw/base/json_tokens.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace btcw {
namespace {

using Scanner = simdjson::internal::dom_parser_implementation;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

const char* skip_digits(const char* at, const char* end) {
  while (at != end && is_digit(*at)) ++at;
  return at;
}

bool is_number(std::string_view token) {
  const char* at = token.data();
  const char* const end = at + token.size();
  if (at != end && *at == '-') ++at;
  const char* const whole = at;
  at = skip_digits(at, end);
  if (at == whole || (*whole == '0' && at - whole > 1)) return false;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    at = skip_digits(at, end);
    if (at == fraction) return false;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '-' || *at == '+')) ++at;
    const char* const exponent = at;
    at = skip_digits(at, end);
    if (at == exponent) return false;
  }
  return at == end;
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Replaces the escapes of a string by what they stand for, which is never longer.
class Unescaper {
 public:
  explicit Unescaper(char* begin) : begin_{begin}, out_{begin} {}

  // The length of the result; nullopt for an escape that JSON does not have.
  std::optional<std::uint32_t> run(const char* end) {
    const char* at = begin_;
    while (at != end) {
      if (*at != '\\') {
        *out_++ = *at++;
        continue;
      }
      if (++at == end) return std::nullopt;
      at = *at == 'u' ? unicode(at + 1, end) : simple(at);
      if (at == nullptr) return std::nullopt;
    }
    return static_cast<std::uint32_t>(out_ - begin_);
  }

 private:
  const char* simple(const char* at) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const auto which = kNames.find(*at);
    if (which == std::string_view::npos) return nullptr;
    *out_++ = kMeanings[which];
    return at + 1;
  }

  static std::optional<std::uint32_t> code_unit(const char* at, const char* end) {
    if (end - at < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (const char* digit = at; digit != at + 4; ++digit) {
      const int number = hex_digit(*digit);
      if (number < 0) return std::nullopt;
      value = value << 4U | static_cast<std::uint32_t>(number);
    }
    return value;
  }

  const char* unicode(const char* at, const char* end) {
    const auto first = code_unit(at, end);
    if (!first) return nullptr;
    at += 4;
    if (*first >= 0xDC00 && *first < 0xE000) return nullptr;
    if (*first < 0xD800 || *first >= 0xE000) {
      encode(*first);
      return at;
    }
    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') return nullptr;
    const auto second = code_unit(at + 2, end);
    if (!second || *second < 0xDC00 || *second >= 0xE000) return nullptr;
    encode(0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00));
    return at + 6;
  }

  void put(std::uint32_t byte) { *out_++ = static_cast<char>(byte); }

  void encode(std::uint32_t code) {
    if (code < 0x80) return put(code);
    if (code < 0x800) {
      put(0xC0U | code >> 6U);
      return put(0x80U | (code & 0x3FU));
    }
    if (code < 0x10000) {
      put(0xE0U | code >> 12U);
    } else {
      put(0xF0U | code >> 18U);
      put(0x80U | (code >> 12U & 0x3FU));
    }
    put(0x80U | (code >> 6U & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }

  char* begin_;
  char* out_;
};

Error malformed(std::string_view what) {
  return {Errc::bad_data, std::string{"malformed JSON: "}.append(what)};
}

Error malformed(simdjson::error_code code) {
  struct Known {
    simdjson::error_code code;
    std::string_view message;
  };
  constexpr std::array kKnown{
      Known{simdjson::UTF8_ERROR, "not UTF-8"},
      Known{simdjson::EMPTY, "empty"},
      Known{simdjson::UNCLOSED_STRING, "a string is not closed"},
      Known{simdjson::UNESCAPED_CHARS, "a control character in a string"},
  };
  for (const Known& known : kKnown) {
    if (known.code == code) return malformed(known.message);
  }
  return malformed("not readable");
}

}  // namespace

struct JsonTokens::Memory {
  std::size_t max_bytes = 0;
  std::size_t capacity = 0;
  std::unique_ptr<char[]> bytes;
  std::unique_ptr<Scanner> scanner;
  std::unique_ptr<std::uint32_t[]> extents;

  Result<void> reserve(std::size_t size) {
    if (size > max_bytes) {
      return Error{Errc::bad_data, "JSON of " + std::to_string(size) + " bytes, at most " +
                                       std::to_string(max_bytes) + " are read"};
    }
    if (scanner && size <= capacity) return {};
    constexpr std::size_t kSmallest = 4096;
    const std::size_t wanted = std::min(std::max({size, 2 * capacity, kSmallest}), max_bytes);
    // Not zeroed: a page that no document needs is never resident.
    bytes = std::make_unique_for_overwrite<char[]>(wanted + simdjson::SIMDJSON_PADDING);
    extents = std::make_unique_for_overwrite<std::uint32_t[]>(wanted + 1);
    const auto code = simdjson::get_active_implementation()->create_dom_parser_implementation(
        wanted, kMaxDepth, scanner);
    if (code) return Error{Errc::unavailable, "no memory to read JSON"};
    capacity = wanted;
    return {};
  }
};

// Goes through the tokens once. Its steps return false when they have noted what is wrong: a Result
// at every step costs more than the step.
class JsonTokens::Grammar {
 public:
  Grammar(Memory& memory, std::size_t size)
      : bytes_{memory.bytes.get()},
        starts_{memory.scanner->structural_indexes.get()},
        extents_{memory.extents.get()},
        count_{memory.scanner->n_structural_indexes},
        has_escapes_{std::memchr(bytes_, '\\', size) != nullptr} {
    // The end is a token, too, a space: no step has to count. simdjson leaves room for it.
    memory.scanner->structural_indexes[count_] = static_cast<std::uint32_t>(size);
  }

  Result<void> check() {
    if (document()) return {};
    if (at_ >= count_) return malformed("cut short");
    return malformed(std::string{wrong_} + " at byte " + std::to_string(starts_[at_]));
  }

 private:
  [[nodiscard]] char kind() const { return bytes_[starts_[at_]]; }

  bool wrong(std::string_view what) {
    wrong_ = what;
    return false;
  }

  bool document() {
    if (kind() != '{' && kind() != '[') return wrong("expected an object or an array");
    do {
      if (!value()) return false;
      if (just_opened_) continue;
      if (!behind_value()) return false;
    } while (depth_ > 0);
    return at_ == count_ || wrong("something follows its end");
  }

  // The next value; of an object or array with members only the beginning, up to its first value.
  bool value() {
    just_opened_ = false;
    const char first = kind();
    if (first == '"') return string();
    if (first == '{' || first == '[') return open(first);
    return scalar(first);
  }

  // Closes what ends here, then takes the comma and the key before the next value.
  bool behind_value() {
    while (kind() == closing_) {
      close();
      if (depth_ == 0) return true;
    }
    const bool in_object = closing_ == '}';
    if (kind() != ',') return wrong(in_object ? "expected ',' or '}'" : "expected ',' or ']'");
    ++at_;
    return !in_object || key();
  }

  bool open(char bracket) {
    if (depth_ == kMaxDepth) return wrong("nested too deep");
    closing_ = bracket == '{' ? '}' : ']';
    open_[depth_++] = at_++;
    if (kind() == closing_) return true;  // behind_value() closes it
    just_opened_ = true;
    return bracket == '[' || key();
  }

  void close() {
    --depth_;
    ++at_;
    extents_[open_[depth_]] = at_;
    if (depth_ > 0) closing_ = bytes_[starts_[open_[depth_ - 1]]] == '{' ? '}' : ']';
  }

  bool key() {
    if (!has_escapes_) plain_members();
    if (kind() != '"') return wrong("expected a member's name");
    if (!string()) return false;
    if (kind() != ':') return wrong("expected ':'");
    ++at_;
    return true;
  }

  // What nearly all frames are made of: members without a space or an escape whose values are
  // strings or numbers, and which are not the last. Ends before a key that key() has to look at.
  void plain_members() {
    std::uint32_t at = at_;
    for (; at + 3 < count_; at += 4) {
      const std::uint32_t name = starts_[at];
      const std::uint32_t colon = starts_[at + 1];
      const std::uint32_t begin = starts_[at + 2];
      const std::uint32_t end = starts_[at + 3];
      if (bytes_[name] != '"' || bytes_[colon] != ':' || bytes_[end] != ',') break;
      if (colon - name < 2 || bytes_[colon - 1] != '"') break;
      if (bytes_[begin] == '"') {
        if (end - begin < 2 || bytes_[end - 1] != '"') break;
        extents_[at + 2] = end - begin - 2;
      } else {
        if (!is_number({bytes_ + begin, end - begin})) break;
        extents_[at + 2] = end - begin;
      }
      extents_[at] = colon - name - 2;
    }
    at_ = at;
  }

  // Behind the last character of the token that is not white space.
  [[nodiscard]] std::uint32_t end_of_token() const {
    std::uint32_t end = starts_[at_ + 1];
    while (is_space(bytes_[end - 1])) --end;  // ends at its first character, which is none
    return end;
  }

  bool string() {
    const std::uint32_t begin = starts_[at_] + 1;
    const std::uint32_t end = end_of_token() - 1;
    if (end < begin || bytes_[end] != '"') return wrong("a string is not closed");
    std::uint32_t length = end - begin;
    if (has_escapes_) {
      const auto shorter = Unescaper{bytes_ + begin}.run(bytes_ + end);
      if (!shorter) return wrong("not an escape sequence");
      length = *shorter;
    }
    extents_[at_++] = length;
    return true;
  }

  bool scalar(char first) {
    if (at_ >= count_) return wrong("cut short");
    const std::uint32_t begin = starts_[at_];
    const std::string_view word{bytes_ + begin, end_of_token() - begin};
    const bool known = first == 'n'   ? word == "null"
                       : first == 't' ? word == "true"
                       : first == 'f' ? word == "false"
                                      : is_number(word);
    if (!known) return wrong("expected a value");
    extents_[at_++] = static_cast<std::uint32_t>(word.size());
    return true;
  }

  char* bytes_;
  const std::uint32_t* starts_;
  std::uint32_t* extents_;
  std::uint32_t count_;
  bool has_escapes_;
  bool just_opened_ = false;
  char closing_ = '\0';
  std::uint32_t at_ = 0;
  std::size_t depth_ = 0;
  std::string_view wrong_;
  std::array<std::uint32_t, kMaxDepth> open_;
};

JsonTokens::JsonTokens(std::size_t max_bytes) : memory_{std::make_unique<Memory>()} {
  // simdjson counts in 32 bits.
  memory_->max_bytes = std::min<std::size_t>(max_bytes, simdjson::SIMDJSON_MAXSIZE_BYTES);
}

JsonTokens::~JsonTokens() = default;

Result<void> JsonTokens::read(std::string_view json) {
  auto reserved = memory_->reserve(json.size());
  if (!reserved) return reserved;
  char* const bytes = memory_->bytes.get();
  std::copy(json.begin(), json.end(), bytes);
  std::memset(bytes + json.size(), ' ', simdjson::SIMDJSON_PADDING);
  // Empty text is not simdjson's to judge: it looks at the last token.
  if (json.empty()) return malformed(simdjson::EMPTY);
  const auto code = memory_->scanner->stage1(reinterpret_cast<const std::uint8_t*>(bytes),
                                             json.size(), simdjson::stage1_mode::regular);
  if (code) return malformed(code);
  bytes_ = bytes;
  starts_ = memory_->scanner->structural_indexes.get();
  extents_ = memory_->extents.get();
  return Grammar{*memory_, json.size()}.check();
}

}  // namespace btcw
