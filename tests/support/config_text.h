#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/environment.h"
#include "btcw/config/config.h"

namespace btcw::test {

/// What load_config() makes of files with these texts, called "1.toml", "2.toml", …, in the folder
/// /etc/btcw, and of the variables; without touching a file. Origins are listed.
LoadedConfig load_texts(const std::vector<std::string_view>& texts,
                        const Environment& environment = Environment{});

/// "WHERE: MESSAGE" of each.
std::vector<std::string> lines_of(const std::vector<ConfigProblem>& problems);

}  // namespace btcw::test
