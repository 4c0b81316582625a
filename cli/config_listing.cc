#include "config_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "printable.h"

namespace btcw::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Key {
  std::string_view table;  ///< "exchange.kraken", "alert[0]"; empty at the top
  std::string_view name;
};

Key split(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return {"", path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

std::string header_of(std::string_view table) {
  const std::size_t list = table.find('[');
  if (list == std::string_view::npos) return fmt::format("[{}]", table);
  return fmt::format("[[{}]]", table.substr(0, list));
}

/// The value as JSON; TOML as it stands in origins is JSON too, but for bytes that are not UTF-8.
Json value_of(const ConfigOrigin& origin) {
  Json value = Json::parse(origin.value, nullptr, false);
  return value.is_discarded() ? Json(origin.value) : value;
}

/// The place of a path's part in `parent`: a member, or of "alert[0]" the item.
Json& child_of(Json& parent, std::string_view part) {
  const std::size_t bracket = part.find('[');
  Json& member = parent[std::string{part.substr(0, bracket)}];
  if (bracket == std::string_view::npos) return member;
  return member[std::strtoul(std::string{part.substr(bracket + 1)}.c_str(), nullptr, 10)];
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string list_as_toml(std::span<const ConfigOrigin> origins, std::span<const RoleUse> roles,
                         Origins shown) {
  std::string text;
  std::string_view table;
  for (const ConfigOrigin& origin : origins) {
    const Key key = split(origin.key);
    if (key.table != table) text += fmt::format("\n{}\n", header_of(key.table));
    table = key.table;
    std::string line = fmt::format("{}{} = {}", origin.masked ? "#" : "", key.name, origin.value);
    if (shown == Origins::shown) line += "  # " + origin.origin;
    text += printable(line) + "\n";
  }
  text += "\n# Who does what:\n";
  for (const RoleUse& role : roles) {
    std::string line = fmt::format("# {:<11}  {:<6}  {}", role.role, role.uses, role.why);
    if (shown == Origins::shown) line += "  # " + role.origin;
    text += printable(line) + "\n";
  }
  return text;
}

std::string list_as_json(std::span<const ConfigOrigin> origins, std::span<const RoleUse> roles,
                         Origins shown) {
  if (shown == Origins::shown) {
    Json list = Json::array();
    for (const ConfigOrigin& origin : origins) {
      list.push_back({{"key", origin.key}, {"value", value_of(origin)}, {"origin", origin.origin}});
    }
    for (const RoleUse& role : roles) {
      list.push_back({{"key", fmt::format("roles.{}", role.role)},
                      {"value", role.uses},
                      {"origin", fmt::format("{}: {}", role.why, role.origin)}});
    }
    return dumped(list);
  }
  Json all = Json::object();
  for (const ConfigOrigin& origin : origins) {
    Json* at = &all;
    std::string_view rest = origin.key;
    while (!rest.empty()) {
      const std::size_t dot = std::min(rest.find('.'), rest.size());
      at = &child_of(*at, rest.substr(0, dot));
      rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    *at = value_of(origin);
  }
  for (const RoleUse& role : roles) {
    all["roles"][std::string{role.role}] = {{"uses", role.uses}, {"why", role.why}};
  }
  return dumped(all);
}

}  // namespace btcw::cli
