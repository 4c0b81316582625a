#pragma once

#include <string>
#include <vector>

#include "btcw/base/symbol.h"

namespace CLI {
class App;
}

namespace btcw::cli {

/// Adds -e,--exchange NAME[,NAME] (repeatable): each one once, in the order of its first mention.
/// `into` outlives the parsing.
void add_exchange_option(CLI::App& command, const std::string& help,
                         std::vector<ExchangeName>& into);

}  // namespace btcw::cli
