#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "btcw/base/decimal.h"
#include "btcw/base/json_tokens.h"
#include "btcw/base/result.h"

// JSON from exchanges, read in place: numbers as their digits, no tree, no copy of a text.
//
// Values, objects and arrays are two words each, passed by value, and borrowed from their reader:
// they and all views of text live until its next read(). They can be looked at in any order and as
// often as wanted; the document was checked in full when it was read.

namespace btcw {

class JsonArray;
class JsonObject;

enum class JsonKind { null, boolean, number, text, array, object };

/// One value. Every accessor's error is bad_data and says what was expected and what stood there,
/// cut short.
class JsonValue {
 public:
  JsonValue(const JsonTokens& tokens, std::uint32_t at) : tokens_{&tokens}, at_{at} {}
  /// None: only to be assigned to.
  JsonValue() = default;

  [[nodiscard]] JsonKind kind() const { return kind_of(tokens_->kind(at_)); }
  [[nodiscard]] bool is_null() const { return tokens_->kind(at_) == 'n'; }

  /// Digit for digit, from a number ("1e-8" is one) or from a string that holds one.
  [[nodiscard]] Result<Decimal> decimal() const;
  /// As decimal(); null and "" are nullopt.
  [[nodiscard]] Result<std::optional<Decimal>> decimal_or_null() const;
  /// As decimal_or_null(), but rounded as Decimal::parse_rounded does: for volumes.
  [[nodiscard]] Result<std::optional<Decimal>> rounded_decimal_or_null() const;
  /// A whole number that fits in 64 bits, as a number or a string; not "1.0" or "1e3".
  [[nodiscard]] Result<std::int64_t> integer() const;
  /// As integer(); null and "" are nullopt.
  [[nodiscard]] Result<std::optional<std::int64_t>> integer_or_null() const;
  [[nodiscard]] Result<std::string_view> text() const;
  /// As text(), for the tick path; nullopt where that is an error.
  [[nodiscard]] std::optional<std::string_view> text_or_none() const {
    if (kind() != JsonKind::text) return std::nullopt;
    return tokens_->text(at_);
  }
  [[nodiscard]] Result<bool> boolean() const;
  [[nodiscard]] Result<JsonObject> object() const;
  [[nodiscard]] Result<JsonArray> array() const;

 private:
  /// By the first character of its token.
  static constexpr JsonKind kind_of(char first) {
    switch (first) {
      case '"':
        return JsonKind::text;
      case '{':
        return JsonKind::object;
      case '[':
        return JsonKind::array;
      case 'n':
        return JsonKind::null;
      case 't':
      case 'f':
        return JsonKind::boolean;
      default:
        return JsonKind::number;
    }
  }
  [[nodiscard]] Error unexpected(std::string_view expected) const;
  [[nodiscard]] Result<std::string_view> digits() const;

  const JsonTokens* tokens_;
  std::uint32_t at_;
};

struct JsonMember {
  std::string_view key;
  JsonValue value;
};

/// An object. Errors are those of JsonValue with the key before them.
class JsonObject {
 public:
  class Iterator;

  JsonObject(const JsonTokens& tokens, std::uint32_t at) : tokens_{&tokens}, at_{at} {}

  /// The value of `key`; nullopt when it is absent or null. The first of two members with the same
  /// key counts. Takes time in proportion to the members before it.
  [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const;
  /// As find(), but what is absent or null is an error.
  [[nodiscard]] Result<JsonValue> at(std::string_view key) const;

  [[nodiscard]] Result<Decimal> decimal(std::string_view key) const;
  [[nodiscard]] Result<std::optional<Decimal>> decimal_or_null(std::string_view key) const;
  [[nodiscard]] Result<std::optional<Decimal>> rounded_decimal_or_null(std::string_view key) const;
  [[nodiscard]] Result<std::int64_t> integer(std::string_view key) const;
  [[nodiscard]] Result<std::optional<std::int64_t>> integer_or_null(std::string_view key) const;
  [[nodiscard]] Result<std::string_view> text(std::string_view key) const;
  [[nodiscard]] Result<std::optional<std::string_view>> text_or_null(std::string_view key) const;
  [[nodiscard]] Result<bool> boolean(std::string_view key) const;
  [[nodiscard]] Result<JsonObject> object(std::string_view key) const;
  [[nodiscard]] Result<JsonArray> array(std::string_view key) const;

  /// Its members in the document's order: for (const JsonMember member : object).
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  const JsonTokens* tokens_;
  std::uint32_t at_;
};

/// An array.
class JsonArray {
 public:
  class Iterator;

  JsonArray(const JsonTokens& tokens, std::uint32_t at) : tokens_{&tokens}, at_{at} {}

  /// The element at `index`, counted from 0. Takes time in proportion to the elements before it.
  /// Errors: bad_data when there are not as many.
  [[nodiscard]] Result<JsonValue> at(std::size_t index) const;

  /// Its elements in order: for (const JsonValue value : array).
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  const JsonTokens* tokens_;
  std::uint32_t at_;
};

class JsonObject::Iterator {
 public:
  Iterator(const JsonTokens& tokens, std::uint32_t at) : tokens_{&tokens}, at_{at} {}
  // Key, colon, value.
  JsonMember operator*() const { return {tokens_->text(at_), JsonValue{*tokens_, at_ + 2}}; }
  Iterator& operator++() {
    at_ = tokens_->after(at_ + 2);
    if (tokens_->kind(at_) == ',') ++at_;
    return *this;
  }
  bool operator!=(const Iterator& other) const { return at_ != other.at_; }

 private:
  const JsonTokens* tokens_;
  std::uint32_t at_;
};

class JsonArray::Iterator {
 public:
  Iterator(const JsonTokens& tokens, std::uint32_t at) : tokens_{&tokens}, at_{at} {}
  JsonValue operator*() const { return {*tokens_, at_}; }
  Iterator& operator++() {
    at_ = tokens_->after(at_);
    if (tokens_->kind(at_) == ',') ++at_;
    return *this;
  }
  bool operator!=(const Iterator& other) const { return at_ != other.at_; }

 private:
  const JsonTokens* tokens_;
  std::uint32_t at_;
};

inline JsonObject::Iterator JsonObject::begin() const { return {*tokens_, at_ + 1}; }
inline JsonObject::Iterator JsonObject::end() const { return {*tokens_, tokens_->after(at_) - 1}; }
inline JsonArray::Iterator JsonArray::begin() const { return {*tokens_, at_ + 1}; }
inline JsonArray::Iterator JsonArray::end() const { return {*tokens_, tokens_->after(at_) - 1}; }

/// Reads one document after another, in buffers that it keeps. One thread uses an object.
class JsonReader {
 public:
  static constexpr std::size_t kDefaultMaxBytes = 32U << 20U;

  explicit JsonReader(std::size_t max_bytes = kDefaultMaxBytes) : tokens_{max_bytes} {}

  /// Reads one document, an object or an array; what was borrowed of the one before is gone.
  /// Errors: bad_data (see JsonTokens::read).
  Result<JsonValue> read(std::string_view json);
  /// As read(), for an object.
  Result<JsonObject> read_object(std::string_view json);
  /// As read(), for an array.
  Result<JsonArray> read_array(std::string_view json);

 private:
  JsonTokens tokens_;
};

}  // namespace btcw
