#pragma once

#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/symbol.h"

namespace btcw {

/// The name of an exchange that can be asked.
/// Errors: invalid_input with the nearest ones, or all where none is near.
Result<ExchangeName> read_exchange(std::string_view text);

/// As read_exchange(), for the table of named tables.
Result<void> check_exchange_name(std::string_view name);

}  // namespace btcw
