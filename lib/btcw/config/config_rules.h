#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "btcw/config/config.h"

namespace btcw {

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

}  // namespace btcw
