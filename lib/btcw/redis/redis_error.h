#pragma once

#include <string_view>

#include "btcw/base/result.h"

namespace btcw {

/// What an error reply ("OOM command not allowed when used memory > 'maxmemory'.") means for us.
///
/// unavailable: it may pass (LOADING, BUSY, OOM, READONLY, MISCONF, NOREPLICAS, MASTERDOWN,
/// CLUSTERDOWN, TRYAGAIN). rejected: it will not (NOAUTH, WRONGPASS, NOPERM, MOVED, and whatever is
/// not known). bad_data: WRONGTYPE. not_found: NOSCRIPT. Never pass the reply to a command that
/// held a password: servers quote what they do not understand.
Error read_redis_error(std::string_view text);

/// As read_redis_error, for the reply to AUTH: nothing of it is quoted but its first word.
Error read_auth_error(std::string_view text);

}  // namespace btcw
