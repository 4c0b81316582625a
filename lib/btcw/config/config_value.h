#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace btcw {

/// A place in a text, counted from 1 in lines and characters. Line 0: the text has no lines, as an
/// environment variable.
struct TextPosition {
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend auto operator<=>(const TextPosition&, const TextPosition&) = default;
};

/// A value as it was written, before it is known what it is for.
struct ConfigValue {
  enum class Kind { text, boolean, integer, real, moment, list, table };

  Kind kind = Kind::text;
  std::string name = {};      ///< its key; empty for the items of a list
  TextPosition name_at = {};  ///< of the key
  TextPosition at = {};       ///< of the value
  std::string text = {};  ///< of a text, a real number (its shortest spelling), a moment (RFC 3339)
  bool boolean = false;
  std::int64_t integer = 0;
  std::vector<ConfigValue> parts = {};  ///< the items of a list, the members of a table
};

/// What was found where something else was expected: "the number 30", "the text \"abc\"", "a list".
std::string describe(const ConfigValue& value);

/// As describe(), without the value itself: for what may be a secret.
std::string describe_kind(const ConfigValue& value);

}  // namespace btcw
