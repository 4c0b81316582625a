#pragma once

#include <string>
#include <string_view>

#include "btcw/base/symbol.h"

namespace btcw {

/// Base and quote with `by` between them: "BTC-USDT".
std::string joined(const Symbol& symbol, std::string_view by);

/// A to Z become a to z, whatever the locale.
std::string lower_case(std::string_view text);

}  // namespace btcw
