#pragma once

#include <string>

#include "btcw/base/secret.h"
#include "btcw/base/time.h"

namespace btcw {

/// The `[redis]` section.
struct RedisOptions {
  Secret url = {};          ///< empty: redis://127.0.0.1:6379; see RedisUrl
  Secret password = {};     ///< in place of the URL's
  std::string prefix = {};  ///< before every key, so that several may share one database
  milliseconds connect_timeout{500};
  milliseconds timeout{500};  ///< of one exchange of commands and replies, however many
};

}  // namespace btcw
