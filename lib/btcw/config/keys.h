#pragma once

#include <span>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/config/config.h"
#include "btcw/config/key.h"

namespace btcw {

/// Every key there is, in the order of config.example.toml. A key that others depend on (as
/// general.symbols on general.quote) stands after them.
std::span<const ConfigKey> config_keys();

/// A kind of named table (`[exchange.NAME]`) and which names it may have. Names are of a-z, A-Z,
/// 0-9, '-' and '_' in any case.
struct NamedTable {
  std::string_view path;  ///< "exchange"
  Result<void> (*check_name)(std::string_view name);
};
std::span<const NamedTable> named_tables();

/// What is in force where nothing is configured, but for the folders.
Config default_config();

}  // namespace btcw
