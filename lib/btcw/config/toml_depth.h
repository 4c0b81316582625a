#pragma once

#include <optional>
#include <string_view>

#include "btcw/config/toml_text.h"

namespace btcw {

/// The first key in `text` with more than 16 dots. Each dot makes a table in a table, and toml++
/// takes them apart by recursion: a megabyte of "a.a.a." would overflow the stack. `text` need not
/// be TOML.
std::optional<TomlProblem> find_too_deep(std::string_view text);

}  // namespace btcw
