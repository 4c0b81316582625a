#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/base/time.h"

namespace btcw {

/// What a service answers: the values of a JSON object, each under the names that lead to it
/// ("parameters.retry_after"; "errors.0" in a list). Nothing is trusted: what is of another type
/// is not there.
class JsonAnswer {
 public:
  /// nullopt: not a JSON object.
  static std::optional<JsonAnswer> parse(std::string_view body);

  [[nodiscard]] std::optional<std::string> text(std::string_view path) const;
  /// A whole number; also one that stands in a string.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view path) const;
  [[nodiscard]] std::optional<bool> flag(std::string_view path) const;
  /// A number of `unit`s, with or without a fraction, that is not negative; rounded up to the
  /// millisecond, at most 31 days.
  [[nodiscard]] std::optional<milliseconds> wait(std::string_view path, milliseconds unit) const;

 private:
  struct Value {
    enum class Kind { text, number, flag } kind;
    std::string text;
  };
  class Reader;

  [[nodiscard]] const Value* find(std::string_view path, Value::Kind kind) const;

  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace btcw
