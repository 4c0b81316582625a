#pragma once

#include <string_view>

namespace btcw::cli {

/// The text of config.example.toml, as it was when the program was built.
std::string_view config_example();

}  // namespace btcw::cli
