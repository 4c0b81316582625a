#pragma once

#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/config/config_value.h"
#include "btcw/config/key.h"

namespace btcw {

/// Whether it is one of BTCW__SECTION__KEY, in any case.
bool is_config_variable(std::string_view name);

/// "cache.ttl" of "BTCW__CACHE__TTL".
std::string variable_path(std::string_view variable_name);

/// "BTCW__CACHE__TTL" of "cache.ttl"; empty of an empty path.
std::string variable_name(std::string_view path);

/// The tables of a variable's name around its text: what a file with that one key would hold.
ConfigValue nested_value(std::string_view name, std::string_view text);

/// The text of a variable as the value it means for `key`: a list is TOML ("[…]") or separated by
/// commas, a boolean is true, false, yes, no, on, off, 1 or 0, a number is a number.
/// Errors: invalid_input for what is none of them.
Result<ConfigValue> value_of_variable(const ConfigKey& key, std::string_view text);

}  // namespace btcw
