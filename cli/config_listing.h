#pragma once

#include <span>
#include <string>

#include "btcw/config/config.h"
#include "role_listing.h"

namespace btcw::cli {

enum class Origins { hidden, shown };

/// A configuration file that sets all of it. A masked secret is commented out, for its mask is not
/// its value. With origins, each line ends with a comment that tells where the value is from. The
/// roles are comments at the end.
std::string list_as_toml(std::span<const ConfigOrigin> origins, std::span<const RoleUse> roles,
                         Origins shown);

/// {"cache":{"ttl":"30s",…},…,"roles":{"queue":{"uses":"file","why":"plan none"},…}}; with origins
/// [{"key":"cache.ttl","value":"30s","origin":"default"},…].
std::string list_as_json(std::span<const ConfigOrigin> origins, std::span<const RoleUse> roles,
                         Origins shown);

}  // namespace btcw::cli
