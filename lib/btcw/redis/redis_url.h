#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "btcw/base/result.h"
#include "btcw/base/secret.h"
#include "btcw/redis/redis_options.h"

namespace btcw {

/// Where a Redis server is, who we are there, and which database is ours.
struct RedisUrl {
  std::string host = "127.0.0.1";  ///< an IPv6 address without its brackets; empty: socket_path
  std::uint16_t port = 6379;
  std::string socket_path = {};
  std::string user = {};  ///< empty: the server's default user
  Secret password = {};   ///< empty: none is asked for
  std::uint32_t database = 0;

  /// Reads redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE] and
  /// unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE]; user, password and path may be percent-encoded.
  /// An empty text is redis://127.0.0.1:6379.
  /// Errors: invalid_input for anything else, rediss:// among it (hiredis has no TLS here). No
  /// message quotes the URL: it may hold a password.
  static Result<RedisUrl> parse(std::string_view text);

  /// That of `options`, with its password in place of the URL's where it has one. Without a
  /// durable_url both instances are one.
  /// Errors: those of parse(); invalid_input for a user without a password.
  static Result<RedisUrl> of(const RedisOptions& options, RedisInstance instance);

  /// Another copy: a password is not copied by accident.
  [[nodiscard]] RedisUrl clone() const;

  /// For logs: "127.0.0.1:6379", "[::1]:6379/2", "/run/redis.sock"; never a user or a password.
  [[nodiscard]] std::string label() const;
};

/// Checks a prefix of keys: at most 64 bytes, no white space and no control characters.
/// Errors: invalid_input.
Result<std::string> read_redis_prefix(std::string_view text);

}  // namespace btcw
