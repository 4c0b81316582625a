#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/token/json_text.h"

namespace btcw::token {

enum class JsonKind : std::uint8_t { object, array, string, number, boolean, null };

/// A value as it stands in a text that was read strictly; it borrows from that text.
struct JsonValue {
  std::string_view text = {};  ///< with the quotes of a string
  JsonKind kind = JsonKind::null;
  bool escaped = false;  ///< a string that holds a backslash

  /// What a string says. Without an escape it is a part of the text; else it is put into `scratch`.
  /// Precondition: kind is string.
  [[nodiscard]] std::string_view string(std::string& scratch) const;
  [[nodiscard]] std::string string() const;
  /// Whether it is that string.
  [[nodiscard]] bool is_string(std::string_view expected) const;
};

struct JsonMember {
  std::string_view name;  ///< without escapes
  JsonValue value;
};

/// Reads JSON as a verifier must: one meaning a text, or none.
///
/// Refused, wherever it stands: a member twice (also by way of \u escapes), bytes that are not
/// UTF-8, a lone surrogate, a control character, a number that no double holds, more than kMaxDepth
/// levels, a byte-order mark, a NUL, anything after the value. Keeps its memory between calls:
/// nothing is allocated in the steady state. One thread uses an object.
class JsonReader {
 public:
  static constexpr int kMaxDepth = 32;

  /// The members of the object that `text` is, in their order. They live until the next call, and
  /// while `text` does.
  /// Errors: bad_data with the place and what is wrong with it.
  Result<std::span<const JsonMember>> object(std::string_view text);

  /// The elements of the array that `text` is; they live as long.
  /// Errors: as above.
  Result<std::span<const JsonMember>> array(std::string_view text);

  /// Any one value.
  /// Errors: as above.
  Result<JsonValue> value(std::string_view text);

 private:
  class Run;
  std::vector<JsonMember> members_;
  std::vector<std::string_view> names_;
  std::string unescaped_;
};

/// The member of that name; nullptr when there is none.
[[nodiscard]] const JsonValue* find(std::span<const JsonMember> members, std::string_view name);

}  // namespace btcw::token
