#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "btcw/config/config.h"

namespace btcw::cli {

/// Who does the work of a role, and what in the configuration has it so.
struct RoleUse {
  std::string_view role;  ///< "price_cache"
  std::string_view uses;  ///< "redis"
  std::string why;        ///< "plan minimal"
  std::string origin;     ///< of that: "config.toml:3"
};

/// Every role. Precondition: `loaded` has its origins listed.
std::vector<RoleUse> list_roles(const LoadedConfig& loaded);

}  // namespace btcw::cli
