#pragma once

#include <string>

#include "btcw/base/secret.h"
#include "btcw/base/time.h"

namespace btcw {

/// One of the two servers that `[redis]` may name.
enum class RedisInstance {
  prices,   ///< prices, who leads, what goes from host to host: what may be forgotten
  durable,  ///< messages and revoked tokens: what must not be
};

/// The `[redis]` section.
struct RedisOptions {
  Secret url = {};       ///< empty: redis://127.0.0.1:6379; see RedisUrl
  Secret password = {};  ///< in place of the URL's
  /// Where messages and revoked tokens are, if not there too; it has a password of its own.
  Secret durable_url = {};
  Secret durable_password = {};
  std::string prefix = {};  ///< before every key, so that several may share one database
  milliseconds connect_timeout{500};
  milliseconds timeout{500};  ///< of one exchange of commands and replies, however many
};

}  // namespace btcw
