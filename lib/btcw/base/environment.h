#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace btcw {

/// A copy of the environment variables: taken once in main(), made up in tests.
class Environment {
 public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string, std::less<>> variables)
      : variables_{std::move(variables)} {}
  /// What `environ` holds now.
  static Environment of_process();

  /// nullopt when unset; an empty value is a value.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const {
    return variables_;
  }

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

}  // namespace btcw
