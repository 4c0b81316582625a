#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "btcw/config/secret_source.h"

namespace btcw {

/// A key of the table, and, of a secret, the form that was named.
struct FoundKey {
  std::size_t row;  ///< of config_keys()
  SecretForm form = SecretForm::literal;
};

/// The key whose path is `pattern` ("cache.ttl", "exchange.*.rest_url", "proxy.password_env").
std::optional<FoundKey> find_key(std::string_view pattern);

enum class TableKind {
  none,   ///< no key starts so
  plain,  ///< `[cache]`, or `[exchange]` above the named tables
  named,  ///< `pattern` ends with ".*"
  list,   ///< `[[alert]]`
};

/// What the members of `pattern` are; for list, a key starts with `pattern` and "[].".
TableKind table_kind(std::string_view pattern);

/// What joins a table's name to a member's: "cache" and "ttl" to "cache.ttl", "" and "x" to "x".
std::string join_path(std::string_view table, std::string_view name);

/// The part of a row's path that names its family of tables ("exchange.*", "alert[]"); empty for a
/// key that there is once.
std::string_view family_of(std::string_view key_path);

/// The path with its instance put in: "exchange.binance.rest_url", "alert[0].when".
std::string concrete_path(std::string_view key_path, std::string_view instance, std::size_t index);

/// The known key (or table, `wanted` being one) nearest to `wanted`, in the spelling of a file;
/// empty when none is near. `instance` stands for the name of a named table.
std::string nearest_key(std::string_view wanted, std::string_view instance);
std::string nearest_table(std::string_view wanted);

}  // namespace btcw
