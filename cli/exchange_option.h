#pragma once

#include <string>
#include <vector>

#include "btcw/base/symbol.h"
#include "syntax.h"

namespace btcw::cli {

/// Declares -e,--exchange NAME[,NAME] (repeatable): each one once, in the order of its first
/// mention. `into` outlives the parsing.
void add_exchange_option(Syntax& command, const std::string& help, std::vector<ExchangeName>& into);

}  // namespace btcw::cli
