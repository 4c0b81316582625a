#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace btcw {

/// `text` as a JSON string, quotes included. Control characters are escaped, UTF-8 stays.
/// Precondition: `text` is well-formed.
[[nodiscard]] std::string json_string(std::string_view text);

/// A JSON object, written member by member in the order of the calls. Keys are not escaped.
class JsonObject {
 public:
  JsonObject& text(std::string_view key, std::string_view value);
  JsonObject& number(std::string_view key, std::int64_t value);
  /// A value that is JSON already: "true", another object.
  JsonObject& raw(std::string_view key, std::string_view json);
  [[nodiscard]] std::string str() const { return '{' + members_ + '}'; }

 private:
  std::string members_;
};

/// "[a,b]" of values that are JSON already.
[[nodiscard]] std::string json_array(const std::vector<std::string>& values);

}  // namespace btcw
