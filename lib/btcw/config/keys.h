#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/base/result.h"
#include "btcw/config/config.h"
#include "btcw/config/key.h"

namespace btcw {

/// Every key there is, in the order of config.example.toml. A key that others depend on (as
/// general.symbols on general.quote) stands after them.
std::span<const ConfigKey> config_keys();

/// A kind of named table (`[exchange.NAME]`) and which names it may have. Names are of a-z, A-Z,
/// 0-9,
/// '-' and '_' in any case.
struct NamedTable {
  std::string_view path;  ///< "exchange"
  Result<void> (*check_name)(std::string_view name);
};
std::span<const NamedTable> named_tables();

/// What single keys cannot tell: nullopt when all is well, else what is wrong. The place that is
/// named is where `key`, else `other`, is set.
struct ConfigRule {
  std::string_view key;
  std::string_view other;
  std::optional<std::string> (*find_fault)(const Config& config);
};
std::span<const ConfigRule> config_rules();

/// What is wrong with one table of a list, and the key of it to be named.
struct ListFault {
  std::size_t index = 0;  ///< of the table
  std::string_view key = {};
  std::string message = {};
};
/// As ConfigRule, for a list of tables: the place that is named is where the key is set in that
/// table, else the table.
struct ListRule {
  std::string_view family;  ///< "schedule[]"
  std::vector<ListFault> (*find_faults)(const Config& config);
};
std::span<const ListRule> list_rules();

/// What is in force where nothing is configured, but for the folders.
Config default_config();

}  // namespace btcw
