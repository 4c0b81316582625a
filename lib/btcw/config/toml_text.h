#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "btcw/config/config_value.h"

namespace btcw {

struct TomlProblem {
  TextPosition at;
  std::string message;
};

struct ParsedToml {
  ConfigValue root = {};  ///< a table; empty when there is a problem
  std::optional<TomlProblem> problem = std::nullopt;
};

/// Reads a TOML 1.0 document. The first error ends it. A key with more than 16 dots is refused.
ParsedToml parse_toml(std::string_view text);

/// A TOML basic string, quotes included; it is a JSON string as well.
std::string toml_string(std::string_view text);

}  // namespace btcw
